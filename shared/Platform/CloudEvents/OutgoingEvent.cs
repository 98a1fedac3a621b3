namespace Souk.Platform.CloudEvents;

/// <summary>An event as the outbox holds it and the broker is sent it (CloudEvents 1.0).</summary>
/// <param name="Id">Unique per source; the outbox row's identifier.</param>
/// <param name="Source">Who announces it, such as <c>/marketplace</c>.</param>
/// <param name="Type">What kind it is.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Sequence">Rises with time; a consumer that cares ignores what is older than what it knows.</param>
/// <param name="DataJson">The data as JSON text.</param>
/// <param name="TraceParent">The W3C trace context of its cause; null when there was none.</param>
/// <param name="Time">When it happened.</param>
/// <param name="IsDoneWhenSent">Whether nobody consumes it: then it is done when the broker has taken it.</param>
public sealed record OutgoingEvent(
    Guid Id,
    string Source,
    string Type,
    string Subject,
    long Sequence,
    string DataJson,
    string? TraceParent,
    DateTimeOffset Time,
    bool IsDoneWhenSent);
