using Souk.Domain.Chain;
using Souk.Domain.Signing;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>A block that holds transactions of ours.</summary>
/// <param name="Number">Its height.</param>
/// <param name="Hash">Its hash.</param>
public sealed record MinedBlock(long Number, BlockHash Hash);

/// <summary>How many of a wallet's transactions stand so.</summary>
/// <param name="Status">How.</param>
/// <param name="Count">How many.</param>
/// <param name="OldestAt">When the one that waits longest was asked for.</param>
/// <param name="LowestNonce">The lowest nonce among them; null where none holds one.</param>
public sealed record OpenCount(TransactionStatus Status, long Count, DateTimeOffset OldestAt, long? LowestNonce);

/// <summary>Reads what is to be done next for whom; each by an index that holds open transactions only.</summary>
public static class TransactionQueue
{
    private const string QueuedSql = $"""
        SELECT {TransactionTable.Columns}
        FROM transactions AS t WHERE signer_id = $1 AND status = 'queued' AND nonce IS NULL
            AND ($4::numeric IS NULL OR fee_per_gas_max_wei IS NULL OR fee_per_gas_max_wei >= $4::numeric)
            AND NOT EXISTS (
                SELECT FROM policy_holds AS h
                WHERE h.rule_id = t.rule_id AND h.signer_id = t.signer_id AND h.held_until > $3)
        ORDER BY id LIMIT $2 FOR UPDATE OF t
        """;

    // What waits and has it noted needs nothing done. Above the chain's own ceiling all wait, and some do not want to.
    private const string UnaffordableSql = $"""
        SELECT {TransactionTable.Columns}
        FROM transactions WHERE signer_id = $1 AND status = 'queued'
            AND (fee_per_gas_max_wei IS NOT NULL OR when_fees_exceed = 'fail')
            AND (($2::numeric IS NULL AND when_fees_exceed = 'fail') OR fee_per_gas_max_wei < $2::numeric)
            AND (when_fees_exceed = 'fail' OR waits_for IS DISTINCT FROM $3)
        ORDER BY id LIMIT $4 FOR UPDATE
        """;

    private const string UnsentSql = $"""
        SELECT {TransactionTable.Columns}
        FROM transactions WHERE signer_id = $1 AND status IN ('allocated', 'signed') ORDER BY nonce LIMIT $2
        """;

    private const string WishedSql = $"""
        SELECT {TransactionTable.Columns}
        FROM transactions AS t
        WHERE signer_id = $1 AND status IN ('signed', 'broadcast', 'unknown') AND wish IS NOT NULL
            AND NOT (wish = 'cancel' AND EXISTS (SELECT FROM transaction_attempts AS a WHERE a.transaction_id = t.id
                AND a.is_cancel AND a.nonce = t.nonce AND a.given_at IS NOT NULL))
        ORDER BY nonce LIMIT $2
        """;

    // The lowest nonce that waits for the chain: those above wait for it. It is stuck once its newest octets have
    // waited for so many blocks and so long, or for so much longer whatever the blocks.
    private const string StuckSql = $"""
        SELECT {TransactionTable.Columns}
        FROM transactions AS t
        WHERE id = (SELECT id FROM transactions WHERE signer_id = $1 AND nonce >= $2
                AND status IN ('allocated', 'signed', 'broadcast', 'unknown') ORDER BY nonce LIMIT 1)
            AND status IN ('broadcast', 'unknown')
            AND EXISTS (SELECT FROM transaction_attempts AS a WHERE a.transaction_id = t.id
                AND a.transaction_hash = t.transaction_hash
                AND (a.given_at < $5 OR (a.given_at < $4 AND coalesce(a.given_block, 0) <= $3::bigint - $6::bigint)))
        """;

    private const string HasStuckSql = """
        SELECT 1 FROM transactions AS t
        JOIN transaction_attempts AS a ON a.transaction_id = t.id AND a.transaction_hash = t.transaction_hash
        WHERE t.signer_id = $1 AND t.status IN ('broadcast', 'unknown') AND a.given_at < $2 LIMIT 1
        """;

    private const string UnseenBelowSql = $"""
        SELECT {TransactionTable.Columns}
        FROM transactions AS t
        WHERE signer_id = $1 AND status IN ('allocated', 'signed') AND nonce < $2 AND NOT EXISTS (
            SELECT FROM transaction_attempts AS a WHERE a.transaction_id = t.id AND a.given_at IS NOT NULL
                AND coalesce(a.nonce, t.nonce) = t.nonce)
        ORDER BY nonce LIMIT 1000 FOR UPDATE
        """;

