using System.Buffers;
using System.Text.Json;
using CloudNative.CloudEvents;
using Microsoft.AspNetCore.Http;
using Souk.Domain.Failures;

namespace Souk.Platform.CloudEvents;

/// <summary>Reads a CloudEvent from a request, in binary or structured mode (HTTP protocol binding 1.0.2).</summary>
/// <remarks>
/// The SDK checks attribute names and values; its JSON formatter is left out because it reflects over types. A batch is
/// refused here: a broker sends none.
/// </remarks>
public static class CloudEventBinding
{
    private const string AttributePrefix = "ce-";
    private const string StructuredType = "application/cloudevents+json";
    private const string BatchType = "application/cloudevents-batch";
    private const string AnyStructuredType = "application/cloudevents";
    private const int IdLengthMax = 200;
    private const int SourceLengthMax = 500;
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Reads the event of a request.</summary>
    /// <exception cref="FailureException"><c>event_poison</c>: it is no valid CloudEvent and never will be.</exception>
    public static async Task<ReceivedEvent> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        byte[] body = await ReadBodyAsync(request, cancellationToken);
        string mediaType = (request.ContentType ?? "").Split(';')[0].Trim();
        try
        {
            return mediaType switch
            {
                _ when mediaType.Equals(StructuredType, StringComparison.OrdinalIgnoreCase) => ReadStructured(body),
                _ when mediaType.StartsWith(BatchType, StringComparison.OrdinalIgnoreCase) =>
                    throw Poison("Batches are not taken."),
                _ when mediaType.StartsWith(AnyStructuredType, StringComparison.OrdinalIgnoreCase) =>
                    throw Poison("Only the JSON event format is taken."),
                _ => ReadBinary(request, body),
            };
        }
        catch (Exception exception) when (
            exception is ArgumentException or FormatException or InvalidOperationException or JsonException)
        {
            throw Poison("The event's attributes are missing or malformed.", exception);
        }
    }

    private static ReceivedEvent ReadBinary(HttpRequest request, byte[] body)
    {
        if (request.Headers["ce-specversion"] != "1.0")
            throw Poison("The event's specversion is not 1.0.");

        CloudEvent parsed = new(CloudEventsSpecVersion.V1_0);
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in request.Headers)
        {
            if (!name.StartsWith(AttributePrefix, StringComparison.OrdinalIgnoreCase))
                continue;
            string attribute = name[AttributePrefix.Length..].ToLowerInvariant();
            if (attribute == "specversion")
                continue;
            if (attribute == "datacontenttype" || values.Count != 1)
                throw Poison("An event's attribute comes once, and its content type in Content-Type.");
            parsed.SetAttributeFromString(attribute, CloudEventHeader.Decode(values[0]!));
        }

        return Finish(parsed, body);
    }

    private static ReceivedEvent ReadStructured(byte[] body)
    {
        using JsonDocument document = JsonDocument.Parse(body, Limits);
        CloudEvent parsed = new(CloudEventsSpecVersion.V1_0);
        byte[]? data = null;
        bool isVersioned = false;
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
        {
            switch (member.Name)
            {
                case "specversion":
                    isVersioned = member.Value.ValueEquals("1.0");
                    break;
                case "data" or "data_base64" when data is not null:
                    throw Poison("An event's data come once.");
                case "data":
                    data = JsonSerializerBytes(member.Value);
                    break;
                case "data_base64":
                    data = member.Value.GetBytesFromBase64();
                    break;
                case var _ when member.Value.ValueKind != JsonValueKind.Null:
                    parsed.SetAttributeFromString(member.Name, TextOf(member.Value));
                    break;
            }
        }

        return isVersioned ? Finish(parsed, data ?? []) : throw Poison("The event's specversion is not 1.0.");
    }

    private static ReceivedEvent Finish(CloudEvent parsed, byte[] data)
    {
        if (!parsed.IsValid)
            throw Poison("The event lacks an id, a source or a type.");
        if (parsed.Id!.Length > IdLengthMax || parsed.Source!.OriginalString.Length > SourceLengthMax)
            throw Poison("The event's id or source is longer than the inbox keeps.");
        Dictionary<string, string> extensions = new(StringComparer.Ordinal);
        foreach ((CloudEventAttribute attribute, object value) in parsed.GetPopulatedAttributes())
        {
            if (attribute.IsExtension)
                extensions[attribute.Name] = attribute.Format(value);
        }

        return new ReceivedEvent(
            parsed.Id, parsed.Source.OriginalString, parsed.Type!, parsed.Subject, parsed.Time, extensions, data);
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw Poison("An event's attribute is neither text, number nor truth value."),
    };

    private static byte[] JsonSerializerBytes(JsonElement value)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
            value.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }

    private static FailureException Poison(string detail, Exception? cause = null) =>
        new(new Failure(FailureCode.EventPoison, detail), cause);
}
