using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;
using Souk.Platform.Telemetry;

namespace Souk.Marketplace;

/// <summary>Reads a chain from its cursor to its head, alone, and applies what its logs say.</summary>
/// <remarks>
/// Giving the lease back locks the cursor's row: a hint comes either before, and the leader looks again, or after, and
/// its own run takes the lease. A run that ends for its time announces the next; one that ends because the node cannot
/// tell more now leaves the rest to the schedule.
/// </remarks>
internal sealed partial class ChainFollower(
    AlchemyClients clients,
    ChainObserver observer,
    Database database,
    TimeProvider clock,
    ILogger<ChainFollower> logger)
{
    /// <summary>The waits before a node that cannot tell now is asked again.</summary>
    private static readonly TimeSpan[] Patience =
    [
        TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400),
        TimeSpan.FromMilliseconds(800),
    ];

    /// <summary>How long a hint is believed against a node that does not show its block yet.</summary>
    private static readonly TimeSpan HintLifetime = TimeSpan.FromSeconds(3);

    /// <summary>A webhook may take this long; a block younger than that is no gap yet.</summary>
    private static readonly TimeSpan HintDelayMax = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many times the limit of reorganisations is remembered, so that a person can go back where no run may.
    /// </summary>
    private const long HeadersKept = 4;

    /// <summary>Follows a chain up to its head, unless another run already does.</summary>
    /// <param name="chain">Which chain.</param>
    /// <param name="isScheduled">Whether a schedule asks, and not a hint.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task FollowAsync(ChainId chain, bool isScheduled, CancellationToken cancellationToken)
    {
        Lease? lease = await database.WriteAsync(
            transaction => Lease.TryTakeAsync(transaction, $"chain/{chain}", ChainRun.LeaseDuration, cancellationToken),
            cancellationToken);
        if (lease is null)
            return;

        try
        {
            await LeadAsync(clients.For(chain), lease, isScheduled, cancellationToken);
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

    private async Task LeadAsync(
        AlchemyClient client, Lease lease, bool isScheduled, CancellationToken cancellationToken)
    {
        ChainCursor cursor = await ReadCursorAsync(client, cancellationToken);
        ChainRun run = new(client, database, lease, cursor, isScheduled);
        while (true)
        {
            long hintsSeen = run.Cursor.Hints;
            bool isGivenUp = false;
            try
            {
                await ReachHeadAsync(run, cancellationToken);
                if (run.Head is not null && await BehindHeadAsync(run, cancellationToken))
                    continue;
            }
            catch (FailureException exception) when (exception.InnerException is NodeBusyException)
            {
                TimeSpan wait = exception.Failure.RetryAfter ?? TimeSpan.Zero;
                Log.Throttled(logger, client.Chain.Id, run.Cursor.Block.Number, wait.TotalMilliseconds);
                isGivenUp = !run.CanWait(wait);
                if (!isGivenUp)
                {
                    await Task.Delay(wait, clock, cancellationToken);
                    continue;
                }
            }

            catch (LogRangeRefusedException exception)
            {
                throw new FailureException(
                    new Failure(FailureCode.UpstreamUnavailable, "The node does not read the logs of a single block."),
                    exception);
            }

            if (await TryFinishAsync(run, hintsSeen, isGivenUp, cancellationToken))
                break;
            run.Cursor = await ReadCursorAsync(client, cancellationToken);
        }

        Tell(run);
    }

    /// <summary>What is read behind the cursor: new collections' past, and what operators want read anew.</summary>
    /// <returns>Whether the cursor was put somewhere else, so that the head is to be reached again.</returns>
    private async Task<bool> BehindHeadAsync(ChainRun run, CancellationToken cancellationToken)
    {
        bool isBackfilled = run.Cursor.HaltedReason is not null
            || await new CollectionBackfill(run, observer).RunAsync(cancellationToken);
        return isBackfilled && await new ResyncRun(run, observer, clock, logger).RunAsync(cancellationToken);
    }

    /// <summary>Gives the lease back, unless a hint came that this run can still follow.</summary>
    private async Task<bool> TryFinishAsync(
        ChainRun run, long hintsSeen, bool isGivenUp, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            async transaction =>
            {
                ChainId chain = run.Chain.Id;
                ChainCursor? now = await ChainCursorTable.LockAsync(transaction, chain, cancellationToken);
                if (run.Head is { } head)
                    await ChainCursorTable.SeeAsync(transaction, chain, head, cancellationToken);
                await ChainCursorTable.LearnAsync(transaction, chain, run.Range.Learned, cancellationToken);
                bool isHinted = now is not null && now.Hints != hintsSeen;
                if (isHinted && !run.IsLate && !isGivenUp)
                    return false;
                await run.ReleaseAsync(transaction, cancellationToken);
                bool isLeft = run.HasMore || (run.HasAdvanced && now!.Block.Number < run.Head?.Number);
                if (run.IsLate && (isLeft || isHinted))
                    await KickAsync(transaction, chain, cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>Announces that a chain is to be looked at, by whoever takes it.</summary>
    internal static Task KickAsync(Transaction transaction, ChainId chain, CancellationToken cancellationToken) =>
        transaction.AnnounceAsync(
            EventType.ChainHinted,
            $"chain/{chain}",
            new ChainHint(chain, BlockNumber: null),
            MarketplaceJson.Default.ChainHint,
            cancellationToken);

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
                await ChainCursorTable.AddAsync(transaction, chain, ChainRun.Remember(header), cancellationToken);
                return (await ChainCursorTable.FindAsync(transaction, chain, cancellationToken))!;
            },
            cancellationToken);
    }

    /// <summary>Goes on until the cursor is at the head, the time is up, or the nodes cannot tell more now.</summary>
    private async Task ReachHeadAsync(ChainRun run, CancellationToken cancellationToken)
    {
        for (int waits = 0; !run.IsLate;)
        {
            long before = run.Cursor.Block.Number;
            bool isSettled = await LookAsync(run, cancellationToken);
            if (run.Cursor.HaltedReason is not null)
                return;
            bool isAwaited = run.Cursor.HintedBlock > run.Cursor.Block.Number
                && run.Now - run.Cursor.HintedAt < HintLifetime;
            if (isSettled && !isAwaited)
                return;
            if (run.Cursor.Block.Number > before)
            {
                waits = 0;
                continue;
            }

            if (waits == Patience.Length)
            {
                Log.Unsettled(logger, run.Chain.Id, before);
                return;
            }

            await Task.Delay(Patience[waits++], clock, cancellationToken);
        }
    }

    /// <summary>Looks where the chain stands, and follows it there.</summary>
    /// <returns>Whether the cursor is at that head; false when the nodes do not agree now.</returns>
    private async Task<bool> LookAsync(ChainRun run, CancellationToken cancellationToken)
    {
        FollowedBlock cursor = run.Cursor.Block;
        List<BlockReference> asked = [BlockReference.Latest, BlockReference.At(cursor.Number)];
        if (run.Chain.HasFinalityTags)
            asked.AddRange([BlockReference.Safe, BlockReference.Finalized]);
        IReadOnlyList<BlockHeader?> told = await run.GetBlocksAsync(asked, cancellationToken);
        if (told[0] is not { } head)
            return false;
        run.Head = new SeenHead(
            head.Number, head.Timestamp, told.ElementAtOrDefault(2)?.Number, told.ElementAtOrDefault(3)?.Number);
        if (run.Cursor.HaltedReason is not null)
            return true;

        // A node that lags behind does not know the cursor's block; what it knows at its own height may still tell.
        FollowedBlock? followed = told[1] is not null || head.Number >= cursor.Number
            ? cursor
            : await run.ReadAsync(
                transaction => ChainBlockTable.FindAsync(transaction, run.Chain.Id, head.Number, cancellationToken),
                cancellationToken);
        BlockHash? present = followed?.Number == cursor.Number ? told[1]?.Hash : head.Hash;
        if (followed is null || present is null)
            return false;
        if (present != followed.Hash)
        {
            return await new ChainReorg(run, logger).UnwindAsync(cancellationToken)
                && await AdvanceAsync(run, head.Number, cancellationToken);
        }

        return head.Number >= cursor.Number && await AdvanceAsync(run, head.Number, cancellationToken);
    }

    private async Task<bool> AdvanceAsync(ChainRun run, long head, CancellationToken cancellationToken)
    {
        List<Collection> collections = await run.ReadAsync(
            transaction => CollectionTable.ListAsync(transaction, run.Chain.Id, cancellationToken), cancellationToken);
        SpanReader reader = new(run, FollowedContracts.AddressesOf(run.Chain, collections));
        Address mover = await observer.GetOperatorAsync(run.Client, cancellationToken);
        while (run.Cursor.Block.Number < head && !run.IsLate)
        {
            BlockSpan? span = await reader.ReadAsync(run.Cursor.Block, head, cancellationToken);
            if (span is null)
                return false;
            await ApplyAsync(run, span, mover, cancellationToken);
        }

        return run.Cursor.Block.Number >= head;
    }

    private async Task ApplyAsync(ChainRun run, BlockSpan span, Address mover, CancellationToken cancellationToken)
    {
        long from = run.Cursor.Block.Number + 1;
        long forgetTo = span.Last.Number - (HeadersKept * run.Chain.ReorgDepthMax);
        await run.WriteAsync(
            async (transaction, now) =>
            {
                await new LogApplier(transaction, run.Chain, mover).ApplyAsync(span.Logs, cancellationToken);
                int gaps = run.IsScheduled ? CountGaps(span, now, transaction.Now) : 0;
                bool isMoved = await ChainCursorTable.AdvanceAsync(
                    transaction, run.Cursor, span.Blocks, gaps, forgetTo, cancellationToken);
                if (!isMoved)
                    throw new LeadershipLostException();
                await ChainCursorTable.LearnAsync(transaction, run.Chain.Id, run.Range.Learned, cancellationToken);
            },
            cancellationToken);
        run.Advance(span.Last);
        SoukMeter.ChainLogs.Add(span.Logs.Count, run.Tag);
        Log.Applied(logger, run.Chain.Id, from, span.Last.Number, span.Logs.Count);
    }

    /// <summary>How many blocks with logs of ours no hint had spoken of, once hints had begun to come.</summary>
    private static int CountGaps(BlockSpan span, ChainCursor now, DateTimeOffset time) =>
        now.HintedBlock == 0
            ? 0
            : span.Logs
                .Where(timed => timed.Log.BlockNumber > now.HintedBlock && timed.BlockTime < time - HintDelayMax)
                .Select(timed => timed.Log.BlockNumber).Distinct().Count();

    private void Tell(ChainRun run)
    {
        SoukMeter.ChainHalted.Record(run.Cursor.HaltedReason is null ? 0 : 1, run.Tag);
        if (run.Cursor.HaltedReason is { } reason)
            Log.StillHalted(logger, run.Chain.Id, reason);
        if (run.Head is not { } head)
            return;
        SoukMeter.ChainLag.Record(Math.Max(0, head.Number - run.Cursor.Block.Number), run.Tag);
        SoukMeter.ChainLagTime.Record(Math.Max(0, (head.Time - run.Cursor.Block.Time).TotalSeconds), run.Tag);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Information, "Applied blocks {FromBlock} to {ToBlock} of chain {ChainId}: {LogCount} logs.")]
        internal static partial void Applied(
            ILogger logger, ChainId chainId, long fromBlock, long toBlock, int logCount);

        [LoggerMessage(2, LogLevel.Information, "Another run follows chain {ChainId}.")]
        internal static partial void LeadershipLost(ILogger logger, ChainId chainId);

        [LoggerMessage(
            3, LogLevel.Warning, "The node of chain {ChainId} lets no more calls through at block {BlockNumber}; it "
                + "asks for {WaitMs} ms.")]
        internal static partial void Throttled(ILogger logger, ChainId chainId, long blockNumber, double waitMs);

        [LoggerMessage(
            4, LogLevel.Warning, "The nodes of chain {ChainId} do not agree on what follows block {BlockNumber}; the "
                + "schedule looks again.")]
        internal static partial void Unsettled(ILogger logger, ChainId chainId, long blockNumber);

        [LoggerMessage(5, LogLevel.Warning, "Chain {ChainId} is still halted: {Reason}")]
        internal static partial void StillHalted(ILogger logger, ChainId chainId, string reason);
    }
}
