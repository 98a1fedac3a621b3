using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using Souk.Domain.Failures;

namespace Souk.Platform.CloudEvents;

/// <summary>Reads the JSON event format and its batches (CloudEvents 1.0.2).</summary>
/// <remarks>The SDK's own formatter is left out because it reflects over types.</remarks>
internal static class CloudEventJson
{
    private const string JsonType = "application/json";
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    internal static ReceivedEvent Read(byte[] body)
    {
        using JsonDocument document = JsonDocument.Parse(body, Limits);
        return Read(document.RootElement);
    }

    internal static IReadOnlyList<ReceivedEvent> ReadBatch(byte[] body, int eventsMax)
    {
        using JsonDocument document = JsonDocument.Parse(body, Limits);
        if (document.RootElement.GetArrayLength() > eventsMax)
            throw new FailureException(FailureCode.PayloadTooLarge, $"A batch holds at most {eventsMax} events.");
        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    private static ReceivedEvent Read(JsonElement envelope)
    {
        CloudEvent parsed = new(CloudEventsSpecVersion.V1_0);
        JsonElement? data = null;
        byte[]? binary = null;
        bool isVersioned = false;
        foreach (JsonProperty member in envelope.EnumerateObject())
        {
            switch (member.Name)
            {
                case "specversion":
                    isVersioned = member.Value.ValueEquals("1.0");
                    break;
                case "data":
                    data = member.Value;
                    break;
                case "data_base64":
                    binary = member.Value.GetBytesFromBase64();
                    break;
                case var _ when member.Value.ValueKind != JsonValueKind.Null:
                    parsed.SetAttributeFromString(member.Name, TextOf(member.Value));
                    break;
            }
        }

        if (!isVersioned)
            throw CloudEventBinding.Poison("The event's specversion is not 1.0.");
        if (data is null)
            return CloudEventBinding.Finish(parsed, binary ?? []);
        if (binary is not null)
            throw CloudEventBinding.Poison("An event's data come once.");
        parsed.DataContentType ??= JsonType;
        return CloudEventBinding.Finish(parsed, DataOf(data.Value, parsed.DataContentType));
    }

    /// <summary>Under a JSON content type any value is the data; under another, a text that holds them.</summary>
    private static byte[] DataOf(JsonElement value, string contentType) => IsJson(contentType)
        ? JsonMarshal.GetRawUtf8Value(value).ToArray()
        : Encoding.UTF8.GetBytes(value.GetString() ?? throw new FormatException("data"));

    internal static bool IsJson(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? parsed)
        && (parsed.MediaType!.EndsWith("/json", StringComparison.OrdinalIgnoreCase)
            || parsed.MediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    /// <summary>An attribute's canonical text; its integers have 32 bits.</summary>
    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        JsonValueKind.Number when value.TryGetInt32(out _) => value.GetRawText(),
        _ => throw CloudEventBinding.Poison("An event's attribute is neither text, integer nor truth value."),
    };
}
