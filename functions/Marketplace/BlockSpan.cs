using Souk.Domain.Chain;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>A log with the time of its block.</summary>
internal sealed record TimedLog(ChainLog Log, DateTimeOffset BlockTime);

/// <summary>Consecutive blocks with the logs that matter, all of one history.</summary>
/// <param name="Blocks">What is to be remembered of them, lowest first: each, or only the last.</param>
/// <param name="Logs">The logs, in the chain's order.</param>
internal sealed record BlockSpan(IReadOnlyList<FollowedBlock> Blocks, IReadOnlyList<TimedLog> Logs)
{
    /// <summary>The last block.</summary>
    internal FollowedBlock Last => Blocks[^1];
}

/// <summary>Reads spans of blocks so that no node of a pool can tell of another history unnoticed.</summary>
/// <remarks>
/// Blocks that a reorganisation may still replace are read header by header, and their logs by their hashes: such an
/// answer is of that block or an error, whichever node gives it. Blocks below are read by ranges; their history is
/// one when the first follows what was read before, and the last is the same before and after its logs were read.
/// Every read answers null when the nodes do not agree now: then nothing is known, and the caller looks again.
/// </remarks>
internal sealed class SpanReader(ChainRun run, IReadOnlyList<Address> contracts)
{
    /// <summary>How many blocks near the head are read and applied at once.</summary>
    private const int TailBlocksMax = 100;

    /// <summary>How many contracts one filter names: its request stays far below the node's limit.</summary>
    private const int AddressesMax = 500;

    private readonly LogFilter[] _filters =
    [
        .. contracts.Chunk(AddressesMax)
            .Select(some => new LogFilter { Addresses = some, Topics = [FollowedContracts.Topics] }),
    ];

    /// <summary>Reads the blocks after one that was read, as many as fit, up to another.</summary>
    internal async Task<BlockSpan?> ReadAsync(FollowedBlock after, long to, CancellationToken cancellationToken)
    {
        long settled = Math.Min(to, run.TailStart - 1);
        return after.Number < settled
            ? await ReadSettledAsync(after, settled, cancellationToken)
            : await ReadTailAsync(after, Math.Min(to, after.Number + TailBlocksMax), cancellationToken);
    }

    private async Task<BlockSpan?> ReadSettledAsync(
        FollowedBlock after, long settled, CancellationToken cancellationToken)
    {
        while (true)
        {
            long from = after.Number + 1;
            long to = Math.Min(settled, after.Number + run.Range.Blocks);
            try
            {
                return await ReadRangeAsync(after, to, cancellationToken);
            }
            catch (LogRangeRefusedException refused)
                when (!run.IsLate && run.Range.TryShrink(to - from + 1, refused, run.Now))
            {
                // Again, with fewer blocks.
            }
        }
    }

    private async Task<BlockSpan?> ReadRangeAsync(FollowedBlock after, long to, CancellationToken cancellationToken)
    {
        long from = after.Number + 1;
        IReadOnlyList<BlockHeader?> ends = await run.GetBlocksAsync(
            from == to ? [BlockReference.At(from)] : [BlockReference.At(from), BlockReference.At(to)],
            cancellationToken);
        if (ends[0]?.ParentHash != after.Hash || ends[^1] is not { } last)
            return null;

        List<ChainLog> logs = [];
        foreach (LogFilter filter in _filters)
        {
            await run.RenewAsync(cancellationToken);
            logs.AddRange(await run.Client.GetLogsAsync(
                filter with { FromBlock = from, ToBlock = to }, cancellationToken));
        }

        IReadOnlyList<BlockHeader?> again = await run.GetBlocksAsync([BlockReference.At(to)], cancellationToken);
        if (again[0]?.Hash != last.Hash || !AreOf(logs, from, last))
            return null;
        run.Range.Grow(to - from + 1);
        return await TimeAsync(logs, cancellationToken) is { } timed
            ? new BlockSpan([ChainRun.Remember(last)], timed)
            : null;
    }