    private const string GapsSql = """
        SELECT missing.nonce FROM generate_series($2::bigint, least($3 - 1, $2 + 9999)) AS missing (nonce)
        WHERE NOT EXISTS (SELECT FROM transactions AS t WHERE t.signer_id = $1 AND t.nonce = missing.nonce)
        ORDER BY missing.nonce LIMIT $4
        """;

    private const string SignersToSendSql = """
        SELECT s.id FROM signers AS s
        WHERE ($1::bigint IS NULL OR s.chain_id = $1) AND (
            EXISTS (SELECT FROM transactions AS t WHERE t.signer_id = s.id
                AND t.status IN ('queued', 'allocated', 'signed'))
            OR EXISTS (SELECT FROM transactions AS t WHERE t.signer_id = s.id
                AND t.status IN ('allocated', 'signed', 'broadcast', 'unknown')
                AND (t.updated_at < $2 OR t.wish IS NOT NULL)))
        ORDER BY s.chain_id, s.created_at LIMIT 1000
        """;

    private const string HasToSendSql = """
        SELECT 1 FROM transactions WHERE signer_id = $1 AND status IN ('queued', 'allocated', 'signed') LIMIT 1
        """;

    private const string WaitingSql = $"""
        SELECT {TransactionTable.ColumnsWithoutData}
        FROM transactions WHERE id IN (
            SELECT t.id FROM signers AS s CROSS JOIN LATERAL (
                SELECT w.id FROM transactions AS w WHERE w.signer_id = s.id AND w.status IN ('broadcast', 'unknown')
                ORDER BY w.nonce LIMIT $2) AS t
            WHERE s.chain_id = $1)
        ORDER BY signer_id, nonce
        """;

    private const string MinedBlocksSql = """
        SELECT DISTINCT block_number, block_hash FROM transactions
        WHERE chain_id = $1 AND status = 'mined' ORDER BY block_number, block_hash LIMIT 1000
        """;

    private const string InBlockSql = $"""
        SELECT {TransactionTable.ColumnsWithoutData}
        FROM transactions WHERE chain_id = $1 AND status = 'mined' AND block_number = $2 AND block_hash = $3
        ORDER BY signer_id, nonce LIMIT $4
        """;

    private const string OpenCountsSql = """
        SELECT status, count(*), min(created_at), min(nonce) FROM transactions
        WHERE signer_id = $1 AND status IN ('queued', 'allocated', 'signed', 'broadcast', 'unknown')
        GROUP BY status
        """;

