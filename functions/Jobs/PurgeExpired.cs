using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary>Schedule <c>purge</c>: deletes rows whose time is over, a bounded number a run.</summary>
internal static partial class PurgeExpired
{
    /// <summary>How many rows of a kind one run deletes, so that no run holds many locks for long.</summary>
    private const int RowsMax = 10_000;

    private const string IdempotencySql = """
        DELETE FROM idempotency_keys WHERE (room, caller, key) IN (
            SELECT room, caller, key FROM idempotency_keys WHERE expires_at <= $1 LIMIT $2)
        """;

    private const string OutboxSql = """
        DELETE FROM outbox WHERE id IN (
            SELECT id FROM outbox WHERE done_at <= $1::timestamptz - interval '72 hours' LIMIT $2)
        """;

    // Deliveries of providers (consumer webhooks) stay for good: their ids are the only guard against a replay.
    private const string InboxSql = """
        DELETE FROM inbox WHERE (consumer, source, id) IN (
            SELECT consumer, source, id FROM inbox
            WHERE taken_at <= $1::timestamptz - interval '30 days' AND consumer <> 'webhooks' LIMIT $2)
        """;

    // Its refresh tokens and wallet challenges go with it.
    private const string SessionsSql = """
        DELETE FROM sessions WHERE id IN (
            SELECT id FROM sessions WHERE expires_at <= $1::timestamptz - interval '30 days' LIMIT $2)
        """;

    internal static async Task HandleAsync(EventContext context)
    {
        int rows = await context.Get<Database>().WriteAsync(
            async transaction =>
            {
                SqlValue[] values = [transaction.Now, RowsMax];
                CancellationToken cancellationToken = context.CancellationToken;
                return await transaction.ExecuteAsync(IdempotencySql, values, cancellationToken)
                    + await transaction.ExecuteAsync(OutboxSql, values, cancellationToken)
                    + await transaction.ExecuteAsync(InboxSql, values, cancellationToken)
                    + await transaction.ExecuteAsync(SessionsSql, values, cancellationToken);
            },
            context.CancellationToken);
        Log.Purged(context.Get<ILoggerFactory>().CreateLogger("Souk.Jobs"), rows);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Purged {RowCount} expired rows.")]
        internal static partial void Purged(ILogger logger, int rowCount);
    }
}
