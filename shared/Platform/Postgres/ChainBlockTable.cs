using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>A block as the follower remembers it.</summary>
/// <param name="Number">Its height.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="ParentHash">The hash of the block below.</param>
/// <param name="Time">Its own time.</param>
public sealed record FollowedBlock(long Number, BlockHash Hash, BlockHash ParentHash, DateTimeOffset Time);

/// <summary>Table <c>chain_blocks</c>: the headers that a reorganisation is measured against.</summary>
/// <remarks>
/// Near the head each block has a row; of what lay deeper than any reorganisation when it was read, one row a range.
/// </remarks>
public static class ChainBlockTable
{
    private const string AddSql = """
        INSERT INTO chain_blocks (chain_id, number, hash, parent_hash, block_time)
        SELECT $1::bigint, number, hash, parent_hash, block_time
        FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::timestamptz[])
            AS added (number, hash, parent_hash, block_time)
        ON CONFLICT (chain_id, number) DO NOTHING
        """;

    private const string FindSql = """
        SELECT number, hash, parent_hash, block_time FROM chain_blocks WHERE chain_id = $1 AND number = $2
        """;

    private const string ListSql = """
        SELECT number, hash, parent_hash, block_time FROM chain_blocks
        WHERE chain_id = $1 AND number >= $2 ORDER BY number DESC LIMIT 50000
        """;

    // One block at or below the limit stays: ranges are coarse while catching up, and a fork may lie just under it.
    private const string ForgetSql = """
        DELETE FROM chain_blocks WHERE chain_id = $1
            AND number < (SELECT max(number) FROM chain_blocks WHERE chain_id = $1 AND number <= $2)
        """;

    private const string UnwindSql = "DELETE FROM chain_blocks WHERE chain_id = $1 AND number > $2";

    /// <summary>Remembers blocks; one of a height that is remembered already stays as it is.</summary>
    public static Task AddAsync(
        Transaction transaction,
        ChainId chain,
        IReadOnlyList<FollowedBlock> blocks,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(blocks);
        return transaction.ExecuteAsync(
            AddSql,
            [
                chain,
                blocks.Select(block => block.Number).ToArray(),
                blocks.Select(block => block.Hash.Value.ToArray()).ToArray(),
                blocks.Select(block => block.ParentHash.Value.ToArray()).ToArray(),
                blocks.Select(block => block.Time).ToArray(),
            ],
            cancellationToken);
    }

    /// <summary>The remembered block of a height; null when none is.</summary>
    public static Task<FollowedBlock?> FindAsync(
        Transaction transaction, ChainId chain, long number, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindSql, [chain, number], row => Read(row, 0), cancellationToken);
    }

    /// <summary>The remembered blocks from this height on, highest first.</summary>
    public static Task<List<FollowedBlock>> ListAsync(
        Transaction transaction, ChainId chain, long fromBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ListSql, [chain, fromBlock], row => Read(row, 0), cancellationToken);
    }

    internal static Task ForgetAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(ForgetSql, [chain, toBlock], cancellationToken);

    internal static Task UnwindAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(UnwindSql, [chain, toBlock], cancellationToken);

    /// <summary>Reads four columns: number, hash, parent hash, time.</summary>
    internal static FollowedBlock Read(Row row, int first) => new(
        row.Bigint(first),
        new BlockHash(row.Hash(first + 1)),
        new BlockHash(row.Hash(first + 2)),
        row.Instant(first + 3));
}