    /// <summary>The oldest requests of a wallet without a nonce, whose rules do not hold them back; locked.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="signer">The wallet.</param>
    /// <param name="feePerGas">Only those that may pay so much for a unit of gas; null: all.</param>
    /// <param name="countMax">At most so many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<TransactionRecord>> ListQueuedAsync(
        Transaction transaction,
        SignerId signer,
        Wei? feePerGas,
        long countMax,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        SqlValue[] values = [signer.Value, countMax, transaction.Now, feePerGas];
        return transaction.ListAsync(QueuedSql, values, TransactionTable.Read, cancellationToken);
    }

    /// <summary>
    /// The oldest requests of a wallet that may not pay what the next block costs, and must end or be told so; locked.
    /// </summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="signer">The wallet.</param>
    /// <param name="feePerGas">What a unit of gas costs; null: more than the chain's own ceiling.</param>
    /// <param name="waitsFor">What those that wait are told; who was told already is left out.</param>
    /// <param name="countMax">At most so many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<TransactionRecord>> ListUnaffordableAsync(
        Transaction transaction,
        SignerId signer,
        Wei? feePerGas,
        string waitsFor,
        long countMax,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        SqlValue[] values = [signer.Value, feePerGas, waitsFor, countMax];
        return transaction.ListAsync(UnaffordableSql, values, TransactionTable.Read, cancellationToken);
    }

    /// <summary>What has a nonce and was not broadcast to its end, lowest nonce first.</summary>
    public static Task<List<TransactionRecord>> ListUnsentAsync(
        Transaction transaction, SignerId signer, int countMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(UnsentSql, [signer.Value, countMax], TransactionTable.Read, cancellationToken);
    }

    /// <summary>What is to be outbid because somebody wants it so, lowest nonce first.</summary>
    public static Task<List<TransactionRecord>> ListWishedAsync(
        Transaction transaction, SignerId signer, int countMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(WishedSql, [signer.Value, countMax], TransactionTable.Read, cancellationToken);
    }

    /// <summary>
    /// The wallet's lowest nonce that waits for the chain, if it has waited too long; null otherwise.
    /// </summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="signer">The wallet.</param>
    /// <param name="counted">How many of its transactions the chain counts: lower nonces wait for nothing.</param>
    /// <param name="head">The chain's newest block.</param>
    /// <param name="limits">How long is too long.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<TransactionRecord?> FindStuckAsync(
        Transaction transaction,
        SignerId signer,
        long counted,
        long head,
        StuckLimits limits,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(limits);
        SqlValue[] values =
        [
            signer.Value, counted, head, transaction.Now - limits.WaitMin, transaction.Now - limits.WaitMax,
            limits.BlocksMin,
        ];
        return transaction.FindAsync(StuckSql, values, TransactionTable.Read, cancellationToken);
    }

    /// <summary>
    /// Whether anything of the wallet waits for the chain for so long: then it is worth asking the node.
    /// </summary>
    public static async Task<bool> HasStuckAsync(
        Transaction transaction, SignerId signer, TimeSpan waitMin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        SqlValue[] values = [signer.Value, transaction.Now - waitMin];
        return await transaction.FindValueAsync(HasStuckSql, values, row => row.Integer(0), cancellationToken)
            is not null;
    }

    /// <summary>What holds a nonce below this one though no node ever saw octets of it, locked.</summary>
    public static Task<List<TransactionRecord>> ListUnseenBelowAsync(
        Transaction transaction, SignerId signer, long nonce, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(UnseenBelowSql, [signer.Value, nonce], TransactionTable.Read, cancellationToken);
    }

    /// <summary>The nonces in a range that no transaction of ours holds, lowest first.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="signer">The wallet.</param>
    /// <param name="from">The first nonce looked at.</param>
    /// <param name="until">The first that is not.</param>
    /// <param name="countMax">At most so many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<long>> ListGapsAsync(
        Transaction transaction,
        SignerId signer,
        long from,
        long until,
        int countMax,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(
            GapsSql, [signer.Value, from, until, countMax], row => row.Bigint(0), cancellationToken);
    }

    /// <summary>The wallets that have something to send, or something that waits since before this time.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="chain">Only this chain's; null: all.</param>
    /// <param name="before">Since before when.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<SignerId>> ListSignersAsync(
        Transaction transaction, ChainId? chain, DateTimeOffset before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        long? id = chain is { } named ? (long)named.Value : null;
        return transaction.ListAsync(
            SignersToSendSql, [id, before], row => new SignerId(row.Id(0)), cancellationToken);
    }

    /// <summary>Whether a wallet has anything to send.</summary>
    public static async Task<bool> HasToSendAsync(
        Transaction transaction, SignerId signer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindValueAsync(
            HasToSendSql, [signer.Value], row => row.Integer(0), cancellationToken) is not null;
    }

    /// <summary>What waits for the chain, in the order of wallets and nonces; without what it calls.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="countMax">At most so many of each wallet, the lowest nonces: none hides another's.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<TransactionRecord>> ListWaitingAsync(
        Transaction transaction, ChainId chain, int countMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(WaitingSql, [chain, countMax], TransactionTable.Read, cancellationToken);
    }

    /// <summary>The blocks that hold transactions which are not deep yet, lowest first.</summary>
    public static Task<List<MinedBlock>> ListMinedBlocksAsync(
        Transaction transaction, ChainId chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(
            MinedBlocksSql,
            [chain],
            row => new MinedBlock(row.Bigint(0), new BlockHash(row.Hash(1))),
            cancellationToken);
    }

    /// <summary>
    /// The transactions that were mined in a block, in the order of their nonces; without what they call.
    /// </summary>
    public static Task<List<TransactionRecord>> ListInBlockAsync(
        Transaction transaction, ChainId chain, MinedBlock block, int countMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(block);
        SqlValue[] values = [chain, block.Number, block.Hash, countMax];
        return transaction.ListAsync(InBlockSql, values, TransactionTable.Read, cancellationToken);
    }

    /// <summary>How many of a wallet's transactions are open, by where they stand.</summary>
    public static Task<List<OpenCount>> CountOpenAsync(
        Transaction transaction, SignerId signer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(
            OpenCountsSql,
            [signer.Value],
            row => new OpenCount(
                WireText.Parse<TransactionStatus>(row.Text(0)), row.Bigint(1), row.Instant(2), row.BigintOrNull(3)),
            cancellationToken);
    }
}

/// <summary>How long a transaction waits before its fee is looked at again.</summary>
/// <param name="BlocksMin">At least so many blocks went by,</param>
/// <param name="WaitMin">and so much time; or, whatever the blocks,</param>
/// <param name="WaitMax">so much time.</param>
public sealed record StuckLimits(long BlocksMin, TimeSpan WaitMin, TimeSpan WaitMax);
