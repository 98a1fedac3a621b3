using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary>Schedule <c>purge</c>: deletes rows whose time is over, a bounded number a run.</summary>
internal static partial class PurgeExpired
{
    /// <summary>How many rows of a kind one run deletes, so that no run holds many locks for long.</summary>
    private const int RowsMax = 10_000;

    private const string IdempotencySql = "SELECT purge_idempotency_keys($1, $2)";

    private const string OutboxSql = """
        DELETE FROM outbox WHERE id IN (
            SELECT id FROM outbox WHERE done_at <= $1::timestamptz - interval '72 hours' LIMIT $2)
        """;

    // Deliveries of providers (consumer webhooks) stay for good: their ids are the only guard against a replay. And
    // what may still be sent again must still be known as taken, however old it is.
    private const string InboxSql = """
        DELETE FROM inbox WHERE (consumer, source, id) IN (
            SELECT i.consumer, i.source, i.id FROM inbox i
            WHERE i.taken_at <= $1::timestamptz - interval '30 days' AND i.consumer <> 'webhooks'
                AND NOT EXISTS (SELECT FROM outbox o WHERE o.done_at IS NULL AND o.id::text = i.id)
                AND NOT EXISTS (SELECT FROM dead_letters d WHERE d.source = i.source AND d.id = i.id)
            LIMIT $2)
        """;

    // Longer than anything is sent by itself; and never while an older event of the subject may still come.
    private const string HeadsSql = """
        DELETE FROM inbox_heads WHERE (consumer, source, subject) IN (
            SELECT h.consumer, h.source, h.subject FROM inbox_heads h
            WHERE h.taken_at <= $1::timestamptz - interval '90 days'
                AND NOT EXISTS (
                    SELECT FROM outbox o
                    WHERE o.done_at IS NULL AND o.subject = h.subject AND '/' || o.room = h.source)
                AND NOT EXISTS (SELECT FROM dead_letters d WHERE d.subject = h.subject AND d.source = h.source)
            LIMIT $2)
        """;

    // A letter that waits for somebody stays. A schedule's tick is made good by the next.
    private const string LettersSql = """
        DELETE FROM dead_letters WHERE letter_id IN (
            SELECT letter_id FROM dead_letters
            WHERE changed_at <= $1::timestamptz - interval '90 days' AND status IN ('taken', 'discarded', 'replayed')
                OR changed_at <= $1::timestamptz - interval '72 hours' AND type = 'dev.knative.sources.ping'
            LIMIT $2)
        """;

    // Its refresh tokens and wallet challenges go with it.
    private const string SessionsSql = """
        DELETE FROM sessions WHERE id IN (
            SELECT id FROM sessions WHERE expires_at <= $1::timestamptz - interval '30 days' LIMIT $2)
        """;

    internal static async Task HandleAsync(EventContext context)
    {
        long rows = await context.Get<Database>().WriteAsync(
            async transaction =>
            {
                SqlValue[] values = [transaction.Now, RowsMax];
                CancellationToken cancellationToken = context.CancellationToken;
                long? keys = await transaction.FindValueAsync(
                    IdempotencySql, values, row => row.Bigint(0), cancellationToken);
                return keys!.Value
                    + await transaction.ExecuteAsync(OutboxSql, values, cancellationToken)
                    + await transaction.ExecuteAsync(LettersSql, values, cancellationToken)
                    + await transaction.ExecuteAsync(InboxSql, values, cancellationToken)
                    + await transaction.ExecuteAsync(HeadsSql, values, cancellationToken)
                    + await transaction.ExecuteAsync(SessionsSql, values, cancellationToken);
            },
            context.CancellationToken);
        Log.Purged(context.Get<ILoggerFactory>().CreateLogger("Souk.Jobs"), rows);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Purged {RowCount} expired rows.")]
        internal static partial void Purged(ILogger logger, long rowCount);
    }
}
