using System.Net.Http.Headers;
using System.Text.Json;
using Souk.Platform.CloudEvents;

namespace Souk.Local.Broker;

/// <summary>An event on its way: its attributes, its data as they came, and the trace it belongs to.</summary>
/// <param name="Attributes">Every attribute but <c>datacontenttype</c>, extensions too, by lower-case name.</param>
/// <param name="ContentType">The data's media type.</param>
/// <param name="Data">The data's octets.</param>
/// <param name="TraceParent">The W3C trace context it came with; null when there was none.</param>
/// <remarks>CloudEvents 1.0.2 and its HTTP protocol binding; batches are not taken, as Knative takes none.</remarks>
public sealed record CloudEventMessage(
    IReadOnlyDictionary<string, string> Attributes, string ContentType, ReadOnlyMemory<byte> Data, string? TraceParent)
{
    private const string Structured = "application/cloudevents+json";
    private static readonly string[] Required = ["id", "source", "type"];

    /// <summary>What tells it from every other event of its source.</summary>
    public string Id => Attributes["id"];

    /// <summary>What kind it is.</summary>
    public string Type => Attributes["type"];

    /// <summary>The same event with one attribute more, or another value of it.</summary>
    public CloudEventMessage With(string name, string value) =>
        this with { Attributes = new Dictionary<string, string>(Attributes) { [name] = value } };

    /// <summary>Reads an event in binary or structured mode.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static CloudEventMessage Read(
        IEnumerable<KeyValuePair<string, string>> headers, string? contentType, byte[] body)
    {
        Dictionary<string, string> named = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in headers) named[name] = value;
        string? traceParent = named.GetValueOrDefault("traceparent");
        CloudEventMessage message = (contentType ?? "").StartsWith(Structured, StringComparison.OrdinalIgnoreCase)
            ? ReadStructured(body, traceParent)
            : ReadBinary(named, contentType, body, traceParent);
        if (message.Attributes.GetValueOrDefault("specversion") != "1.0")
            throw new FormatException("specversion is not 1.0.");
        string? absent = Array.Find(
            Required, name => string.IsNullOrEmpty(message.Attributes.GetValueOrDefault(name)));
        return absent is null ? message : throw new FormatException($"{absent} is missing.");
    }

    /// <summary>A request that delivers it in binary mode.</summary>
    public HttpRequestMessage ToRequest(Uri url)
    {
        HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(Data) };
        if (ContentType.Length > 0) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentType);
        foreach ((string name, string value) in Attributes)
            request.Headers.TryAddWithoutValidation($"ce-{name}", CloudEventHeader.Encode(value));
        if (TraceParent is not null) request.Headers.TryAddWithoutValidation("traceparent", TraceParent);
        return request;
    }

    private static CloudEventMessage ReadBinary(
        Dictionary<string, string> headers, string? contentType, byte[] body, string? traceParent)
    {
        Dictionary<string, string> attributes = [];
        foreach ((string name, string value) in headers)
        {
            if (name.StartsWith("ce-", StringComparison.OrdinalIgnoreCase))
                attributes[name[3..].ToLowerInvariant()] = CloudEventHeader.Decode(value);
        }

        return new CloudEventMessage(attributes, contentType ?? "", body, traceParent);
    }

    private static CloudEventMessage ReadStructured(byte[] body, string? traceParent)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            Dictionary<string, string> attributes = [];
            ReadOnlyMemory<byte> data = default;
            string contentType = "application/json";
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (member.Name == "data") data = System.Text.Encoding.UTF8.GetBytes(member.Value.GetRawText());
                else if (member.Name == "data_base64") data = member.Value.GetBytesFromBase64();
                else if (member.Name == "datacontenttype") contentType = member.Value.GetString() ?? contentType;
                else if (member.Value.ValueKind != JsonValueKind.Null)
                    attributes[member.Name] = member.Value.ToString();
            }

            return new CloudEventMessage(attributes, contentType, data, traceParent);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FormatException("The body is no structured CloudEvent.", exception);
        }
    }
}
