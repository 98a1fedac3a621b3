using System.Globalization;
using Souk.Local.Demo;
using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Simulation;

/// <summary>The events between the functions: how they come to rest, and what must hold of them then.</summary>
public sealed class Spine(LocalPlatform platform, WorldChain chain, Books books)
{
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(120);

    /// <summary>Events that are done without a row in each consumer's inbox, or in that of nobody's.</summary>
    private const string UntakenSql = """
        SELECT count(*) FROM outbox o WHERE $1 AND (done_at IS NULL OR cardinality(consumers) <> (
            SELECT count(*) FROM inbox i WHERE i.id = o.id::text AND i.source = '/' || o.room))
        """;

    /// <summary>How many more or fewer hints took effect than there are events that hint.</summary>
    private const string HintsMissedSql = """
        SELECT (SELECT coalesce(sum(hints), 0) FROM chain_cursors WHERE $1) - (
            SELECT count(*) FROM inbox i JOIN outbox o ON i.id = o.id::text AND i.source = '/' || o.room
            WHERE i.consumer = 'marketplace' AND o.type IN ('souk.chain.hinted.v1', 'souk.collection.registered.v1'))
        """;

    private const string LapseSql = """
        WITH lapsed AS (UPDATE leases SET held_until = '-infinity' WHERE $1 RETURNING 1),
            due AS (UPDATE outbox SET due_at = created_at WHERE done_at IS NULL RETURNING 1)
        SELECT (SELECT count(*) FROM lapsed) + (SELECT count(*) FROM due)
        """;

    private string _hintsMissedBefore = "0";

    /// <summary>From now on each hint counts: before a chain is followed there is nothing to raise.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await RestAsync(cancellationToken);
        _hintsMissedBefore = await books.ReadAsync(HintsMissedSql, true, cancellationToken);
    }

    /// <summary>Every lease and every delay of the relay is over, as if their times had passed.</summary>
    public Task LapseAsync(CancellationToken cancellationToken) => books.ReadAsync(LapseSql, true, cancellationToken);

    /// <summary>
    /// Lets waits lapse and schedules fire until every event is done and the chain is read to its head.
    /// </summary>
    /// <exception cref="DemoFailedException">It never came to rest.</exception>
    public async Task RestAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(RestMax);
        try
        {
            while (!await IsAtRestAsync(deadline.Token)) await LapseAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DemoFailedException($"The platform comes to rest within {RestMax.TotalSeconds} s.");
        }
    }

    /// <summary>Each event was taken once by each of its consumers, and each hint took effect once.</summary>
    /// <exception cref="DemoFailedException">It was not, or did not.</exception>
    public async Task RequireOnceAsync(CancellationToken cancellationToken)
    {
        DemoFailedException.UnlessEqual(
            "0", await books.ReadAsync(UntakenSql, true, cancellationToken), "The events not taken once");
        DemoFailedException.UnlessEqual(
            _hintsMissedBefore,
            await books.ReadAsync(HintsMissedSql, true, cancellationToken),
            "The hints of no event, less the events of no hint");
    }

    /// <summary>Each webhook that was answered 200 is kept.</summary>
    /// <exception cref="DemoFailedException">One is not.</exception>
    public async Task RequireKeptAsync(CancellationToken cancellationToken)
    {
        string[] acknowledged =
        [
            .. platform.World.Alchemy.Deliveries.Where(delivery => delivery.Status == 200)
                .Select(delivery => delivery.EventId).Distinct(),
        ];
        string kept = await books.ReadAsync(
            "SELECT count(*) FROM inbox WHERE consumer = 'webhooks' AND id = ANY ($1)",
            acknowledged,
            cancellationToken);
        DemoFailedException.UnlessEqual(
            acknowledged.Length.ToString(CultureInfo.InvariantCulture), kept, "The deliveries that were acknowledged");
    }

    private async Task<bool> IsAtRestAsync(CancellationToken cancellationToken)
    {
        await platform.World.Broker.DrainAsync(cancellationToken);
        ulong head = await chain.Node.Rpc.GetBlockNumberAsync(cancellationToken);
        string cursor = await books.ReadAsync(
            "SELECT number FROM chain_cursors WHERE chain_id = $1", (long)chain.Plan.Id.Value, cancellationToken);
        string undone = await books.ReadAsync(
            "SELECT count(*) FROM outbox WHERE done_at IS NULL AND $1", true, cancellationToken);
        bool isRead = cursor == head.ToString(CultureInfo.InvariantCulture);
        if (!isRead) platform.World.Schedules.Fire("reconcile");
        if (undone != "0") platform.World.Schedules.Fire("relay");
        return isRead && undone == "0";
    }
}
