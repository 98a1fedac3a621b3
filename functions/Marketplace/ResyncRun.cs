using System.Security.Cryptography;
using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Rebuilds what derives from a chain, from a block on, as an operator asked.</summary>
/// <remarks>
/// First the logs are read once more and kept aside, span by span, over as many runs as it takes; a span is stored with
/// the block it ends at, so a crash loses at most one. Then one transaction, in which nobody calls anybody: digest,
/// take back, apply what was kept aside, digest. Everybody else reads the old state until it commits.
/// </remarks>
internal sealed partial class ResyncRun(ChainRun run, ChainObserver observer, TimeProvider clock, ILogger logger)
{
    private const string FindLastFactSql = """
        SELECT block_number, block_hash FROM (
            (SELECT block_number, block_hash FROM token_transfers WHERE chain_id = $1 AND block_number <= $2
                ORDER BY block_number DESC LIMIT 1)
            UNION ALL
            (SELECT block_number, block_hash FROM order_events WHERE chain_id = $1 AND block_number <= $2
                ORDER BY block_number DESC LIMIT 1)) AS facts
        ORDER BY block_number DESC LIMIT 1
        """;

    /// <summary>As many logs as one transaction takes back and applies well within its time.</summary>
    internal const long LogsMax = 250_000;

    /// <summary>Logs applied at once.</summary>
    private const int PageLogs = 5_000;

    /// <summary>A rebuild that failed so often fails again.</summary>
    private const int RebuildsMax = 3;

    /// <summary>Longer than a request: it goes on when the broker no longer waits.</summary>
    private static readonly TimeSpan RebuildMax = TimeSpan.FromMinutes(2);

