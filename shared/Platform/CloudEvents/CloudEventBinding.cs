using System.Net.Http.Headers;
using System.Text.Json;
using CloudNative.CloudEvents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Souk.Domain.Failures;

namespace Souk.Platform.CloudEvents;

/// <summary>
/// Reads CloudEvents from a request, in binary, structured or batched mode (HTTP protocol binding 1.0.2).
/// </summary>
/// <remarks>
/// The content type alone tells the mode: in structured mode, attributes that came as headers too are not looked at.
/// The SDK checks attribute names and values.
/// </remarks>
public static class CloudEventBinding
{
    private const string AttributePrefix = "ce-";
    private const string StructuredType = "application/cloudevents+json";
    private const string BatchType = "application/cloudevents-batch+json";
    private const string AnyStructuredType = "application/cloudevents";
    private const int IdLengthMax = 200;
    private const int SourceLengthMax = 500;
    private const int TypeLengthMax = 200;
    private const int SubjectLengthMax = 500;

    /// <summary>Reads the one event of a request; a batch is refused, for a broker sends none.</summary>
    /// <exception cref="FailureException"><c>event_poison</c>: it is no valid CloudEvent and never will be.</exception>
    public static async Task<ReceivedEvent> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        byte[] body = await ReadBodyAsync(request, cancellationToken);
        return Check(() => ReadOne(request, MediaTypeOf(request), body));
    }

    /// <summary>Reads the events of a request in any mode; a batch may be empty.</summary>
    /// <param name="request">The request.</param>
    /// <param name="eventsMax">How many events a batch may hold.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="FailureException">
    /// <c>event_poison</c>: any of it is no valid CloudEvent; <c>payload_too_large</c>: the batch holds too many.
    /// </exception>
    public static async Task<IReadOnlyList<ReceivedEvent>> ReadManyAsync(
        HttpRequest request, int eventsMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        byte[] body = await ReadBodyAsync(request, cancellationToken);
        string mediaType = MediaTypeOf(request);
        return Check(() => mediaType == BatchType
            ? CloudEventJson.ReadBatch(body, eventsMax)
            : [ReadOne(request, mediaType, body)]);
    }

    /// <summary>Checks what every mode has in common, and takes the event out of the SDK's type.</summary>
    internal static ReceivedEvent Finish(CloudEvent parsed, byte[] data)
    {
        if (!parsed.IsValid)
            throw Poison("The event lacks an id, a source or a type.");
        if (parsed.Id!.Length > IdLengthMax || parsed.Source!.OriginalString.Length > SourceLengthMax
            || parsed.Type!.Length > TypeLengthMax || parsed.Subject?.Length > SubjectLengthMax)
        {
            throw Poison("The event's id, source, type or subject is longer than is kept.");
        }

        if (parsed.DataContentType is { } contentType && !MediaTypeHeaderValue.TryParse(contentType, out _))
            throw Poison("The event's data content type is no media type.");
        Dictionary<string, string> extensions = new(StringComparer.Ordinal);
        foreach ((CloudEventAttribute attribute, object value) in parsed.GetPopulatedAttributes())
        {
            if (attribute.IsExtension)
                extensions[attribute.Name] = attribute.Format(value);
        }

        return new ReceivedEvent(
            parsed.Id, parsed.Source.OriginalString, parsed.Type, parsed.Subject, parsed.Time, extensions, data)
        {
            ContentType = parsed.DataContentType,
            DataSchema = parsed.DataSchema?.OriginalString,
        };
    }

    internal static FailureException Poison(string detail, Exception? cause = null) =>
        new(new Failure(FailureCode.EventPoison, detail), cause);

    private static string MediaTypeOf(HttpRequest request) =>
        (request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();

    private static T Check<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (
            exception is ArgumentException or FormatException or InvalidOperationException or JsonException)
        {
            throw Poison("The event's attributes are missing or malformed.", exception);
        }
    }

    private static ReceivedEvent ReadOne(HttpRequest request, string mediaType, byte[] body) => mediaType switch
    {
        StructuredType => CloudEventJson.Read(body),
        BatchType => throw Poison("Batches are not taken."),
        _ when mediaType.StartsWith(AnyStructuredType, StringComparison.Ordinal) =>
            throw Poison("Only the JSON event format is taken."),
        _ => ReadBinary(request, body),
    };

    private static ReceivedEvent ReadBinary(HttpRequest request, byte[] body)
    {
        if (request.Headers["ce-specversion"] != "1.0")
            throw Poison("The event's specversion is not 1.0.");

        CloudEvent parsed = new(CloudEventsSpecVersion.V1_0) { DataContentType = request.ContentType };
        foreach ((string name, StringValues values) in request.Headers)
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

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }
}
