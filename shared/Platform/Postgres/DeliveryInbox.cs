using Souk.Domain.Events;
using Souk.Domain.Wire;
using Souk.Platform.CloudEvents;

namespace Souk.Platform.Postgres;

/// <summary>A fact to be announced in the statement that keeps its cause.</summary>
/// <param name="Type">Which fact; it names its consumers.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="DataJson">The event's data as JSON text.</param>
/// <param name="TraceParent">The W3C trace context of its cause; null when there is none.</param>
public sealed record Announcement(EventType Type, string Subject, string DataJson, string? TraceParent);

/// <summary>Something that came from outside and proved whose it is, to be kept as it came.</summary>
/// <param name="Source">Who sent it, such as <c>alchemy/main</c>; 1 to 500 characters.</param>
/// <param name="Id">Unique per source, and the same when it comes again; 1 to 200 characters.</param>
/// <param name="Type">Its kind, in the sender's words.</param>
/// <param name="Payload">Its octets.</param>
public sealed record IncomingDelivery(string Source, string Id, string Type, byte[] Payload)
{
    /// <summary>Why an operator may want to look at it; null for no reason.</summary>
    public DeliveryMark? Mark { get; init; }

    /// <summary>What is announced if it is new; several may share one announcement. Null for nothing.</summary>
    public Announcement? Announcement { get; init; }
}

/// <summary>What became of deliveries.</summary>
/// <param name="AreNew">For each in the order given, whether it had not been kept before.</param>
/// <param name="Announced">The events that stand in the outbox now.</param>
public sealed record KeptDeliveries(IReadOnlyList<bool> AreNew, IReadOnlyList<OutgoingEvent> Announced);

/// <summary>
/// Table <c>inbox</c> as Webhooks fills it, with the outbox rows of what was new: one statement for all.
/// </summary>
public static class DeliveryInbox
{
    // The rows that exist already are left out by the conflict; an event goes with any new delivery that names it.
    private const string KeepSql = """
        WITH given AS (
            SELECT place, source, id, type, mark, payload, event
            FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::integer[])
                WITH ORDINALITY AS given (source, id, type, mark, payload, event, place)
        ), kept AS (
            INSERT INTO inbox (consumer, source, id, taken_at, type, mark, payload)
            SELECT $1, source, id, $2, type, mark, payload FROM given
            ON CONFLICT DO NOTHING
            RETURNING source, id
        ), new AS (
            SELECT given.place, given.event FROM given JOIN kept USING (source, id)
        ), announced AS (
            INSERT INTO outbox (id, room, type, subject, data, traceparent, consumers, created_at, due_at)
            SELECT event.id, $1, event.type, event.subject, event.data::jsonb, event.traceparent,
                string_to_array(event.consumers, ','), $2, $3
            FROM unnest($10::uuid[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
                WITH ORDINALITY AS event (id, type, subject, data, traceparent, consumers, place)
            WHERE event.place IN (SELECT event FROM new)
            RETURNING id, sequence
        )
        SELECT place, NULL::uuid, NULL::bigint FROM new
        UNION ALL SELECT NULL, id, sequence FROM announced
        """;

    /// <summary>
    /// Keeps what was not kept before, all of it or nothing, and announces what is new; only Webhooks may.
    /// </summary>
    /// <remarks>
    /// Rows are written in the order of their keys, so that two instances that were sent the same deliveries wait for
    /// each other and never in a circle. Of two with one key in one call the first stands.
    /// </remarks>
    public static async Task<KeptDeliveries> KeepAsync(
        Transaction transaction, IReadOnlyList<IncomingDelivery> deliveries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(deliveries);
        (IncomingDelivery Delivery, int At)[] rows =
        [
            .. deliveries.Select((delivery, at) => (Delivery: delivery, At: at))
                .DistinctBy(row => (row.Delivery.Source, row.Delivery.Id))
                .OrderBy(row => row.Delivery.Source, StringComparer.Ordinal)
                .ThenBy(row => row.Delivery.Id, StringComparer.Ordinal),
        ];
        List<Announcement> events = [];
        int[] eventOf = [.. rows.Select(row => PlaceOf(row.Delivery.Announcement, events))];
        Guid[] ids = [.. events.Select(_ => transaction.NewId())];

        bool[] areNew = new bool[deliveries.Count];
        List<OutgoingEvent> announced = [];
        List<(long? Place, Guid? Event, long? Sequence)> results = await transaction.ListAsync(
            KeepSql,
            [
                transaction.Room, transaction.Now, transaction.Now + Outbox.RelayDelay,
                Texts(rows, row => row.Source), Texts(rows, row => row.Id), Texts(rows, row => row.Type),
                Texts(rows, row => row.Mark is { } mark ? WireText.Of(mark) : null),
                rows.Select(row => row.Delivery.Payload).ToArray(), eventOf,
                ids, Texts(events, it => it.Type.Name), Texts(events, it => it.Subject),
                Texts(events, it => it.DataJson), Texts(events, it => it.TraceParent),
                Texts(events, it => string.Join(',', it.Type.Consumers)),
            ],
            row => (row.BigintOrNull(0), row.IdOrNull(1), row.BigintOrNull(2)),
            cancellationToken);
        foreach ((long? place, Guid? id, long? sequence) in results)
        {
            if (place is not null)
                areNew[rows[place.Value - 1].At] = true;
            else
                announced.Add(Outgoing(transaction, id!.Value, sequence!.Value, events[Array.IndexOf(ids, id)]));
        }

        return new KeptDeliveries(areNew, announced);
    }

    /// <summary>The event's place in the list, counted from 1; 0 for none.</summary>
    private static int PlaceOf(Announcement? announcement, List<Announcement> events)
    {
        if (announcement is null)
            return 0;
        int place = events.FindIndex(it => ReferenceEquals(it, announcement));
        if (place >= 0)
            return place + 1;
        events.Add(announcement);
        return events.Count;
    }

    private static string?[] Texts<T>(IEnumerable<T> rows, Func<T, string?> text) => [.. rows.Select(text)];

    private static string?[] Texts(
        IEnumerable<(IncomingDelivery Delivery, int At)> rows, Func<IncomingDelivery, string?> text) =>
        [.. rows.Select(row => text(row.Delivery))];

    private static OutgoingEvent Outgoing(Transaction transaction, Guid id, long sequence, Announcement it) => new(
        id, $"/{transaction.Room}", it.Type.Name, it.Subject, sequence, it.DataJson, it.TraceParent, transaction.Now,
        IsDoneWhenSent: it.Type.Consumers.Count == 0);
}
