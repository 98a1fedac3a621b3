using System.Diagnostics;
using Souk.Domain.Chain;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>A request to rebuild what derives from a chain, from a block on.</summary>
/// <param name="Id">Which.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="FromBlock">The first block that is read anew.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="RequestedBy">Who asked for it.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="Staged">The last block whose logs were kept aside; null before the first.</param>
/// <param name="Contracts">SHA-256 of the addresses that they were asked of.</param>
/// <param name="Logs">How many logs were kept aside.</param>
/// <param name="Restarts">How often it began anew, because the chain or the contracts changed under it.</param>
/// <param name="Rebuilds">How often applying them was begun.</param>
/// <param name="WasHalted">Whether the chain was halted: then a difference was to be expected.</param>
/// <param name="TablesJson">Rows and digests per table, before and after, as JSON; null until it is done.</param>
/// <param name="IsEqual">Whether the rebuilt state is what was there before; null until it is done.</param>
/// <param name="FailedReason">Why it was given up; null unless it was.</param>
/// <param name="FinishedAt">When it ended; null until it has.</param>
public sealed record ChainResync(
    Guid Id,
    ChainId ChainId,
    long FromBlock,
    ResyncStatus Status,
    Guid RequestedBy,
    DateTimeOffset RequestedAt,
    FollowedBlock? Staged,
    byte[]? Contracts,
    long Logs,
    int Restarts,
    int Rebuilds,
    bool? WasHalted,
    string? TablesJson,
    bool? IsEqual,
    string? FailedReason,
    DateTimeOffset? FinishedAt);

/// <summary>Table <c>chain_resyncs</c>.</summary>
public static class ChainResyncTable
{
    private const string AddSql = """
        INSERT INTO chain_resyncs (id, chain_id, from_block, status, requested_by, requested_at)
        VALUES ($1, $2, $3, 'requested', $4, $5) ON CONFLICT DO NOTHING
        """;

    private const string FindSql = """
        SELECT id, chain_id, from_block, status, requested_by, requested_at, staged_number, staged_hash, staged_parent,
            staged_time, contracts, logs, restarts, rebuilds, was_halted, tables::text, is_equal, failed_reason,
            finished_at
        FROM chain_resyncs WHERE chain_id = $1 AND id = $2
        """;

    private const string FindOpenSql = """
        SELECT id, chain_id, from_block, status, requested_by, requested_at, staged_number, staged_hash, staged_parent,
            staged_time, contracts, logs, restarts, rebuilds, was_halted, tables::text, is_equal, failed_reason,
            finished_at
        FROM chain_resyncs WHERE chain_id = $1 AND status IN ('requested', 'staging')
        """;

    private const string MoveSql = """
        UPDATE chain_resyncs
        SET status = $3, staged_number = $4, staged_hash = $5, staged_parent = $6, staged_time = $7, contracts = $8,
            logs = $9, restarts = $10, rebuilds = $11, was_halted = $12, tables = $13::jsonb, is_equal = $14,
            failed_reason = $15, finished_at = $16
        WHERE id = $1 AND status = $2
        """;

    /// <summary>Adds a request.</summary>
    /// <returns>The request; null when another of the chain is not finished.</returns>
    public static async Task<ChainResync?> AddAsync(
        Transaction transaction, ChainId chain, long fromBlock, Guid requestedBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Guid id = transaction.NewId();
        int rows = await transaction.ExecuteAsync(
            AddSql, [id, chain, fromBlock, requestedBy, transaction.Now], cancellationToken);
        return rows == 1 ? await FindAsync(transaction, chain, id, cancellationToken) : null;
    }

    /// <summary>A request; null when there is none.</summary>
    public static Task<ChainResync?> FindAsync(
        Transaction transaction, ChainId chain, Guid id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindSql, [chain, id], Read, cancellationToken);
    }

    /// <summary>The one request of a chain that is not finished; null when there is none.</summary>
    public static Task<ChainResync?> FindOpenAsync(
        Transaction transaction, ChainId chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindOpenSql, [chain], Read, cancellationToken);
    }

    /// <summary>Stores what became of a request; only the chain's leader does.</summary>
    /// <exception cref="UnreachableException">The move is not legal, or somebody else moved it.</exception>
    public static async Task<ChainResync> MoveAsync(
        Transaction transaction, ChainResync before, ChainResync after, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (!ResyncLifecycle.CanMove(before.Status, after.Status))
            throw new UnreachableException($"A resync does not move from {before.Status} to {after.Status}.");
        int rows = await transaction.ExecuteAsync(
            MoveSql,
            [
                before.Id, WireText.Of(before.Status), WireText.Of(after.Status),
                after.Staged?.Number, after.Staged?.Hash, after.Staged?.ParentHash, after.Staged?.Time,
                after.Contracts, after.Logs, after.Restarts, after.Rebuilds, after.WasHalted, after.TablesJson,
                after.IsEqual, after.FailedReason, after.FinishedAt,
            ],
            cancellationToken);
        return rows == 1 ? after : throw new UnreachableException("Two leaders moved one resync.");
    }

    private static ChainResync Read(Row row) => new(
        row.Id(0),
        row.ChainId(1),
        row.Bigint(2),
        WireText.Parse<ResyncStatus>(row.Text(3)),
        row.Id(4),
        row.Instant(5),
        row.IsNull(6) ? null : ChainBlockTable.Read(row, 6),
        row.BytesOrNull(10),
        row.Bigint(11),
        row.Integer(12),
        row.Integer(13),
        row.IsNull(14) ? null : row.Flag(14),
        row.TextOrNull(15),
        row.IsNull(16) ? null : row.Flag(16),
        row.TextOrNull(17),
        row.InstantOrNull(18));
}
