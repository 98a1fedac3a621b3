using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>How many blocks a node reads logs of at once, as far as was learned.</summary>
/// <param name="Blocks">How many the next read asks for.</param>
/// <param name="WasRefused">Whether more were refused: then it grows by little.</param>
/// <param name="Limit">How many the node itself says it takes; null when it said nothing.</param>
/// <param name="LimitAt">When it said so.</param>
public sealed record LearnedRange(long Blocks, bool WasRefused, long? Limit, DateTimeOffset? LimitAt);

/// <summary>Where a chain stands as its node tells it.</summary>
/// <param name="Number">The newest block.</param>
/// <param name="Time">That block's own time.</param>
/// <param name="Safe">The newest block that is unlikely to be orphaned; null where the chain names none.</param>
/// <param name="Finalized">The newest block that cannot be orphaned; null where the chain names none.</param>
public sealed record SeenHead(long Number, DateTimeOffset Time, long? Safe, long? Finalized);

/// <summary>How far a chain has been read.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Block">The last block read.</param>
/// <param name="Hints">How many hints came so far; a hint that comes while the leader works changes it.</param>
/// <param name="HintedBlock">The highest block any hint spoke of.</param>
/// <param name="HintedAt">When a provider last hinted; null before the first.</param>
/// <param name="Finalized">The highest block seen final; null where the chain names none.</param>
/// <param name="Range">What was learned about reading logs; null before the first refusal or growth.</param>
/// <param name="HaltedReason">Why following stopped until a person looks; null while it goes on.</param>
public sealed record ChainCursor(
    ChainId ChainId,
    FollowedBlock Block,
    long Hints,
    long HintedBlock,
    DateTimeOffset? HintedAt,
    long? Finalized,
    LearnedRange? Range,
    string? HaltedReason);

/// <summary>Table <c>chain_cursors</c>.</summary>
public static class ChainCursorTable
{
    private const string AddSql = """
        INSERT INTO chain_cursors (chain_id, number, hash, parent_hash, block_time, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """;

    private const string FindSql = """
        SELECT chain_id, number, hash, parent_hash, block_time, hints, hinted_block, hinted_at, finalized_number,
            log_blocks, log_blocks_refused, log_blocks_limit, log_blocks_limit_at, halted_reason
        FROM chain_cursors WHERE chain_id = $1
        """;

    private const string LockSql = """
        SELECT chain_id, number, hash, parent_hash, block_time, hints, hinted_block, hinted_at, finalized_number,
            log_blocks, log_blocks_refused, log_blocks_limit, log_blocks_limit_at, halted_reason
        FROM chain_cursors WHERE chain_id = $1 FOR UPDATE
        """;

    private const string LockSharedSql = """
        SELECT chain_id, number, hash, parent_hash, block_time, hints, hinted_block, hinted_at, finalized_number,
            log_blocks, log_blocks_refused, log_blocks_limit, log_blocks_limit_at, halted_reason
        FROM chain_cursors WHERE chain_id = $1 FOR SHARE
        """;

    private const string HintSql = """
        UPDATE chain_cursors
        SET hints = hints + 1, hinted_block = greatest(hinted_block, $2), hinted_at = coalesce($3, hinted_at)
        WHERE chain_id = $1
        """;

    private const string AdvanceSql = """
        UPDATE chain_cursors
        SET number = $3, hash = $4, parent_hash = $5, block_time = $6, updated_at = $7, gaps_healed = gaps_healed + $8
        WHERE chain_id = $1 AND hash = $2
        """;

    private const string UnwindSql = """
        UPDATE chain_cursors
        SET number = $3, hash = $4, parent_hash = $5, block_time = $6, updated_at = $7,
            reorgs = reorgs + 1, reorg_depth = number - $3, reorged_at = $7
        WHERE chain_id = $1 AND hash = $2
        """;

    private const string PlaceSql = """
        UPDATE chain_cursors
        SET number = $3, hash = $4, parent_hash = $5, block_time = $6, updated_at = $7,
            halted_reason = NULL, halted_at = NULL, finalized_number = NULL
        WHERE chain_id = $1 AND hash = $2
        """;

    private const string ResumeSql = """
        UPDATE chain_cursors
        SET halted_reason = NULL, halted_at = NULL, finalized_number = NULL, updated_at = $2
        WHERE chain_id = $1
        """;

    private const string SeeSql = """
        UPDATE chain_cursors
        SET head_number = $2, head_time = $3, head_seen_at = $4, safe_number = $5,
            finalized_number = greatest(finalized_number, $6)
        WHERE chain_id = $1
        """;

    private const string LearnSql = """
        UPDATE chain_cursors
        SET log_blocks = $2, log_blocks_refused = $3, log_blocks_limit = $4, log_blocks_limit_at = $5
        WHERE chain_id = $1
        """;

