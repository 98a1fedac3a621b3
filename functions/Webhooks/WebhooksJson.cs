using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Domain.Events;

namespace Souk.Webhooks;

/// <summary>What this room reads and writes as JSON.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HookSecret))]
[JsonSerializable(typeof(PartnerSecret))]
[JsonSerializable(typeof(ChainHint))]
[JsonSerializable(typeof(PartnerEvent))]
internal sealed partial class WebhooksJson : JsonSerializerContext;
