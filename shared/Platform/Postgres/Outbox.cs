using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Souk.Domain.Events;
using Souk.Platform.CloudEvents;

namespace Souk.Platform.Postgres;

/// <summary>Events on their way out: written with their cause, done when every consumer has taken them.</summary>
public static class Outbox
{
    /// <summary>How long the attempt right after the commit has before the relay may take a row.</summary>
    public static readonly TimeSpan RelayDelay = TimeSpan.FromSeconds(10);

    private const string AddSql = """
        INSERT INTO outbox (id, room, type, subject, data, traceparent, consumers, created_at, due_at)
        VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9)
        RETURNING id, room, type, subject, sequence, data::text, traceparent, created_at, cardinality(consumers) = 0
        """;

    private const string ReopenSql = """
        UPDATE outbox SET done_at = NULL, sent_at = NULL, attempts = 0, due_at = $3
        WHERE id = $1 AND '/' || room = $2
        RETURNING id, room, type, subject, sequence, data::text, traceparent, created_at, cardinality(consumers) = 0
        """;

    private const string MarkSentSql = "UPDATE outbox SET sent_at = $2 WHERE id = ANY ($1) AND sent_at IS NULL";

    // Parked when nobody is left to send it for, and done when nobody is left at all.
    private const string CloseSql = """
        UPDATE outbox SET
            done_at = CASE WHEN NOT EXISTS (SELECT FROM outbox_missing m WHERE m.id = $1) THEN $3::timestamptz END,
            due_at = 'infinity'
        WHERE id = $1 AND '/' || room = $2 AND done_at IS NULL AND NOT EXISTS (
            SELECT FROM outbox_missing m WHERE m.id = $1 AND m.letter_status IS DISTINCT FROM 'parked')
        """;

    private const string IsAwaitedSql = """
        SELECT true FROM outbox o JOIN outbox_missing m ON m.id = o.id
        WHERE o.id = $1 AND '/' || o.room = $2 AND m.consumer = $3 AND o.due_at < 'infinity'
        """;

    internal static async Task<OutgoingEvent> AddAsync<T>(
        Transaction transaction,
        EventType type,
        string subject,
        T data,
        JsonTypeInfo<T> json,
        CancellationToken cancellationToken)
    {
        List<OutgoingEvent> added = await transaction.ListAsync(
            AddSql,
            [
                transaction.NewId(), transaction.Room, type.Name, subject, JsonSerializer.Serialize(data, json),
                Activity.Current?.Id, type.Consumers.ToArray(), transaction.Now, transaction.Now + RelayDelay,
            ],
            Read,
            cancellationToken);
        return added[0];
    }

    internal static Task<OutgoingEvent?> ReopenAsync(
        Transaction transaction, Guid id, string source, CancellationToken cancellationToken) =>
        transaction.FindAsync(ReopenSql, [id, source, transaction.Now + RelayDelay], Read, cancellationToken);

    /// <summary>Marks events that the broker has taken.</summary>
    public static Task MarkSentAsync(Transaction transaction, Guid[] ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(MarkSentSql, [ids, transaction.Now], cancellationToken);
    }

    /// <summary>
    /// Stops the sending of an event for which nobody is left but consumers whose letters are parked; done when there
    /// is nobody left at all. Only Jobs may, which alone sees what all consumers have taken.
    /// </summary>
    public static Task CloseAsync(
        Transaction transaction, Guid id, string source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(CloseSql, [id, source, transaction.Now], cancellationToken);
    }

    /// <summary>Whether the relay still sends an event because this consumer has not taken it; only Jobs may.</summary>
    public static async Task<bool> IsAwaitedAsync(
        Transaction transaction, Guid id, string source, string consumer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindValueAsync(
            IsAwaitedSql, [id, source, consumer], row => row.Flag(0), cancellationToken) ?? false;
    }

    /// <summary>
    /// Reads the nine columns of an event: id, room, type, subject, sequence, data, traceparent, time, whether nobody
    /// consumes it.
    /// </summary>
    public static OutgoingEvent Read(Row row) => new(
        row.Id(0), $"/{row.Text(1)}", row.Text(2), row.Text(3), row.Bigint(4), row.Text(5), row.TextOrNull(6),
        row.Instant(7), row.Flag(8));
}
