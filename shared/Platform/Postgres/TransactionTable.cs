using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>Owner of <c>transactions</c>: the account of the platform's money.</summary>
/// <remarks>
/// <see cref="TransactionMoves"/> moves them, <see cref="TransactionQueue"/> tells what is to be done.
/// </remarks>
public static class TransactionTable
{
    /// <summary>What <see cref="Read"/> reads, in its order.</summary>
    internal const string Columns = """
        id, signer_id, chain_id, to_address, value_wei::text, data, gas_limit, description, status, nonce,
        is_filler, requested_by, rule_id, rule_version::bigint, reason, waits_for, transaction_hash, block_number,
        block_hash, created_at, updated_at, finalized_at, wish, wish_reason, gas_used, gas_price_wei::text,
        when_fees_exceed, fee_per_gas_max_wei::text, refund_of
        """;

    /// <summary>The same for who confirms: what a transaction calls is not needed then, and may be long.</summary>
    internal const string ColumnsWithoutData = """
        id, signer_id, chain_id, to_address, value_wei::text, ''::bytea, gas_limit, description, status, nonce,
        is_filler, requested_by, rule_id, rule_version::bigint, reason, waits_for, transaction_hash, block_number,
        block_hash, created_at, updated_at, finalized_at, wish, wish_reason, gas_used, gas_price_wei::text,
        when_fees_exceed, fee_per_gas_max_wei::text, refund_of
        """;

    /// <summary>Greater than the name of any transaction: where a list without a cursor begins.</summary>
    private static readonly Guid s_afterAll = new("ffffffff-ffff-ffff-ffff-ffffffffffff");

    // The row and the first line of its history in one round trip. Only the index of refunds is let pass: any other
    // clash is a defect of ours.
    private const string AddSql = """
        WITH added AS (
            INSERT INTO transactions (id, signer_id, chain_id, status, nonce, to_address, value_wei, data, gas_limit,
                is_filler, description, requested_by, rule_id, rule_version, created_at, updated_at, when_fees_exceed,
                fee_per_gas_max_wei, refund_of)
            VALUES ($1, $2, $3, $4, $5, $6, $7::numeric, $8, $9, $10, $11, $12, $13, $14::integer, $15, $15, $16,
                $17::numeric, $18)
            ON CONFLICT (refund_of)
                WHERE refund_of IS NOT NULL AND status NOT IN ('refused', 'replaced', 'reverted') DO NOTHING
            RETURNING id, status, nonce, created_at)
        INSERT INTO transaction_history (transaction_id, status, nonce, happened_at)
        SELECT id, status, nonce, created_at FROM added
        """;

    private const string FindSql = $"""
        SELECT {Columns}
        FROM transactions WHERE id = $1
        """;

    private const string LockSql = $"""
        SELECT {Columns}
        FROM transactions WHERE id = $1 FOR UPDATE
        """;

    // One statement a question, so that each is answered by its own index however long the history has become.
    private const string ListSql = $"""
        SELECT {Columns}
        FROM transactions WHERE id < $1 ORDER BY id DESC LIMIT $2
        """;

    private const string ListByStatusSql = $"""
        SELECT {Columns}
        FROM transactions WHERE status = $1 AND id < $2 ORDER BY id DESC LIMIT $3
        """;

    private const string ListBySignerSql = $"""
        SELECT {Columns}
        FROM transactions
        WHERE signer_id = $1 AND id < $2 AND ($3::text IS NULL OR status = $3)
        ORDER BY id DESC LIMIT $4
        """;

    private const string FindByNonceSql = $"""
        SELECT {Columns}
        FROM transactions WHERE signer_id = $1 AND nonce = $2
        """;

    /// <summary>Adds a transaction as it stands, and the first line of its history.</summary>
    /// <exception cref="FailureException"><c>conflict</c>: what it pays back is paid back already.</exception>
    public static async Task<TransactionRecord> AddAsync(
        Transaction transaction, TransactionRecord added, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(added);
        int rows = await transaction.ExecuteAsync(
            AddSql,
            [
                added.Id.Value, added.SignerId.Value, added.ChainId, WireText.Of(added.Status), added.Nonce, added.To,
                added.Value, added.Data, added.GasLimit, added.IsFiller, added.Description, added.RequestedBy,
                added.RuleId?.Value, (long?)added.RuleVersion, transaction.Now, WireText.Of(added.WhenFeesExceed),
                added.FeePerGasMax, added.RefundOf,
            ],
            cancellationToken);
        return rows == 1
            ? added with { CreatedAt = transaction.Now, UpdatedAt = transaction.Now }
            : throw new FailureException(FailureCode.Conflict, "This was paid back already, or is about to be.");
    }

    /// <summary>The transaction of this name; null when there is none.</summary>
    public static Task<TransactionRecord?> FindAsync(
        Transaction transaction, TransactionId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindSql, [id.Value], Read, cancellationToken);
    }

    /// <summary>The transaction of this name, locked until the unit of work ends.</summary>
    /// <exception cref="FailureException"><c>not_found</c>.</exception>
    public static async Task<TransactionRecord> LockAsync(
        Transaction transaction, TransactionId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindAsync(LockSql, [id.Value], Read, cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "There is no such transaction.");
    }

    /// <summary>The transaction that holds a wallet's nonce; null when none of ours does.</summary>
    public static Task<TransactionRecord?> FindByNonceAsync(
        Transaction transaction, SignerId signer, long nonce, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindByNonceSql, [signer.Value, nonce], Read, cancellationToken);
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
        Guid from = before?.Value ?? s_afterAll;
        string? text = status is { } named ? WireText.Of(named) : null;
        return (signer, text) switch
        {
            ({ } wallet, _) => transaction.ListAsync(
                ListBySignerSql, [wallet.Value, from, text, countMax], Read, cancellationToken),
            (null, not null) => transaction.ListAsync(
                ListByStatusSql, [text, from, countMax], Read, cancellationToken),
            _ => transaction.ListAsync(ListSql, [from, countMax], Read, cancellationToken),
        };
    }

    internal static TransactionRecord Read(Row row) => new(
        new TransactionId(row.Id(0)), new SignerId(row.Id(1)), row.ChainId(2), row.AddressOrNull(3), row.Wei(4),
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
        Wish = row.TextOrNull(22) is { } wish ? WireText.Parse<TransactionWish>(wish) : null,
        WishReason = row.TextOrNull(23),
        GasUsed = row.BigintOrNull(24),
        GasPrice = row.WeiOrNull(25),
        WhenFeesExceed = WireText.Parse<FeeChoice>(row.Text(26)),
        FeePerGasMax = row.WeiOrNull(27),
        RefundOf = row.TextOrNull(28),
    };
}
