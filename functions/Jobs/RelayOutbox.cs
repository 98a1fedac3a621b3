using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary>Schedule <c>relay</c>: sends again what not every consumer has taken, until it has.</summary>
/// <remarks>
/// A row is done when every consumer's inbox row exists; one that nobody consumes, when the broker took it. Rows are
/// claimed with SKIP LOCKED and pushed into the future before they are sent, so runs at once share the work and a
/// crash costs a delay. The delay doubles from 5 s to 10 min, with jitter from the row's own id.
/// </remarks>
internal static partial class RelayOutbox
{
    /// <summary>How many rows one claim takes: a second's sending.</summary>
    private const int BatchRowsMax = 100;

    /// <summary>How many events in a row may be lost before a run takes the broker for down: 6 s of waiting.</summary>
    private const int LostInARowMax = 3;

    /// <summary>How long a run sends, under a request's 25 s; the next tick goes on.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(15);

    private const string FinishSql = """
        UPDATE outbox SET done_at = $1
        WHERE done_at IS NULL AND due_at <= $1 AND NOT EXISTS (
            SELECT FROM unnest(consumers) AS c (consumer)
            WHERE NOT EXISTS (
                SELECT FROM inbox WHERE inbox.id = outbox.id::text AND inbox.consumer = c.consumer
                    AND inbox.source = '/' || outbox.room))
            AND (cardinality(consumers) > 0 OR sent_at IS NOT NULL)
        """;

    private const string ClaimSql = """
        UPDATE outbox SET attempts = attempts + 1, due_at = $1 + least(
            interval '10 minutes',
            interval '5 seconds' * (2 ^ least(attempts, 10))) * (0.75 + (get_byte(uuid_send(id), 15) / 512.0))
        WHERE id IN (
            SELECT id FROM outbox WHERE done_at IS NULL AND due_at <= $1
            ORDER BY sequence LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id, room, type, subject, sequence, data::text, traceparent, created_at
        """;

    private const string SentSql = "UPDATE outbox SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL";

    internal static async Task HandleAsync(EventContext context)
    {
        Database database = context.Get<Database>();
        CloudEventSender sender = context.Get<CloudEventSender>();
        DateTimeOffset end = database.Now + RunMax;
        int finished = await database.WriteAsync(
            t => t.ExecuteAsync(FinishSql, [t.Now], context.CancellationToken), context.CancellationToken);

        int sent = 0;
        int lostInARow = 0;
        int claimed;
        bool MayGoOn() => lostInARow < LostInARowMax && database.Now < end;
        do
        {
            List<OutgoingEvent> batch = await database.WriteAsync(
                t => t.ListAsync(ClaimSql, [t.Now, BatchRowsMax], Outbox.Read, context.CancellationToken),
                context.CancellationToken);
            claimed = batch.Count;
            foreach (OutgoingEvent due in batch.OrderBy(row => row.Sequence).TakeWhile(_ => MayGoOn()))
            {
                bool isSent = await TrySendAsync(database, sender, due, context.CancellationToken);
                sent += isSent ? 1 : 0;
                lostInARow = isSent ? 0 : lostInARow + 1;
            }
        }
        while (claimed == BatchRowsMax && MayGoOn());

        Log.Relayed(context.Get<ILoggerFactory>().CreateLogger("Souk.Jobs"), finished, sent);
    }

    private static async Task<bool> TrySendAsync(
        Database database, CloudEventSender sender, OutgoingEvent due, CancellationToken cancellationToken)
    {
        try
        {
            await sender.SendAsync(due, cancellationToken);
        }
        catch (Exception exception)
            when (CloudEventSender.IsUndelivered(exception) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        await database.WriteAsync(t => t.ExecuteAsync(SentSql, [due.Id, t.Now], cancellationToken), cancellationToken);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Relayed the outbox: {DoneCount} events done, {SentCount} sent again.")]
        internal static partial void Relayed(ILogger logger, int doneCount, int sentCount);
    }
}