    private const string HaltSql = """
        UPDATE chain_cursors SET halted_reason = $2, halted_at = $3, updated_at = $3 WHERE chain_id = $1
        """;

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
            await ChainBlockTable.AddAsync(transaction, chain, [block], cancellationToken);
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
    /// <param name="transaction">The unit of work.</param>
    /// <param name="chain">Which chain.</param>
    /// <param name="block">The highest block the hint speaks of; 0 for none.</param>
    /// <param name="isProviders">Whether a provider hinted, and not a part of Souk.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task HintAsync(
        Transaction transaction, ChainId chain, long block, bool isProviders, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        DateTimeOffset? hintedAt = isProviders ? transaction.Now : null;
        return transaction.ExecuteAsync(HintSql, [chain, block, hintedAt], cancellationToken);
    }

    /// <summary>
    /// Moves the cursor to the last of <paramref name="blocks"/> and remembers them; the caller has applied everything
    /// up to there in this transaction.
    /// </summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="before">The cursor as it was read.</param>
    /// <param name="blocks">What is to be remembered of the blocks passed, lowest first.</param>
    /// <param name="gapsHealed">How many of them had logs that no hint had spoken of.</param>
    /// <param name="forgetTo">Below this height one header is enough.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when it was not where the caller read it: nothing may be stored.</returns>
    public static async Task<bool> AdvanceAsync(
        Transaction transaction,
        ChainCursor before,
        IReadOnlyList<FollowedBlock> blocks,
        int gapsHealed,
        long forgetTo,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(blocks);
        int rows = await transaction.ExecuteAsync(
            AdvanceSql, [.. Move(transaction, before, blocks[^1]), (long)gapsHealed], cancellationToken);
        if (rows != 1)
            return false;
        await ChainBlockTable.AddAsync(transaction, before.ChainId, blocks, cancellationToken);
        await ChainBlockTable.ForgetAsync(transaction, before.ChainId, forgetTo, cancellationToken);
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
        int rows = await transaction.ExecuteAsync(UnwindSql, Move(transaction, before, block), cancellationToken);
        if (rows != 1)
            return false;
        await ChainBlockTable.UnwindAsync(transaction, before.ChainId, block.Number, cancellationToken);
        return true;
    }

    /// <summary>
    /// Puts the cursor on the last of <paramref name="blocks"/> on a person's word, and ends its halt; what was
    /// remembered from the first of them on is replaced, and what is final is to be seen anew.
    /// </summary>
    /// <returns>False when it was not where the caller read it.</returns>
    public static async Task<bool> PlaceAsync(
        Transaction transaction,
        ChainCursor before,
        IReadOnlyList<FollowedBlock> blocks,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(blocks);
        int rows = await transaction.ExecuteAsync(PlaceSql, Move(transaction, before, blocks[^1]), cancellationToken);
        if (rows != 1)
            return false;
        await ChainBlockTable.UnwindAsync(transaction, before.ChainId, blocks[0].Number - 1, cancellationToken);
        await ChainBlockTable.AddAsync(transaction, before.ChainId, blocks, cancellationToken);
        return true;
    }

    /// <summary>Stores where the chain stands, for those who ask how far behind the cursor is.</summary>
    public static Task SeeAsync(
        Transaction transaction, ChainId chain, SeenHead head, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(head);
        return transaction.ExecuteAsync(
            SeeSql,
            [chain, head.Number, head.Time, transaction.Now, head.Safe, head.Finalized],
            cancellationToken);
    }

    /// <summary>Stores what was learned about reading logs: the next instance need not learn it again.</summary>
    public static Task LearnAsync(
        Transaction transaction, ChainId chain, LearnedRange range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(range);
        return transaction.ExecuteAsync(
            LearnSql, [chain, range.Blocks, range.WasRefused, range.Limit, range.LimitAt], cancellationToken);
    }

    /// <summary>Stops following until a person looks, for a reason they will read.</summary>
    public static Task HaltAsync(
        Transaction transaction, ChainId chain, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(HaltSql, [chain, reason, transaction.Now], cancellationToken);
    }

    /// <summary>Ends a halt on a person's word; what is final is to be seen anew.</summary>
    public static Task ResumeAsync(Transaction transaction, ChainId chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(ResumeSql, [chain, transaction.Now], cancellationToken);
    }

    private static SqlValue[] Move(Transaction transaction, ChainCursor before, FollowedBlock to) =>
        [before.ChainId, before.Block.Hash, to.Number, to.Hash, to.ParentHash, to.Time, transaction.Now];

    private static ChainCursor Read(Row row) => new(
        row.ChainId(0),
        ChainBlockTable.Read(row, 1),
        row.Bigint(5),
        row.Bigint(6),
        row.InstantOrNull(7),
        row.BigintOrNull(8),
        row.IsNull(9)
            ? null
            : new LearnedRange(row.Bigint(9), row.Flag(10), row.BigintOrNull(11), row.InstantOrNull(12)),
        row.TextOrNull(13));
}
