using System.Diagnostics;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>Owner of <c>transactions</c> and <c>transaction_history</c>: the account of the platform's money.</summary>
public static class TransactionTable
{
    private const string AddSql = """
        INSERT INTO transactions (id, signer_id, chain_id, status, nonce, to_address, value_wei, data, gas_limit,
            is_filler, description, requested_by, rule_id, rule_version, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::numeric, $8, $9, $10, $11, $12, $13, $14::integer, $15, $15)
        """;

    private const string FindSql = """
        SELECT id, signer_id, chain_id, to_address, value_wei::text, data, gas_limit, description, status, nonce,
            is_filler, requested_by, rule_id, rule_version::bigint, reason, waits_for, transaction_hash, block_number,
            block_hash, created_at, updated_at, finalized_at
        FROM transactions WHERE id = $1
        """;

    private const string ListSql = """
        SELECT id, signer_id, chain_id, to_address, value_wei::text, data, gas_limit, description, status, nonce,
            is_filler, requested_by, rule_id, rule_version::bigint, reason, waits_for, transaction_hash, block_number,
            block_hash, created_at, updated_at, finalized_at
        FROM transactions
        WHERE ($1::text IS NULL OR status = $1) AND ($2::uuid IS NULL OR signer_id = $2)
            AND ($3::uuid IS NULL OR id < $3)
        ORDER BY id DESC LIMIT $4
        """;

    // Nonces in their order first, for a later one cannot be mined before; then whoever asked first.
    private const string NextToSendSql = """
        SELECT id, signer_id, chain_id, to_address, value_wei::text, data, gas_limit, description, status, nonce,
            is_filler, requested_by, rule_id, rule_version::bigint, reason, waits_for, transaction_hash, block_number,
            block_hash, created_at, updated_at, finalized_at
        FROM transactions WHERE signer_id = $1 AND status IN ('queued', 'allocated', 'signed')
        ORDER BY nonce NULLS LAST, id LIMIT 1
        """;

    private const string ToConfirmSql = """
        SELECT id, signer_id, chain_id, to_address, value_wei::text, data, gas_limit, description, status, nonce,
            is_filler, requested_by, rule_id, rule_version::bigint, reason, waits_for, transaction_hash, block_number,
            block_hash, created_at, updated_at, finalized_at
        FROM transactions WHERE chain_id = $1 AND status IN ('broadcast', 'unknown', 'mined')
        ORDER BY signer_id, nonce LIMIT $2
        """;

    private const string StuckSql = """
        SELECT id, signer_id, chain_id, to_address, value_wei::text, data, gas_limit, description, status, nonce,
            is_filler, requested_by, rule_id, rule_version::bigint, reason, waits_for, transaction_hash, block_number,
            block_hash, created_at, updated_at, finalized_at
        FROM transactions AS t WHERE signer_id = $1 AND status = 'broadcast' AND updated_at < $2 AND NOT EXISTS (
            SELECT FROM transactions AS lower WHERE lower.signer_id = t.signer_id AND lower.nonce < t.nonce
                AND lower.status IN ('allocated', 'signed', 'broadcast', 'unknown'))
        """;

    private const string SignersToSendSql = """
        SELECT DISTINCT signer_id FROM transactions
        WHERE status IN ('queued', 'allocated', 'signed') OR (status = 'broadcast' AND updated_at < $1) LIMIT 1000
        """;

    private const string MoveSql = """
        UPDATE transactions SET status = $3, nonce = $4, reason = $5, waits_for = NULL, transaction_hash = $6,
            block_number = $7, block_hash = $8, updated_at = $9, finalized_at = $10
        WHERE id = $1 AND status = $2
        """;

    private const string WaitSql = """
        UPDATE transactions SET waits_for = $3, updated_at = $4
        WHERE id = $1 AND status = $2 AND waits_for IS DISTINCT FROM $3
        """;

    private const string PointSql = """
        UPDATE transactions SET transaction_hash = $3, waits_for = NULL, updated_at = $4 WHERE id = $1 AND status = $2
        """;

