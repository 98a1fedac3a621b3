using Souk.Domain.Chain;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>A log with the time of its block.</summary>
internal sealed record TimedLog(ChainLog Log, DateTimeOffset BlockTime);

/// <summary>Consecutive blocks after the cursor with the logs that matter, all of one history.</summary>
/// <param name="Last">The span's last block.</param>
/// <param name="Logs">The logs, in the chain's order.</param>
/// <param name="IsOrphaned">Whether the span does not continue the cursor: then the cursor's block left the
/// chain.</param>
internal sealed record BlockSpan(FollowedBlock Last, IReadOnlyList<TimedLog> Logs, bool IsOrphaned)
{
    /// <summary>Reads the blocks after <paramref name="cursor"/> up to <paramref name="to"/>.</summary>
    /// <returns>The span; null when the node does not know a block of it, or changed its mind meanwhile.</returns>
    /// <remarks>
    /// A block's hash covers all blocks below it: when the last block is the same before and after its logs were read,
    /// and the first follows the cursor, the logs are of that one history.
    /// </remarks>
    internal static async Task<BlockSpan?> ReadAsync(
        AlchemyClient client, FollowedBlock cursor, long to, Address[] addresses, CancellationToken cancellationToken)
    {
        long from = cursor.Number + 1;
        BlockHeader? last = await client.GetBlockAsync(BlockReference.At(to), cancellationToken);
        BlockHeader? first = from == to
            ? last
            : await client.GetBlockAsync(BlockReference.At(from), cancellationToken);
        if (last is null || first is null)
            return null;
        FollowedBlock block = new(last.Number, last.Hash, last.ParentHash, last.Timestamp);
        if (first.ParentHash != cursor.Hash)
            return new BlockSpan(block, [], IsOrphaned: true);

        try
        {
            IReadOnlyList<TimedLog> logs = await ReadLogsAsync(client, from, to, addresses, cancellationToken);
            BlockHeader? again = await client.GetBlockAsync(BlockReference.At(to), cancellationToken);
            return again?.Hash == last.Hash ? new BlockSpan(block, logs, IsOrphaned: false) : null;
        }
        catch (BlockNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reads the logs of these contracts, each with its block's time.</summary>
    internal static async Task<IReadOnlyList<TimedLog>> ReadLogsAsync(
        AlchemyClient client, long from, long to, Address[] addresses, CancellationToken cancellationToken)
    {
        LogFilter filter = new()
        {
            Addresses = addresses, Topics = [FollowedContracts.Topics], FromBlock = from, ToBlock = to,
        };
        IReadOnlyList<ChainLog> logs = from <= to ? await client.GetLogsAsync(filter, cancellationToken) : [];
        Dictionary<BlockHash, DateTimeOffset> times = [];
        foreach (ChainLog log in logs)
        {
            if (times.ContainsKey(log.BlockHash))
                continue;
            BlockHeader header = await client.GetBlockAsync(BlockReference.At(log.BlockHash), cancellationToken)
                ?? throw new BlockNotFoundException();
            times.Add(log.BlockHash, header.Timestamp);
        }

        return
        [
            .. logs.Where(log => !log.Removed)
                .OrderBy(log => log.BlockNumber).ThenBy(log => log.LogIndex)
                .Select(log => new TimedLog(log, times[log.BlockHash])),
        ];
    }
}
