using System.Diagnostics;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>One move to make.</summary>
/// <param name="From">The transaction as it stood when it was read.</param>
/// <param name="To">As it is to stand.</param>
public sealed record TransactionStep(TransactionRecord From, TransactionRecord To);

/// <summary>How transactions move, many at once; every move is a line of <c>transaction_history</c>.</summary>
public static class TransactionMoves
{
    // Arrays carry no nulls of numbers: -1 stands for one. The history's order is the order asked for.
    private const string MoveManySql = """
        WITH asked AS (
            SELECT id, was, was_nonce, status, nonce, reason, hash, block_number, block_hash, gas_used, gas_price, place
            FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::bytea[],
                $8::bigint[], $9::bytea[], $10::bigint[], $11::text[]) WITH ORDINALITY
                AS a (id, was, was_nonce, status, nonce, reason, hash, block_number, block_hash, gas_used, gas_price,
                    place)
        ), moved AS (
            UPDATE transactions AS t SET status = a.status, nonce = nullif(a.nonce, -1), reason = a.reason,
                waits_for = NULL, transaction_hash = a.hash, block_number = nullif(a.block_number, -1),
                block_hash = a.block_hash, gas_used = nullif(a.gas_used, -1), gas_price_wei = a.gas_price::numeric,
                updated_at = $12,
                finalized_at = CASE WHEN a.status IN ('final', 'reverted', 'replaced', 'refused')
                    THEN $12::timestamptz END
            FROM asked AS a
            WHERE t.id = a.id AND t.status = a.was AND t.nonce IS NOT DISTINCT FROM nullif(a.was_nonce, -1)
            RETURNING t.id
        )
        INSERT INTO transaction_history (transaction_id, status, nonce, reason, transaction_hash, block_number,
            block_hash, happened_at)
        SELECT a.id, a.status, nullif(a.nonce, -1), a.reason, a.hash, nullif(a.block_number, -1), a.block_hash, $12
        FROM asked AS a JOIN moved USING (id) ORDER BY a.place
        RETURNING transaction_id
        """;