    private const string AddMoveSql = """
        INSERT INTO transaction_history (transaction_id, status, nonce, reason, transaction_hash, block_number,
            block_hash, happened_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private const string HistorySql = """
        SELECT status, nonce, reason, transaction_hash, block_number, block_hash, happened_at
        FROM transaction_history WHERE transaction_id = $1 ORDER BY sequence LIMIT 1000
        """;

    private const string UsageSql = """
        SELECT rule_id,
            count(*) FILTER (WHERE created_at > $2::timestamptz - interval '1 hour'),
            coalesce(sum(value_wei) FILTER (WHERE created_at > $2::timestamptz - interval '1 hour'), 0)::text,
            count(*), coalesce(sum(value_wei), 0)::text
        FROM transactions
        WHERE rule_id = ANY ($1) AND created_at > $2::timestamptz - interval '24 hours'
            AND status NOT IN ('refused', 'replaced')
        GROUP BY rule_id
        """;

    /// <summary>Adds a transaction as it stands, and the first line of its history.</summary>
    public static async Task<TransactionRecord> AddAsync(
        Transaction transaction, TransactionRecord added, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(added);
        await transaction.ExecuteAsync(
            AddSql,
            [
                added.Id.Value, added.SignerId.Value, added.ChainId, WireText.Of(added.Status), added.Nonce, added.To,
                added.Value, added.Data, added.GasLimit, added.IsFiller, added.Description, added.RequestedBy,
                added.RuleId?.Value, (long?)added.RuleVersion, transaction.Now,
            ],
            cancellationToken);
        await AddMoveAsync(transaction, added, cancellationToken);
        return added with { CreatedAt = transaction.Now, UpdatedAt = transaction.Now };
    }

    /// <summary>The transaction of this name; null when there is none.</summary>
    public static Task<TransactionRecord?> FindAsync(
        Transaction transaction, TransactionId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindSql, [id.Value], Read, cancellationToken);
    }

    /// <summary>Transactions, newest first.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="status">Only those that stand so; null for all.</param>
    /// <param name="signer">Only this wallet's; null for all.</param>
    /// <param name="before">Only those older than this one; null for the newest.</param>
    /// <param name="countMax">At most so many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<TransactionRecord>> ListAsync(
        Transaction transaction,
        TransactionStatus? status,
        SignerId? signer,
        TransactionId? before,
        int countMax,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        string? text = status is { } named ? WireText.Of(named) : null;
        return transaction.ListAsync(
            ListSql, [text, signer?.Value, before?.Value, countMax], Read, cancellationToken);
    }

    /// <summary>What the wallet sends next: the lowest nonce not yet broadcast, else the oldest request.</summary>
    public static Task<TransactionRecord?> FindNextToSendAsync(
        Transaction transaction, SignerId signer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(NextToSendSql, [signer.Value], Read, cancellationToken);
    }

    /// <summary>The chain's transactions that only the chain can move on, in the order of their nonces.</summary>
    public static Task<List<TransactionRecord>> ListToConfirmAsync(
        Transaction transaction, ChainId chain, int countMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ToConfirmSql, [chain, countMax], Read, cancellationToken);
    }

    /// <summary>The wallet's lowest waiting nonce, if it was broadcast so long ago; null when none is.</summary>
    public static Task<TransactionRecord?> FindStuckAsync(
        Transaction transaction, SignerId signer, DateTimeOffset before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(StuckSql, [signer.Value, before], Read, cancellationToken);
    }

    /// <summary>The wallets that have something to send, or something broadcast so long ago and not mined.</summary>
    public static Task<List<SignerId>> ListSignersToSendAsync(
        Transaction transaction, DateTimeOffset broadcastBefore, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(
            SignersToSendSql, [broadcastBefore], row => new SignerId(row.Id(0)), cancellationToken);
    }

    /// <summary>Moves a transaction from where it stood, and adds the move to its history.</summary>
    /// <exception cref="FailureException"><c>conflict</c>: it moved meanwhile.</exception>
    /// <exception cref="UnreachableException">The move is none of the lifecycle's: a defect of ours.</exception>
    public static async Task<TransactionRecord> MoveAsync(
        Transaction transaction, TransactionRecord from, TransactionRecord to, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (from.Id != to.Id || !TransactionLifecycle.CanMove(from.Status, to.Status))
            throw new UnreachableException($"A transaction cannot move from {from.Status} to {to.Status}.");

        TransactionRecord moved = to with
        {
            WaitsFor = null,
            UpdatedAt = transaction.Now,
            FinalizedAt = TransactionLifecycle.IsTerminal(to.Status) ? transaction.Now : null,
        };
        int rows = await transaction.ExecuteAsync(
            MoveSql,
            [
                from.Id.Value, WireText.Of(from.Status), WireText.Of(moved.Status), moved.Nonce, moved.Reason,
                moved.Hash, moved.BlockNumber, moved.BlockHash, transaction.Now, moved.FinalizedAt,
            ],
            cancellationToken);
        if (rows != 1)
            throw new FailureException(FailureCode.Conflict, "The transaction moved meanwhile.");

        await AddMoveAsync(transaction, moved, cancellationToken);
        return moved;
    }

    /// <summary>Says what keeps a transaction from moving on, where it stands.</summary>
    public static Task WaitAsync(
        Transaction transaction, TransactionRecord waiting, string waitsFor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(waiting);
        return transaction.ExecuteAsync(
            WaitSql, [waiting.Id.Value, WireText.Of(waiting.Status), waitsFor, transaction.Now], cancellationToken);
    }

    /// <summary>Names the newest signature of a transaction that stays where it stands.</summary>
    /// <exception cref="FailureException"><c>conflict</c>: it moved meanwhile.</exception>
    public static async Task<TransactionRecord> PointAsync(
        Transaction transaction, TransactionRecord standing, TransactionHash hash, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(standing);
        int rows = await transaction.ExecuteAsync(
            PointSql, [standing.Id.Value, WireText.Of(standing.Status), hash, transaction.Now], cancellationToken);
        if (rows != 1)
            throw new FailureException(FailureCode.Conflict, "The transaction moved meanwhile.");

        TransactionRecord pointed = standing with { Hash = hash, WaitsFor = null, UpdatedAt = transaction.Now };
        await AddMoveAsync(transaction, pointed, cancellationToken);
        return pointed;
    }

    /// <summary>Every move of a transaction, oldest first.</summary>
    public static Task<List<TransactionMove>> ListHistoryAsync(
        Transaction transaction, TransactionId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(HistorySql, [id.Value], ReadMove, cancellationToken);
    }

    /// <summary>What each rule has allowed in the last hour and day; refused and replaced ones do not count.</summary>
    public static async Task<IReadOnlyDictionary<PolicyRuleId, RuleUsage>> FindUsageAsync(
        Transaction transaction, IEnumerable<PolicyRuleId> rules, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Guid[] ids = [.. rules.Select(rule => rule.Value)];
        List<(PolicyRuleId Rule, RuleUsage Usage)> rows = await transaction.ListAsync(
            UsageSql,
            [ids, transaction.Now],
            row => (new PolicyRuleId(row.Id(0)),
                new RuleUsage(row.Bigint(1), row.Wei(2), row.Bigint(3), row.Wei(4))),
            cancellationToken);
        return rows.ToDictionary(row => row.Rule, row => row.Usage);
    }

    private static Task<int> AddMoveAsync(
        Transaction transaction, TransactionRecord at, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            AddMoveSql,
            [
                at.Id.Value, WireText.Of(at.Status), at.Nonce, at.Reason, at.Hash, at.BlockNumber, at.BlockHash,
                transaction.Now,
            ],
            cancellationToken);

    private static TransactionRecord Read(Row row) => new(
        new TransactionId(row.Id(0)), new SignerId(row.Id(1)), row.ChainId(2), row.Address(3), row.Wei(4),
        row.Bytes(5), row.Bigint(6), row.Text(7))
    {
        Status = WireText.Parse<TransactionStatus>(row.Text(8)),
        Nonce = row.BigintOrNull(9),
        IsFiller = row.Flag(10),
        RequestedBy = row.IdOrNull(11),
        RuleId = row.IdOrNull(12) is { } rule ? new PolicyRuleId(rule) : null,
        RuleVersion = (int?)row.BigintOrNull(13),
        Reason = row.TextOrNull(14),
        WaitsFor = row.TextOrNull(15),
        Hash = row.HashOrNull(16) is { } hash ? new TransactionHash(hash) : null,
        BlockNumber = row.BigintOrNull(17),
        BlockHash = row.HashOrNull(18) is { } block ? new BlockHash(block) : null,
        CreatedAt = row.Instant(19),
        UpdatedAt = row.Instant(20),
        FinalizedAt = row.InstantOrNull(21),
    };

    private static TransactionMove ReadMove(Row row) => new(
        WireText.Parse<TransactionStatus>(row.Text(0)),
        row.BigintOrNull(1),
        row.TextOrNull(2),
        row.HashOrNull(3) is { } hash ? new TransactionHash(hash) : null,
        row.BigintOrNull(4),
        row.HashOrNull(5) is { } block ? new BlockHash(block) : null,
        row.Instant(6));
}
