using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>A block as the follower remembers it.</summary>
/// <param name="Number">Its height.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="ParentHash">The hash of the block below.</param>
/// <param name="Time">Its own time.</param>
public sealed record FollowedBlock(long Number, BlockHash Hash, BlockHash ParentHash, DateTimeOffset Time);

/// <summary>How far a chain has been read.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Block">The last block read.</param>
/// <param name="Hints">How many hints came so far; a hint that comes while the leader works changes it.</param>
/// <param name="HintedBlock">The highest block any hint spoke of.</param>
/// <param name="Reorgs">How many reorganisations were unwound.</param>
/// <param name="HaltedReason">Why following stopped until a person looks; null while it goes on.</param>
public sealed record ChainCursor(
    ChainId ChainId, FollowedBlock Block, long Hints, long HintedBlock, long Reorgs, string? HaltedReason);

/// <summary>Tables <c>chain_cursors</c> and <c>chain_blocks</c>.</summary>
public static class ChainCursorTable
{
    private const string AddSql = """
        INSERT INTO chain_cursors (chain_id, number, hash, parent_hash, block_time, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """;

    private const string FindSql = """
        SELECT chain_id, number, hash, parent_hash, block_time, hints, hinted_block, reorgs, halted_reason
        FROM chain_cursors WHERE chain_id = $1
        """;

    private const string LockSql = """
        SELECT chain_id, number, hash, parent_hash, block_time, hints, hinted_block, reorgs, halted_reason
        FROM chain_cursors WHERE chain_id = $1 FOR UPDATE
        """;

    private const string LockSharedSql = """
        SELECT chain_id, number, hash, parent_hash, block_time, hints, hinted_block, reorgs, halted_reason
        FROM chain_cursors WHERE chain_id = $1 FOR SHARE
        """;

    private const string HintSql = """
        UPDATE chain_cursors SET hints = hints + 1, hinted_block = greatest(hinted_block, $2) WHERE chain_id = $1
        """;

    private const string MoveSql = """
        UPDATE chain_cursors
        SET number = $3, hash = $4, parent_hash = $5, block_time = $6, updated_at = $7, reorgs = reorgs + $8
        WHERE chain_id = $1 AND hash = $2
        """;

    private const string HaltSql = "UPDATE chain_cursors SET halted_reason = $2, updated_at = $3 WHERE chain_id = $1";

    private const string AddBlockSql = """
        INSERT INTO chain_blocks (chain_id, number, hash, parent_hash, block_time) VALUES ($1, $2, $3, $4, $5)
        """;

    private const string ListBlocksSql = """
        SELECT number, hash, parent_hash, block_time FROM chain_blocks
        WHERE chain_id = $1 AND number >= $2 ORDER BY number DESC LIMIT 10000
        """;

    // One block at or below the limit stays: ranges are coarse while catching up, and a fork may lie just under it.
    private const string ForgetBlocksSql = """
        DELETE FROM chain_blocks WHERE chain_id = $1
            AND number < (SELECT max(number) FROM chain_blocks WHERE chain_id = $1 AND number <= $2)
        """;

    private const string UnwindBlocksSql = "DELETE FROM chain_blocks WHERE chain_id = $1 AND number > $2";

    /// <summary>Begins to follow a chain after this block, unless it is followed already.</summary>
    public static async Task AddAsync(
        Transaction transaction, ChainId chain, FollowedBlock block, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(block);
        int rows = await transaction.ExecuteAsync(
            AddSql,
            [chain, block.Number, block.Hash, block.ParentHash, block.Time, transaction.Now],
            cancellationToken);
        if (rows == 1)
            await AddBlockAsync(transaction, chain, block, cancellationToken);
    }

    /// <summary>The cursor; null before the chain was ever followed.</summary>
    public static Task<ChainCursor?> FindAsync(
        Transaction transaction, ChainId chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindSql, [chain], Read, cancellationToken);
    }

    /// <summary>The cursor with its row locked, so that a hint comes either before or after.</summary>
    public static Task<ChainCursor?> LockAsync(
        Transaction transaction, ChainId chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(LockSql, [chain], Read, cancellationToken);
    }

    /// <summary>The cursor, which nobody moves before this transaction ends; others may read it so too.</summary>
    public static Task<ChainCursor?> LockSharedAsync(
        Transaction transaction, ChainId chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(LockSharedSql, [chain], Read, cancellationToken);
    }

    /// <summary>Raises the target: whoever leads, or will lead, looks again.</summary>
    public static Task HintAsync(
        Transaction transaction, ChainId chain, long block, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(HintSql, [chain, block], cancellationToken);
    }

    /// <summary>
    /// Moves the cursor forward; the caller has applied everything up to the block in this transaction.
    /// </summary>
    /// <returns>False when it was not where the caller read it: nothing may be stored.</returns>
    public static async Task<bool> AdvanceAsync(
        Transaction transaction,
        ChainCursor before,
        FollowedBlock block,
        int keptBlocks,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(before);
        if (!await MoveAsync(transaction, before, block, reorgs: 0, cancellationToken))
            return false;
        await AddBlockAsync(transaction, before.ChainId, block, cancellationToken);
        await transaction.ExecuteAsync(
            ForgetBlocksSql, [before.ChainId, block.Number - keptBlocks], cancellationToken);
        return true;
    }

    /// <summary>Moves the cursor back to a block that is still canonical.</summary>
    /// <returns>False when it was not where the caller read it.</returns>
    public static async Task<bool> UnwindAsync(
        Transaction transaction, ChainCursor before, FollowedBlock block, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(block);
        if (!await MoveAsync(transaction, before, block, reorgs: 1, cancellationToken))
            return false;
        await transaction.ExecuteAsync(UnwindBlocksSql, [before.ChainId, block.Number], cancellationToken);
        return true;
    }

    /// <summary>Stops following until a person looks, for a reason they will read.</summary>
    public static Task HaltAsync(
        Transaction transaction, ChainId chain, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(HaltSql, [chain, reason, transaction.Now], cancellationToken);
    }

    /// <summary>The remembered blocks from this height on, highest first.</summary>
    public static Task<List<FollowedBlock>> ListBlocksAsync(
        Transaction transaction, ChainId chain, long fromBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ListBlocksSql, [chain, fromBlock], row => ReadBlock(row, 0), cancellationToken);
    }

    private static async Task<bool> MoveAsync(
        Transaction transaction, ChainCursor before, FollowedBlock to, long reorgs, CancellationToken cancellationToken)
    {
        int rows = await transaction.ExecuteAsync(
            MoveSql,
            [before.ChainId, before.Block.Hash, to.Number, to.Hash, to.ParentHash, to.Time, transaction.Now, reorgs],
            cancellationToken);
        return rows == 1;
    }

    private static Task AddBlockAsync(
        Transaction transaction, ChainId chain, FollowedBlock block, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            AddBlockSql, [chain, block.Number, block.Hash, block.ParentHash, block.Time], cancellationToken);

    private static ChainCursor Read(Row row) => new(
        row.ChainId(0), ReadBlock(row, 1), row.Bigint(5), row.Bigint(6), row.Bigint(7), row.TextOrNull(8));

    private static FollowedBlock ReadBlock(Row row, int first) => new(
        row.Bigint(first),
        new BlockHash(row.Hash(first + 1)),
        new BlockHash(row.Hash(first + 2)),
        row.Instant(first + 3));
}
