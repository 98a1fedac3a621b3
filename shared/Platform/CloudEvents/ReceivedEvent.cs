using System.Globalization;

namespace Souk.Platform.CloudEvents;

/// <summary>A CloudEvent as it arrived, its attributes checked (CloudEvents 1.0.2).</summary>
/// <param name="Id">Unique per source.</param>
/// <param name="Source">Who announced it.</param>
/// <param name="Type">What kind it is.</param>
/// <param name="Subject">What it is about; null when it says nothing.</param>
/// <param name="Time">When it happened; null when it does not say.</param>
/// <param name="Extensions">The extension attributes, by name.</param>
/// <param name="Data">The data's octets; empty when there are none.</param>
public sealed record ReceivedEvent(
    string Id,
    string Source,
    string Type,
    string? Subject,
    DateTimeOffset? Time,
    IReadOnlyDictionary<string, string> Extensions,
    ReadOnlyMemory<byte> Data)
{
    /// <summary>The type of a schedule's events (Knative PingSource).</summary>
    public const string PingType = "dev.knative.sources.ping";

    /// <summary>The extension that names the schedule.</summary>
    public const string JobExtension = "job";

    /// <summary>The extension that says which of a subject's events is the newer (CloudEvents' sequence).</summary>
    public const string SequenceExtension = "sequence";

    /// <summary>The media type of the data; null when it does not say.</summary>
    public string? ContentType { get; init; }

    /// <summary>The schema of the data, a URI; null when it names none.</summary>
    public string? DataSchema { get; init; }

    /// <summary>Whether the data are JSON, as they are when nothing else is said.</summary>
    public bool IsJson => ContentType is null || CloudEventJson.IsJson(ContentType);

    /// <summary>Its place among its subject's events, from its source's count; null when it has none.</summary>
    public long? Sequence => long.TryParse(
        Extensions.GetValueOrDefault(SequenceExtension), NumberStyles.None, CultureInfo.InvariantCulture, out long at)
        ? at
        : null;

    /// <summary>The schedule that fired; null for any other event.</summary>
    public string? Job => Type == PingType ? Extensions.GetValueOrDefault(JobExtension) : null;
}