    /// <summary>Goes on with the chain's open request, as long as the run may.</summary>
    /// <returns>Whether the chain's cursor was put somewhere else: a halt has ended.</returns>
    internal async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        ChainResync? row = await run.ReadAsync(
            transaction => ChainResyncTable.FindOpenAsync(transaction, run.Chain.Id, cancellationToken),
            cancellationToken);
        bool wasHalted = run.Cursor.HaltedReason is not null;
        while (row is { Status: ResyncStatus.Requested or ResyncStatus.Staging } && !run.IsLate)
            row = await StepAsync(row, cancellationToken);
        run.HasMore |= row is { Status: ResyncStatus.Requested or ResyncStatus.Staging };
        return row is { Status: ResyncStatus.Done } && wasHalted;
    }

    /// <summary>One span, or the end.</summary>
    /// <returns>The request as it stands now; null when the nodes do not agree now.</returns>
    private async Task<ChainResync?> StepAsync(ChainResync row, CancellationToken cancellationToken)
    {
        List<Collection> collections = await run.ReadAsync(
            transaction => CollectionTable.ListAsync(transaction, run.Chain.Id, cancellationToken), cancellationToken);
        Address[] contracts = FollowedContracts.AddressesOf(run.Chain, collections);
        byte[] fingerprint = SHA256.HashData([.. contracts.SelectMany(contract => contract.ToArray())]);
        long target = run.Cursor.HaltedReason is null ? run.Cursor.Block.Number : run.Head!.Number;
        if (target < row.FromBlock - 1)
            return null;
        if (row.Staged is not { } staged || !fingerprint.AsSpan().SequenceEqual(row.Contracts)
            || staged.Number > target)
        {
            return await BeginAsync(row, fingerprint, cancellationToken);
        }

        if (staged.Number == target)
        {
            bool isOfCursor = run.Cursor.HaltedReason is not null || staged.Hash == run.Cursor.Block.Hash;
            return isOfCursor
                ? await RebuildAsync(row, staged, cancellationToken)
                : await BeginAsync(row, fingerprint, cancellationToken);
        }

        BlockSpan? span = await new SpanReader(run, contracts).ReadAsync(staged, target, cancellationToken);
        if (span is not null)
            return await KeepAsync(row, span, cancellationToken);
        BlockHeader? present = (await run.GetBlocksAsync([BlockReference.At(staged.Number)], cancellationToken))[0];
        return present is not null && present.Hash != staged.Hash
            ? await BeginAsync(row, fingerprint, cancellationToken)
            : null;
    }

    private async Task<ChainResync?> BeginAsync(
        ChainResync row, byte[] contracts, CancellationToken cancellationToken)
    {
        long before = row.FromBlock - 1;
        BlockHeader? header = (await run.GetBlocksAsync([BlockReference.At(before)], cancellationToken))[0];
        if (header is null)
            return null;
        if (await FindReplacedAsync(header, cancellationToken) is { } replaced)
        {
            return run.Cursor.HaltedReason is null
                ? null
                : await FailAsync(
                    row, $"Block {replaced} was replaced too: resync from there or lower.", cancellationToken);
        }

        ChainResync begun = row with
        {
            Status = ResyncStatus.Staging,
            Staged = ChainRun.Remember(header),
            Contracts = contracts,
            Logs = 0,
            Restarts = row.Restarts + (row.Staged is null ? 0 : 1),
        };
        return await run.WriteAsync(
            async (transaction, _) =>
            {
                await ChainResyncLogTable.RemoveAsync(transaction, row.Id, cancellationToken);
                return await ChainResyncTable.MoveAsync(transaction, row, begun, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>
    /// The highest block up to this one that something rests on here and that the chain no longer has; null when what
    /// is to stay is of the present history.
    /// </summary>
    private async Task<long?> FindReplacedAsync(BlockHeader below, CancellationToken cancellationToken)
    {
        ChainId chain = run.Chain.Id;
        (FollowedBlock? followed, (long Number, BlockHash Hash)? fact) = await run.ReadAsync(
            async transaction => (
                await ChainBlockTable.FindAsync(transaction, chain, below.Number, cancellationToken),
                await transaction.FindValueAsync(
                    FindLastFactSql,
                    [chain, below.Number],
                    row => (row.Bigint(0), new BlockHash(row.Hash(1))),
                    cancellationToken)),
            cancellationToken);
        if (followed is not null && followed.Hash != below.Hash)
            return below.Number;
        if (fact is not { } last)
            return null;
        BlockHeader? present = (await run.GetBlocksAsync([BlockReference.At(last.Number)], cancellationToken))[0];
        return present?.Hash == last.Hash ? null : last.Number;
    }

    private async Task<ChainResync> KeepAsync(ChainResync row, BlockSpan span, CancellationToken cancellationToken)
    {
        ChainResync kept = row with { Staged = span.Last, Logs = row.Logs + span.Logs.Count };
        if (kept.Logs > LogsMax)
        {
            return await FailAsync(
                row,
                $"There are more than {LogsMax} logs from block {row.FromBlock} on, too many for one transaction: "
                    + "resync from a higher block.",
                cancellationToken);
        }

        return await run.WriteAsync(
            async (transaction, _) =>
            {
                await ChainResyncLogTable.AddAsync(
                    transaction, row.Id, [.. span.Logs.Select(Stage)], cancellationToken);
                return await ChainResyncTable.MoveAsync(transaction, row, kept, cancellationToken);
            },
            cancellationToken);
    }

    private async Task<ChainResync?> RebuildAsync(
        ChainResync row, FollowedBlock staged, CancellationToken cancellationToken)
    {
        bool isHalted = run.Cursor.HaltedReason is not null;
        IReadOnlyList<FollowedBlock> tail = await ReadTailAsync(row, staged, cancellationToken);
        if (tail.Count == 0)
            return null;

        Address mover = await observer.GetOperatorAsync(run.Client, cancellationToken);
        if (row.Rebuilds == RebuildsMax)
        {
            return await FailAsync(
                row, $"The rebuild did not finish in {RebuildsMax} attempts: resync from a higher block.",
                cancellationToken);
        }

        ChainResync begun = await run.WriteAsync(
            (transaction, _) => ChainResyncTable.MoveAsync(
                transaction, row, row with { Rebuilds = row.Rebuilds + 1 }, cancellationToken),
            cancellationToken);
        using CancellationTokenSource deadline = new(RebuildMax, clock);
        ChainResync done = await run.WriteAsync(
            (transaction, now) => RebuildAsync(transaction, now, begun, tail, mover, deadline.Token), deadline.Token);
        if (isHalted)
            run.Place(staged);
        Log.Rebuilt(logger, run.Chain.Id, row.FromBlock, staged.Number, row.Logs, done.IsEqual == true);
        return done;
    }

    private async Task<ChainResync> RebuildAsync(
        Transaction transaction,
        ChainCursor now,
        ChainResync row,
        IReadOnlyList<FollowedBlock> tail,
        Address mover,
        CancellationToken cancellationToken)
    {
        bool isHalted = now.HaltedReason is not null;
        DerivedDigest before = await DerivedState.DigestAsync(transaction, run.Chain.Id, cancellationToken);
        if (isHalted)
        {
            await BlockUnwinder.UnwindAsync(transaction, run.Chain.Id, tail[0], cancellationToken);
        }
        else
        {
            await BlockUnwinder.RewindAsync(transaction, run.Chain.Id, row.FromBlock - 1, cancellationToken);
        }

        // A balance is a running sum: taken back and done again it would keep what was wrong about it.
        await TokenTable.RecountAsync(transaction, run.Chain.Id, cancellationToken);
        await CurrencyTable.RecountAsync(transaction, run.Chain.Id, cancellationToken);
        LogApplier applier = new(transaction, run.Chain, mover) { IsReplay = !isHalted };
        List<StagedLog> page;
        for (long above = row.FromBlock - 1; ; above = page[^1].BlockNumber)
        {
            page = await ChainResyncLogTable.ListPageAsync(transaction, row.Id, above, PageLogs, cancellationToken);
            if (page.Count == 0)
                break;
            await applier.ApplyAsync([.. page.Select(Unstage)], cancellationToken);
        }

        if (isHalted && !await ChainCursorTable.PlaceAsync(transaction, now, tail, cancellationToken))
            throw new LeadershipLostException();
        DerivedDigest after = await DerivedState.DigestAsync(transaction, run.Chain.Id, cancellationToken);
        IReadOnlyList<RebuiltTable> tables = [.. before.Tables.Zip(after.Tables, RebuiltTable.Of)];
        await ChainResyncLogTable.RemoveAsync(transaction, row.Id, cancellationToken);
        return await ChainResyncTable.MoveAsync(
            transaction,
            row,
            row with
            {
                Status = ResyncStatus.Done,
                WasHalted = isHalted,
                IsEqual = tables.All(table => table.IsEqual),
                TablesJson = JsonSerializer.Serialize(tables, MarketplaceJson.Default.IReadOnlyListRebuiltTable),
                FinishedAt = transaction.Now,
            },
            cancellationToken);
    }

    /// <summary>
    /// The block below the first that is read anew, and the headers that the next reorganisation is measured against:
    /// those that end at the last block kept aside.
    /// </summary>
    private async Task<IReadOnlyList<FollowedBlock>> ReadTailAsync(
        ChainResync row, FollowedBlock staged, CancellationToken cancellationToken)
    {
        long first = Math.Max(row.FromBlock, staged.Number - run.Chain.ReorgDepthMax);
        BlockReference[] numbers =
        [
            BlockReference.At(row.FromBlock - 1),
            .. Enumerable.Range(0, (int)(staged.Number - first + 1)).Select(step => BlockReference.At(first + step)),
        ];
        IReadOnlyList<BlockHeader?> headers = await run.GetBlocksAsync(numbers, cancellationToken);
        bool isOne = headers[^1]?.Hash == staged.Hash && headers.Skip(1).Zip(headers.Skip(2)).All(
            pair => pair.First is not null && pair.Second?.ParentHash == pair.First.Hash);
        return isOne && headers[0] is not null ? [.. headers.Select(header => ChainRun.Remember(header!))] : [];
    }

    private async Task<ChainResync> FailAsync(ChainResync row, string reason, CancellationToken cancellationToken)
    {
        Log.Failed(logger, run.Chain.Id, row.FromBlock, reason);
        return await run.WriteAsync(
            async (transaction, _) =>
            {
                await ChainResyncLogTable.RemoveAsync(transaction, row.Id, cancellationToken);
                return await ChainResyncTable.MoveAsync(
                    transaction,
                    row,
                    row with { Status = ResyncStatus.Failed, FailedReason = reason, FinishedAt = transaction.Now },
                    cancellationToken);
            },
            cancellationToken);
    }

    private static StagedLog Stage(TimedLog timed) => new(
        timed.Log.BlockNumber, timed.Log.LogIndex, timed.Log.BlockHash, timed.BlockTime, timed.Log.TransactionHash,
        timed.Log.Address, timed.Log.Topics, timed.Log.Data);

    private static TimedLog Unstage(StagedLog log) => new(
        new ChainLog(
            log.Address, log.Topics, log.Data, log.BlockNumber, log.BlockHash, log.TransactionHash, log.LogIndex,
            Removed: false),
        log.BlockTime);

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning, "Rebuilt chain {ChainId} from block {FromBlock} to {ToBlock} with {LogCount} logs; "
                + "equal: {IsEqual}.")]
        internal static partial void Rebuilt(
            ILogger logger, ChainId chainId, long fromBlock, long toBlock, long logCount, bool isEqual);

        [LoggerMessage(2, LogLevel.Warning, "Gave up the resync of chain {ChainId} from block {FromBlock}: {Reason}")]
        internal static partial void Failed(ILogger logger, ChainId chainId, long fromBlock, string reason);
    }
}
