using System.Text.Json.Serialization;

namespace Souk.Jobs;

/// <summary>What this room reads and writes as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DeadLetterView))]
[JsonSerializable(typeof(ListDeadLetters.Response), TypeInfoPropertyName = "ListDeadLettersResponse")]
[JsonSerializable(typeof(GetDeadLetter.Response), TypeInfoPropertyName = "GetDeadLetterResponse")]
[JsonSerializable(typeof(ReplayDeadLetter.Request), TypeInfoPropertyName = "ReplayDeadLetterRequest")]
[JsonSerializable(typeof(DiscardDeadLetter.Request), TypeInfoPropertyName = "DiscardDeadLetterRequest")]
[JsonSerializable(typeof(ListInbox.Response), TypeInfoPropertyName = "ListInboxResponse")]
[JsonSerializable(typeof(ListOutbox.Response), TypeInfoPropertyName = "ListOutboxResponse")]
[JsonSerializable(typeof(AuditDetail))]
internal sealed partial class JobsJson : JsonSerializerContext;

/// <summary>The facts of an operator's act, for the audit log; never an event's data.</summary>
/// <param name="Source">The event's source.</param>
/// <param name="EventId">The event's id.</param>
/// <param name="Consumer">Who could not take it.</param>
/// <param name="Reason">Why the operator acted, in their words.</param>
internal sealed record AuditDetail(string Source, string EventId, string? Consumer, string? Reason);
