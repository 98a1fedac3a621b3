using Souk.Domain.Events;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary>A dead letter as operators see it in a list.</summary>
/// <param name="Id">The letter.</param>
/// <param name="Source">The event's source.</param>
/// <param name="EventId">The event's id, unique per source.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Consumer">The function that could not take it; null when the broker named none.</param>
/// <param name="Status">Whose turn it is.</param>
/// <param name="Reason">The last status it answered, or <c>undelivered</c>, <c>untaken</c>, <c>unsent</c>.</param>
/// <param name="Detail">What it said; from outside, to be shown as text and no more.</param>
/// <param name="Deaths">How often it came.</param>
/// <param name="CreatedAt">When it first came.</param>
/// <param name="ChangedAt">When it last came or was decided about.</param>
/// <param name="DecidedBy">Who replayed or discarded it last.</param>
/// <param name="Decision">Why it was discarded.</param>
internal sealed record DeadLetterView(
    Guid Id,
    string Source,
    string EventId,
    string Type,
    string? Subject,
    string? Consumer,
    DeadLetterStatus Status,
    string Reason,
    string? Detail,
    int Deaths,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt,
    Guid? DecidedBy,
    string? Decision)
{
    internal static DeadLetterView Of(DeadLetterRecord letter) => new(
        letter.Id,
        letter.Event.Source,
        letter.Event.Id,
        letter.Event.Type,
        letter.Event.Subject,
        letter.Death.Consumer,
        letter.Status,
        letter.Death.Reason,
        letter.Death.Detail,
        letter.Deaths,
        letter.CreatedAt,
        letter.ChangedAt,
        letter.DecidedBy,
        letter.Decision);
}