    private const string AddLineSql = """
        INSERT INTO transaction_history (transaction_id, status, nonce, reason, transaction_hash, block_number,
            block_hash, happened_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private const string WaitSql = """
        UPDATE transactions SET waits_for = $2, updated_at = $3
        WHERE id = ANY ($1) AND finalized_at IS NULL AND waits_for IS DISTINCT FROM $2
        """;

    private const string PointSql = """
        UPDATE transactions SET transaction_hash = $3, waits_for = NULL, updated_at = $4,
            wish = CASE wish WHEN 'cancel' THEN wish END,
            wish_reason = CASE wish WHEN 'cancel' THEN wish_reason END
        WHERE id = $1 AND status = $2
        """;

    private const string WishSql = """
        UPDATE transactions SET wish = $3, wish_reason = $4, updated_at = $5
        WHERE id = $1 AND status = $2 AND wish IS DISTINCT FROM 'cancel'
        """;

    private const string HistorySql = """
        SELECT status, nonce, reason, transaction_hash, block_number, block_hash, happened_at
        FROM transaction_history WHERE transaction_id = $1 ORDER BY sequence LIMIT 1000
        """;

    /// <summary>Moves transactions from where they stood, each if it still stands there.</summary>
    /// <returns>Those that moved, as they stand now; whoever is missing was moved by another meanwhile.</returns>
    /// <exception cref="UnreachableException">A move is none of the lifecycle's: a defect of ours.</exception>
    public static async Task<List<TransactionRecord>> MoveManyAsync(
        Transaction transaction, IReadOnlyList<TransactionStep> steps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(steps);
        if (steps.Count == 0)
            return [];

        foreach ((TransactionRecord from, TransactionRecord to) in steps)
        {
            if (from.Id != to.Id || !TransactionLifecycle.CanMove(from.Status, to.Status))
                throw new UnreachableException($"A transaction cannot move from {from.Status} to {to.Status}.");
        }

        HashSet<Guid> moved = [.. await transaction.ListAsync(
            MoveManySql, Values(steps, transaction.Now), row => row.Id(0), cancellationToken)];
        return
        [
            .. steps.Where(step => moved.Contains(step.To.Id.Value)).Select(step => step.To with
            {
                WaitsFor = null,
                UpdatedAt = transaction.Now,
                FinalizedAt = TransactionLifecycle.IsTerminal(step.To.Status) ? transaction.Now : null,
            }),
        ];
    }

    /// <summary>Moves one transaction from where it stood.</summary>
    /// <exception cref="FailureException"><c>conflict</c>: it moved meanwhile.</exception>
    /// <exception cref="UnreachableException">The move is none of the lifecycle's: a defect of ours.</exception>
    public static async Task<TransactionRecord> MoveAsync(
        Transaction transaction, TransactionRecord from, TransactionRecord to, CancellationToken cancellationToken)
    {
        List<TransactionRecord> moved =
            await MoveManyAsync(transaction, [new TransactionStep(from, to)], cancellationToken);
        return moved.Count == 1 ? moved[0] : throw MovedMeanwhile();
    }

    /// <summary>Says what keeps transactions from moving on, where they stand.</summary>
    public static Task WaitAsync(
        Transaction transaction,
        IEnumerable<TransactionId> waiting,
        string waitsFor,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Guid[] ids = [.. waiting.Select(id => id.Value)];
        return transaction.ExecuteAsync(WaitSql, [ids, waitsFor, transaction.Now], cancellationToken);
    }

    /// <summary>Names the newest signature of a transaction that stays where it stands; a wish to outbid is done by it.
    /// </summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="standing">The transaction as it stands, with the new hash.</param>
    /// <param name="reason">Why it was signed again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when it moved meanwhile.</returns>
    public static async Task<bool> TryPointAsync(
        Transaction transaction, TransactionRecord standing, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(standing);
        SqlValue[] values =
            [standing.Id.Value, WireText.Of(standing.Status), standing.Hash, transaction.Now];
        if (await transaction.ExecuteAsync(PointSql, values, cancellationToken) != 1)
            return false;

        await AddLineAsync(transaction, standing with { Reason = reason }, cancellationToken);
        return true;
    }

    /// <summary>Notes what is wanted of a transaction that a node may have; a wish to cancel stays one.</summary>
    /// <exception cref="FailureException"><c>conflict</c>: it moved meanwhile, or is to be cancelled
    /// already.</exception>
    public static async Task<TransactionRecord> WishAsync(
        Transaction transaction,
        TransactionRecord standing,
        TransactionWish wish,
        string reason,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(standing);
        SqlValue[] values =
        [
            standing.Id.Value, WireText.Of(standing.Status), WireText.Of(wish), reason, transaction.Now,
        ];
        if (await transaction.ExecuteAsync(WishSql, values, cancellationToken) != 1)
            throw MovedMeanwhile();

        await AddLineAsync(transaction, standing with { Reason = reason }, cancellationToken);
        return standing with { Wish = wish, WishReason = reason, UpdatedAt = transaction.Now };
    }

    /// <summary>Every move of a transaction, oldest first.</summary>
    public static Task<List<TransactionMove>> ListHistoryAsync(
        Transaction transaction, TransactionId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(HistorySql, [id.Value], ReadMove, cancellationToken);
    }

    internal static Task<int> AddLineAsync(
        Transaction transaction, TransactionRecord at, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            AddLineSql,
            [
                at.Id.Value, WireText.Of(at.Status), at.Nonce, at.Reason, at.Hash, at.BlockNumber, at.BlockHash,
                transaction.Now,
            ],
            cancellationToken);

    private static SqlValue[] Values(IReadOnlyList<TransactionStep> steps, DateTimeOffset now) =>
    [
        steps.Select(it => it.From.Id.Value).ToArray(),
        steps.Select(it => WireText.Of(it.From.Status)).ToArray(),
        steps.Select(it => it.From.Nonce ?? -1).ToArray(),
        steps.Select(it => WireText.Of(it.To.Status)).ToArray(),
        steps.Select(it => it.To.Nonce ?? -1).ToArray(),
        steps.Select(it => it.To.Reason).ToArray(),
        steps.Select(it => it.To.Hash?.Value.ToArray()).ToArray(),
        steps.Select(it => it.To.BlockNumber ?? -1).ToArray(),
        steps.Select(it => it.To.BlockHash?.Value.ToArray()).ToArray(),
        steps.Select(it => it.To.GasUsed ?? -1).ToArray(),
        steps.Select(it => it.To.GasPrice?.ToString()).ToArray(),
        now,
    ];

    private static FailureException MovedMeanwhile() =>
        new(FailureCode.Conflict, "The transaction moved meanwhile.");

    private static TransactionMove ReadMove(Row row) => new(
        WireText.Parse<TransactionStatus>(row.Text(0)),
        row.BigintOrNull(1),
        row.TextOrNull(2),
        row.HashOrNull(3) is { } hash ? new TransactionHash(hash) : null,
        row.BigintOrNull(4),
        row.HashOrNull(5) is { } block ? new BlockHash(block) : null,
        row.Instant(6));
}
