using System.Text.Json;
using System.Text.Unicode;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Platform.Postgres;

namespace Souk.Webhooks;

/// <summary>How a partner's words become a delivery that is kept, and an event that is told on.</summary>
internal static class PartnerData
{
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Reads JSON strictly.</summary>
    /// <exception cref="FailureException">
    /// <c>invalid_request</c>: it is no JSON in UTF-8, is too deep, or has a member twice.
    /// </exception>
    internal static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            // The parser itself looks only at the texts that are asked for.
            if (!Utf8.IsValid(utf8.Span))
                throw new JsonException("The text is no UTF-8.");
            return JsonDocument.Parse(utf8, Limits);
        }
        catch (JsonException exception)
        {
            throw new FailureException(
                new Failure(
                    FailureCode.InvalidRequest,
                    "The data are no JSON in UTF-8, nested deeper than 32, or have a member twice."),
                exception);
        }
    }

    /// <summary>A value that outlives its document; null for JSON's null.</summary>
    internal static JsonElement? Of(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null ? null : value.Clone();

    /// <summary>The delivery, with the event that tells it on.</summary>
    /// <exception cref="FailureException">
    /// <c>invalid_request</c>: it is no type of an event, or a text in its data is none.
    /// </exception>
    internal static IncomingDelivery Delivery(
        string source, PartnerEvent told, string type, byte[] payload, string? traceParent)
    {
        EventType announced = EventType.Partner(type).OrThrow();
        return new IncomingDelivery(source, told.Id, type, payload)
        {
            Announcement = new Announcement(
                announced,
                $"partner/{told.Partner}",
                Write(told),
                traceParent),
        };
    }

    private static string Write(PartnerEvent told)
    {
        try
        {
            return JsonSerializer.Serialize(told, WebhooksJson.Default.PartnerEvent);
        }
        catch (JsonException exception)
        {
            // Half a surrogate pair, escaped: well-formed JSON, but no text.
            throw new FailureException(
                new Failure(FailureCode.InvalidRequest, "The data hold half of a character."), exception);
        }
    }
}
