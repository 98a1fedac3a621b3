using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary>Schedule <c>relay</c>: sends again what not every consumer has taken, until it has.</summary>
/// <remarks>
/// A row is done when every consumer's inbox row exists or its letter was discarded; one that nobody consumes, when the
/// broker took it. It is parked, sent no more until an operator decides, when all that is missing are consumers whose
/// letters are parked, or after 150 attempts. Rows are claimed with SKIP LOCKED and pushed into the future before they
/// are sent, so runs at once share the work and a crash costs a delay. The delay doubles from 5 s to 10 min, with
/// jitter from the row's own id.
/// </remarks>
internal static partial class RelayOutbox
{
    /// <summary>How many rows one claim takes: a second's sending.</summary>
    private const int BatchRowsMax = 100;

    /// <summary>How many events in a row may be lost before a run takes the broker for down: 6 s of waiting.</summary>
    private const int LostInARowMax = 3;

    /// <summary>How often an event is sent before an operator must look: a day, at 10 min each.</summary>
    private const int AttemptsMax = 150;

    /// <summary>How long a run sends, under a request's 25 s; the next tick goes on.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(15);

    // What is due longest comes first: the index gives it without looking at what is done or waits.
    internal const string ClaimSql = """
        WITH due AS MATERIALIZED (
            SELECT id FROM outbox WHERE done_at IS NULL AND due_at <= $1
            ORDER BY due_at, sequence LIMIT $2 FOR UPDATE SKIP LOCKED),
        judged AS (
            SELECT due.id, m.missing, m.parked FROM due CROSS JOIN LATERAL (
                SELECT count(*) AS missing, count(*) FILTER (WHERE letter_status = 'parked') AS parked
                FROM outbox_missing WHERE outbox_missing.id = due.id) AS m)
        UPDATE outbox o SET
            attempts = o.attempts + 1,
            done_at = CASE WHEN j.missing = 0 AND (cardinality(o.consumers) > 0 OR o.sent_at IS NOT NULL) THEN $1 END,
            due_at = CASE WHEN j.missing > 0 AND j.parked = j.missing OR o.attempts >= $3 THEN 'infinity'
                ELSE $1 + (0.75 + (get_byte(uuid_send(o.id), 15) / 512.0)) * least(
                    interval '10 minutes', interval '5 seconds' * (2 ^ least(o.attempts, 10))) END
        FROM judged j WHERE o.id = j.id
        RETURNING o.id, o.room, o.type, o.subject, o.sequence, o.data::text, o.traceparent, o.created_at,
            cardinality(o.consumers) = 0, o.done_at IS NOT NULL, o.done_at IS NULL AND o.due_at = 'infinity',
            o.attempts > $3
        """;

    private const string ReleaseSql = "UPDATE outbox SET attempts = attempts - 1, due_at = $2 WHERE id = ANY ($1)";

    private sealed record Claimed(OutgoingEvent Event, bool IsDone, bool IsParked, bool IsExhausted);

    internal static async Task HandleAsync(EventContext context)
    {
        Database database = context.Get<Database>();
        CloudEventSender sender = context.Get<CloudEventSender>();
        CancellationToken cancellationToken = context.CancellationToken;
        DateTimeOffset end = database.Now + RunMax;
        await database.WriteAsync(t => DeadLetterTable.SettleAsync(t, cancellationToken), cancellationToken);
        int sent = await ReplayedLetters.SendAsync(database, sender, cancellationToken);

        int done = 0;
        int parked = 0;
        int lostInARow = 0;
        int claimed;
        bool MayGoOn() => lostInARow < LostInARowMax && database.Now < end;
        do
        {
            List<Claimed> batch = await database.WriteAsync(t => ClaimAsync(t, cancellationToken), cancellationToken);
            claimed = batch.Count;
            done += batch.Count(row => row.IsDone);
            parked += batch.Count(row => row.IsParked);
            Queue<OutgoingEvent> due = new(batch.Where(row => !row.IsDone && !row.IsParked)
                .Select(row => row.Event).OrderBy(row => row.Sequence));
            while (MayGoOn() && due.TryDequeue(out OutgoingEvent? next))
            {
                bool isSent = await TrySendAsync(database, sender, next, cancellationToken);
                sent += isSent ? 1 : 0;
                lostInARow = isSent ? 0 : lostInARow + 1;
            }

            if (due.Count > 0)
                await ReleaseAsync(database, due, cancellationToken);
        }
        while (claimed == BatchRowsMax && MayGoOn());

        Log.Relayed(context.Get<ILoggerFactory>().CreateLogger("Souk.Jobs"), done, sent, parked);
    }

    private static async Task<List<Claimed>> ClaimAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        List<Claimed> batch = await transaction.ListAsync(
            ClaimSql,
            [transaction.Now, BatchRowsMax, AttemptsMax],
            row => new Claimed(Outbox.Read(row), row.Flag(9), row.Flag(10), row.Flag(11)),
            cancellationToken);
        Guid[] givenUp = [.. batch.Where(row => row.IsExhausted && !row.IsDone).Select(row => row.Event.Id)];
        if (givenUp.Length > 0)
            await DeadLetterTable.GiveUpAsync(transaction, givenUp, cancellationToken);
        return batch;
    }

    /// <summary>What a run had no time for, or no broker, was not tried: it is due at the next tick.</summary>
    private static Task ReleaseAsync(
        Database database, IEnumerable<OutgoingEvent> untried, CancellationToken cancellationToken) =>
        database.WriteAsync(
            t => t.ExecuteAsync(ReleaseSql, [untried.Select(row => row.Id).ToArray(), t.Now], cancellationToken),
            cancellationToken);

    private static async Task<bool> TrySendAsync(
        Database database, CloudEventSender sender, OutgoingEvent due, CancellationToken cancellationToken)
    {
        if (!await sender.TrySendAsync(due, cancellationToken))
            return false;
        await database.WriteAsync(t => Outbox.MarkSentAsync(t, [due.Id], cancellationToken), cancellationToken);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "Relayed the outbox: {DoneCount} done, {SentCount} sent again, {ParkedCount} parked.")]
        internal static partial void Relayed(ILogger logger, int doneCount, int sentCount, int parkedCount);
    }
}