    /// <summary>Whether logs can be of these blocks: none of another height, taken back, or of a second block of the
    /// same height.</summary>
    private static bool AreOf(List<ChainLog> logs, long from, BlockHeader last)
    {
        Dictionary<long, BlockHash> hashes = new() { [last.Number] = last.Hash };
        foreach (ChainLog log in logs)
        {
            if (log.Removed || log.BlockNumber < from || log.BlockNumber > last.Number)
                return false;
            if (hashes.TryAdd(log.BlockNumber, log.BlockHash))
                continue;
            if (hashes[log.BlockNumber] != log.BlockHash)
                return false;
        }

        return true;
    }

    private async Task<IReadOnlyList<TimedLog>?> TimeAsync(List<ChainLog> logs, CancellationToken cancellationToken)
    {
        BlockHash[] untold =
            [.. logs.Where(log => log.BlockTime is null).Select(log => log.BlockHash).Distinct()];
        IReadOnlyList<BlockHeader?> headers = untold.Length == 0
            ? []
            : await run.GetBlocksAsync([.. untold.Select(BlockReference.At)], cancellationToken);
        if (headers.Any(header => header is null))
            return null;
        Dictionary<BlockHash, DateTimeOffset> times =
            headers.ToDictionary(header => header!.Hash, header => header!.Timestamp);
        return
        [
            .. logs.OrderBy(log => log.BlockNumber).ThenBy(log => log.LogIndex)
                .Select(log => new TimedLog(log, log.BlockTime ?? times[log.BlockHash])),
        ];
    }

    private async Task<BlockSpan?> ReadTailAsync(FollowedBlock after, long to, CancellationToken cancellationToken)
    {
        BlockReference[] numbers =
        [
            .. Enumerable.Range(1, (int)(to - after.Number)).Select(step => BlockReference.At(after.Number + step)),
        ];
        List<FollowedBlock> blocks = [];
        BlockHash parent = after.Hash;
        foreach (BlockHeader? header in await run.GetBlocksAsync(numbers, cancellationToken))
        {
            if (header is null || header.ParentHash != parent)
                break;
            blocks.Add(ChainRun.Remember(header));
            parent = header.Hash;
        }

        try
        {
            return blocks.Count == 0 ? null : await WithLogsAsync(blocks, cancellationToken);
        }
        catch (LogRangeRefusedException) when (blocks.Count > 1)
        {
            return await ReadTailAsync(after, after.Number + (blocks.Count / 2), cancellationToken);
        }
    }

    private async Task<BlockSpan?> WithLogsAsync(List<FollowedBlock> blocks, CancellationToken cancellationToken)
    {
        List<TimedLog> logs = [];
        foreach (LogFilter filter in _filters)
        {
            if (!await AddLogsAsync(filter, blocks, logs, cancellationToken))
                return null;
        }

        return new BlockSpan(
            blocks,
            [.. logs.OrderBy(timed => timed.Log.BlockNumber).ThenBy(timed => timed.Log.LogIndex)]);
    }

    private async Task<bool> AddLogsAsync(
        LogFilter filter, List<FollowedBlock> blocks, List<TimedLog> logs, CancellationToken cancellationToken)
    {
        await run.RenewAsync(cancellationToken);
        try
        {
            IReadOnlyList<IReadOnlyList<ChainLog>> found = await run.Client.GetLogsAsync(
                [.. blocks.Select(block => filter with { BlockHash = block.Hash })], cancellationToken);
            for (int i = 0; i < blocks.Count; i++)
            {
                FollowedBlock block = blocks[i];
                if (found[i].Any(log => log.Removed || log.BlockHash != block.Hash || log.BlockNumber != block.Number))
                    return false;
                logs.AddRange(found[i].Select(log => new TimedLog(log, block.Time)));
            }

            return true;
        }
        catch (BlockNotFoundException)
        {
            return false;
        }
    }
}
