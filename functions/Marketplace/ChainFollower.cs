using System.Collections.Concurrent;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Another run leads, or moved the cursor: what this run was about to store must not be.</summary>
internal sealed class LeadershipLostException() : Exception("Another run follows the chain.");

/// <summary>Reads a chain from its cursor to its head, alone, and applies what its logs say.</summary>
/// <remarks>
/// The leader holds a lease row with a fence, never a lock across a call. Every apply checks fence and cursor in its
/// own transaction, so a leader that slept too long stores nothing. Giving the lease back locks the cursor's row: a
/// hint comes either before, and the leader looks again, or after, and its own run takes the lease.
/// </remarks>
internal sealed partial class ChainFollower(
    AlchemyClients clients, ChainObserver observer, Database database, ILogger<ChainFollower> logger)
{
    /// <summary>
    /// How long a silent leader is believed to live: longer than any apply, shorter than a schedule's tick.
    /// </summary>
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(10);

    /// <summary>How long one run goes on; the broker's delivery time-out is longer.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<ChainId, LogRange> _ranges = new();

    /// <summary>Follows a chain up to its head, unless another run already does.</summary>
    internal async Task FollowAsync(ChainId chain, CancellationToken cancellationToken)
    {
        Lease? lease = await database.WriteAsync(
            transaction => Lease.TryTakeAsync(transaction, $"chain/{chain}", LeaseDuration, cancellationToken),
            cancellationToken);
        if (lease is null)
            return;

        try
        {
            await LeadAsync(chain, lease, cancellationToken);
        }
        catch (LeadershipLostException)
        {
            Log.LeadershipLost(logger, chain);
        }
        catch
        {
            // Others need not wait for the lease to lapse.
            await database.WriteAsync(
                transaction => lease.ReleaseAsync(transaction, CancellationToken.None), CancellationToken.None);
            throw;
        }
    }

    private async Task LeadAsync(ChainId chain, Lease lease, CancellationToken cancellationToken)
    {
        AlchemyClient client = clients.For(chain);
        DateTimeOffset end = database.Now + RunMax;
        bool isDone;
        do
        {
            ChainCursor cursor = await ReadCursorAsync(client, cancellationToken);
            long hintsSeen = cursor.Hints;
            if (cursor.HaltedReason is null)
            {
                await ReachHeadAsync(client, lease, cursor, end, cancellationToken);
                await BackfillAsync(client, lease, end, cancellationToken);
            }

            bool isLate = database.Now >= end;
            isDone = await database.WriteAsync(
                transaction => TryFinishAsync(transaction, chain, lease, hintsSeen, isLate, cancellationToken),
                cancellationToken);
        }
        while (!isDone);
    }

    private static async Task<bool> TryFinishAsync(
        Transaction transaction,
        ChainId chain,
        Lease lease,
        long hintsSeen,
        bool isLate,
        CancellationToken cancellationToken)
    {
        ChainCursor? cursor = await ChainCursorTable.LockAsync(transaction, chain, cancellationToken);
        if (cursor is not null && cursor.Hints != hintsSeen && !isLate)
            return false;
        await lease.ReleaseAsync(transaction, cancellationToken);
        return true;
    }

    /// <summary>The cursor; a chain that was never followed begins right before its first block of interest.</summary>
    private async Task<ChainCursor> ReadCursorAsync(AlchemyClient client, CancellationToken cancellationToken)
    {
        ChainId chain = client.Chain.Id;
        ChainCursor? cursor = await database.ReadAsync(
            transaction => ChainCursorTable.FindAsync(transaction, chain, cancellationToken), cancellationToken);
        if (cursor is not null)
            return cursor;

        long before = Math.Max(0, client.Chain.StartBlock - 1);
        BlockHeader header = await client.GetBlockAsync(BlockReference.At(before), cancellationToken)
            ?? throw new FailureException(FailureCode.UpstreamUnavailable, "The node lacks the chain's first block.");
        return await database.WriteAsync(
            async transaction =>
            {
                await ChainCursorTable.AddAsync(transaction, chain, Remember(header), cancellationToken);
                return (await ChainCursorTable.FindAsync(transaction, chain, cancellationToken))!;
            },
            cancellationToken);
    }

    private async Task ReachHeadAsync(
        AlchemyClient client, Lease lease, ChainCursor cursor, DateTimeOffset end, CancellationToken cancellationToken)
    {
        BlockHeader? same = await client.GetBlockAsync(BlockReference.At(cursor.Block.Number), cancellationToken);
        if (same is not null && same.Hash != cursor.Block.Hash)
        {
            if (await UnwindAsync(client, lease, cursor, cancellationToken) is not { } back)
                return;
            cursor = back;
        }

        long head = await client.GetBlockNumberAsync(cancellationToken);
        LogRange range = _ranges.GetOrAdd(client.Chain.Id, _ => new LogRange());
        while (cursor.Block.Number < head && database.Now < end)
        {
            long to = Math.Min(head, cursor.Block.Number + range.Blocks);
            BlockSpan? span = await FetchAsync(client, cursor, to, range, cancellationToken);
            if (span is null)
                return;
            ChainCursor? next = span.IsOrphaned
                ? await UnwindAsync(client, lease, cursor, cancellationToken)
                : await ApplyAsync(client, lease, cursor, span, cancellationToken);
            if (next is null)
                return;
            cursor = next;
        }
    }

    /// <summary>Reads the span after the cursor; null when the node cannot tell it now.</summary>
    private async Task<BlockSpan?> FetchAsync(
        AlchemyClient client, ChainCursor cursor, long to, LogRange range, CancellationToken cancellationToken)
    {
        List<Collection> collections = await database.ReadAsync(
            transaction => CollectionTable.ListAsync(transaction, client.Chain.Id, cancellationToken),
            cancellationToken);
        Address[] addresses = FollowedContracts.AddressesOf(client.Chain, collections);
        try
        {
            BlockSpan? span = await BlockSpan.ReadAsync(client, cursor.Block, to, addresses, cancellationToken);
            range.Grow();
            return span;
        }
        catch (LogRangeRefusedException) when (range.TryShrink())
        {
            return await FetchAsync(
                client, cursor, Math.Min(to, cursor.Block.Number + range.Blocks), range, cancellationToken);
        }
    }

    private async Task<ChainCursor?> ApplyAsync(
        AlchemyClient client, Lease lease, ChainCursor cursor, BlockSpan span, CancellationToken cancellationToken)
    {
        Address mover = await observer.GetOperatorAsync(client, cancellationToken);
        ChainCursor applied = await database.WriteAsync(
            async transaction =>
            {
                await KeepAsync(transaction, lease, cursor, cancellationToken);
                await new LogApplier(transaction, client.Chain, mover).ApplyAsync(span.Logs, cancellationToken);
                bool isMoved = await ChainCursorTable.AdvanceAsync(
                    transaction, cursor, span.Last, client.Chain.ReorgDepthMax, cancellationToken);
                return isMoved ? cursor with { Block = span.Last } : throw new LeadershipLostException();
            },
            cancellationToken);
        Log.Applied(logger, client.Chain.Id, cursor.Block.Number + 1, span.Last.Number, span.Logs.Count);
        return applied;
    }

    /// <summary>Goes back to the highest remembered block that is still canonical; null when none is.</summary>
    private async Task<ChainCursor?> UnwindAsync(
        AlchemyClient client, Lease lease, ChainCursor cursor, CancellationToken cancellationToken)
    {
        ChainId chain = client.Chain.Id;
        List<FollowedBlock> remembered = await database.ReadAsync(
            transaction => ChainCursorTable.ListBlocksAsync(transaction, chain, fromBlock: 0, cancellationToken),
            cancellationToken);
        foreach (FollowedBlock block in remembered.Where(block => block.Number < cursor.Block.Number))
        {
            BlockHeader? header = await client.GetBlockAsync(BlockReference.At(block.Number), cancellationToken);
            if (header?.Hash != block.Hash)
                continue;
            await database.WriteAsync(
                async transaction =>
                {
                    await KeepAsync(transaction, lease, cursor, cancellationToken);
                    if (!await ChainCursorTable.UnwindAsync(transaction, cursor, block, cancellationToken))
                        throw new LeadershipLostException();
                    await BlockUnwinder.UnwindAsync(transaction, chain, block, cancellationToken);
                },
                cancellationToken);
            Log.Unwound(logger, chain, cursor.Block.Number, block.Number);
            return cursor with { Block = block };
        }

        string reason = $"A reorganisation below block {cursor.Block.Number} is deeper than is unwound unseen.";
        await database.WriteAsync(
            async transaction =>
            {
                await KeepAsync(transaction, lease, cursor, cancellationToken);
                await ChainCursorTable.HaltAsync(transaction, chain, reason, cancellationToken);
            },
            cancellationToken);
        Log.Halted(logger, chain, cursor.Block.Number);
        return null;
    }

    /// <summary>Reads newly registered collections' past, each on its own, until they meet the cursor.</summary>
    private async Task BackfillAsync(
        AlchemyClient client, Lease lease, DateTimeOffset end, CancellationToken cancellationToken)
    {
        ChainId chain = client.Chain.Id;
        List<Collection> behind = await database.ReadAsync(
            transaction => CollectionTable.ListAsync(transaction, chain, cancellationToken), cancellationToken);
        LogRange range = _ranges.GetOrAdd(chain, _ => new LogRange());
        foreach (Collection registered in behind.Where(row => !row.IsLive))
        {
            Collection collection = registered;
            while (!collection.IsLive && database.Now < end)
                collection = await BackfillSpanAsync(client, lease, collection, range, cancellationToken);
        }
    }

    private async Task<Collection> BackfillSpanAsync(
        AlchemyClient client, Lease lease, Collection collection, LogRange range, CancellationToken cancellationToken)
    {
        ChainCursor cursor = await ReadCursorAsync(client, cancellationToken);
        long to = Math.Min(cursor.Block.Number, collection.BackfilledTo + range.Blocks);
        Address mover = await observer.GetOperatorAsync(client, cancellationToken);
        IReadOnlyList<TimedLog> logs = await BlockSpan.ReadLogsAsync(
            client, collection.BackfilledTo + 1, to, [collection.Contract], cancellationToken);
        return await database.WriteAsync(
            async transaction =>
            {
                await KeepAsync(transaction, lease, cursor, cancellationToken);
                await new LogApplier(transaction, client.Chain, mover).ApplyAsync(logs, cancellationToken);
                bool isLive = to == cursor.Block.Number;
                bool isMoved = await CollectionTable.MoveAsync(transaction, collection, to, isLive, cancellationToken);
                return isMoved
                    ? collection with { BackfilledTo = to, IsLive = isLive }
                    : throw new LeadershipLostException();
            },
            cancellationToken);
    }

    /// <summary>Checks fence and cursor; until the commit nobody moves either.</summary>
    private static async Task KeepAsync(
        Transaction transaction, Lease lease, ChainCursor cursor, CancellationToken cancellationToken)
    {
        // The cursor first: whoever lists meanwhile either waits for this, or is waited for.
        ChainCursor? now = await ChainCursorTable.LockAsync(transaction, cursor.ChainId, cancellationToken);
        bool isKept = now?.Block.Hash == cursor.Block.Hash
            && await lease.TryKeepAsync(transaction, LeaseDuration, cancellationToken);
        if (!isKept)
            throw new LeadershipLostException();
    }

    private static FollowedBlock Remember(BlockHeader header) =>
        new(header.Number, header.Hash, header.ParentHash, header.Timestamp);

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Information, "Applied blocks {FromBlock} to {ToBlock} of chain {ChainId}: {LogCount} logs.")]
        internal static partial void Applied(
            ILogger logger, ChainId chainId, long fromBlock, long toBlock, int logCount);

        [LoggerMessage(2, LogLevel.Warning, "Unwound chain {ChainId} from block {FromBlock} to {ToBlock}.")]
        internal static partial void Unwound(ILogger logger, ChainId chainId, long fromBlock, long toBlock);

        [LoggerMessage(
            3, LogLevel.Error, "Halted chain {ChainId} at block {BlockNumber}: no remembered block is canonical.")]
        internal static partial void Halted(ILogger logger, ChainId chainId, long blockNumber);

        [LoggerMessage(4, LogLevel.Information, "Another run follows chain {ChainId}.")]
        internal static partial void LeadershipLost(ILogger logger, ChainId chainId);
    }
}
