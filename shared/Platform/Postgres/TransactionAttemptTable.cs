using Souk.Domain.Chain;
using Souk.Domain.Signing;

namespace Souk.Platform.Postgres;

/// <summary>One signature made for a transaction: the octets that are broadcast, always the same.</summary>
/// <param name="TransactionId">For which transaction.</param>
/// <param name="Number">1 for the first; 0 before it is stored.</param>
/// <param name="Nonce">The nonce it is for; null: signed before that was written down.</param>
/// <param name="Hash">The hash that the chain knows these octets by.</param>
/// <param name="Raw">The octets.</param>
/// <param name="FeePerGas">The most a unit of gas may cost.</param>
/// <param name="PriorityFeePerGas">The tip a unit of gas carries.</param>
/// <param name="IsCancel">Whether it pays nothing to the wallet itself, in place of the transaction.</param>
/// <param name="SignedAt">When it was stored.</param>
/// <param name="GivenAt">When it was first about to be given to a node; null: no node can have it.</param>
/// <param name="GivenBlock">The newest block that signing had looked at by then.</param>
/// <param name="Outcome">What a node last said to it; null: nothing yet.</param>
public sealed record TransactionAttempt(
    TransactionId TransactionId,
    int Number,
    long? Nonce,
    TransactionHash Hash,
    byte[] Raw,
    Wei FeePerGas,
    Wei PriorityFeePerGas,
    bool IsCancel,
    DateTimeOffset SignedAt,
    DateTimeOffset? GivenAt,
    long? GivenBlock,
    string? Outcome)
{
    /// <summary>Whether it is for the nonce that its transaction holds.</summary>
    public bool IsFor(long? nonce) => Nonce is null || Nonce == nonce;

    /// <summary>The hash alone: the octets are a signature.</summary>
    public override string ToString() => $"[attempt {Number} {Hash}]";
}

/// <summary>Owner of <c>transaction_attempts</c>: signed octets, stored before any node sees them.</summary>
public static class TransactionAttemptTable
{
    // Reads the chain's head where a node is about to see the octets: by that is told how long they wait.
    private const string AddManySql = """
        INSERT INTO transaction_attempts (transaction_id, attempt, nonce, transaction_hash, raw, fee_per_gas_wei,
            priority_fee_per_gas_wei, is_cancel, signed_at, given_at, given_block)
        SELECT a.id, 1 + coalesce((SELECT max(p.attempt) FROM transaction_attempts p WHERE p.transaction_id = a.id), 0),
            a.nonce, a.hash, a.raw, a.fee::numeric, a.tip::numeric, a.is_cancel, $9,
            CASE WHEN a.is_given THEN $9::timestamptz END,
            CASE WHEN a.is_given THEN (SELECT block_number FROM signing_heads WHERE chain_id = $10) END
        FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[], $5::text[], $6::text[], $7::boolean[],
            $8::boolean[]) AS a (id, nonce, hash, raw, fee, tip, is_cancel, is_given)
        """;

    // The transactions are locked first, as they are by whoever refuses one because no node has seen it: one of the two
    // waits, and then sees what the other did.
    private const string GiveManySql = """
        WITH standing AS (
            SELECT id, transaction_hash FROM transactions WHERE id = ANY ($1) AND status IN ('signed', 'broadcast',
                'unknown')
            ORDER BY nonce FOR UPDATE
        )
        UPDATE transaction_attempts AS a SET given_at = coalesce(a.given_at, $2),
            given_block = coalesce(a.given_block, (SELECT block_number FROM signing_heads WHERE chain_id = $3))
        FROM standing AS t WHERE a.transaction_id = t.id AND a.transaction_hash = t.transaction_hash
        RETURNING a.transaction_id, a.attempt, a.nonce, a.transaction_hash, a.raw, a.fee_per_gas_wei::text,
            a.priority_fee_per_gas_wei::text, a.is_cancel, a.signed_at, a.given_at, a.given_block, a.outcome
        """;

    private const string ListSql = """
        SELECT transaction_id, attempt, nonce, transaction_hash, raw, fee_per_gas_wei::text,
            priority_fee_per_gas_wei::text, is_cancel, signed_at, given_at, given_block, outcome
        FROM transaction_attempts WHERE transaction_id = $1 ORDER BY attempt DESC LIMIT 200
        """;

    private const string ListGivenSql = """
        SELECT transaction_id, attempt, nonce, transaction_hash, raw, fee_per_gas_wei::text,
            priority_fee_per_gas_wei::text, is_cancel, signed_at, given_at, given_block, outcome
        FROM transaction_attempts WHERE transaction_id = ANY ($1) AND given_at IS NOT NULL
        ORDER BY transaction_id, attempt DESC LIMIT 20000
        """;

    private const string AnsweredSql = """
        UPDATE transaction_attempts AS a SET outcome = o.outcome
        FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS o (id, hash, outcome)
        WHERE a.transaction_id = o.id AND a.transaction_hash = o.hash AND a.outcome IS DISTINCT FROM o.outcome
        """;

    /// <summary>Stores signed octets; those for which <paramref name="isGiven"/> says so are about to be given to a
    /// node.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="chain">The chain of all of them.</param>
    /// <param name="attempts">The signatures.</param>
    /// <param name="isGiven">Whether a node is about to see it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task AddManyAsync(
        Transaction transaction,
        ChainId chain,
        IReadOnlyList<TransactionAttempt> attempts,
        Predicate<TransactionAttempt> isGiven,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(attempts);
        ArgumentNullException.ThrowIfNull(isGiven);
        SqlValue[] values =
        [
            attempts.Select(it => it.TransactionId.Value).ToArray(),
            attempts.Select(it => it.Nonce!.Value).ToArray(),
            attempts.Select(it => it.Hash.Value.ToArray()).ToArray(),
            attempts.Select(it => it.Raw).ToArray(),
            attempts.Select(it => it.FeePerGas.ToString()).ToArray(),
            attempts.Select(it => it.PriorityFeePerGas.ToString()).ToArray(),
            attempts.Select(it => it.IsCancel).ToArray(),
            attempts.Select(it => isGiven(it)).ToArray(),
            transaction.Now,
            chain,
        ];
        return transaction.ExecuteAsync(AddManySql, values, cancellationToken);
    }

    /// <summary>Notes, before the call, that a node is about to see the newest octets of these transactions.</summary>
    /// <returns>The octets; none for a transaction that ended meanwhile, which must not be given to anyone.</returns>
    public static Task<List<TransactionAttempt>> GiveManyAsync(
        Transaction transaction,
        ChainId chain,
        IEnumerable<TransactionId> transactions,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        SqlValue[] values = [Ids(transactions), transaction.Now, chain];
        return transaction.ListAsync(GiveManySql, values, Read, cancellationToken);
    }

    /// <summary>The signatures made for a transaction, newest first.</summary>
    public static Task<List<TransactionAttempt>> ListAsync(
        Transaction transaction, TransactionId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ListSql, [id.Value], Read, cancellationToken);
    }

    /// <summary>The signatures of these transactions that a node may have, newest first.</summary>
    public static async Task<ILookup<TransactionId, TransactionAttempt>> ListGivenAsync(
        Transaction transaction, IEnumerable<TransactionId> transactions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        List<TransactionAttempt> given =
            await transaction.ListAsync(ListGivenSql, [Ids(transactions)], Read, cancellationToken);
        return given.ToLookup(attempt => attempt.TransactionId);
    }

    /// <summary>Notes what a node said to octets.</summary>
    public static Task AnsweredAsync(
        Transaction transaction,
        IReadOnlyList<(TransactionAttempt Attempt, string Outcome)> answers,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(answers);
        SqlValue[] values =
        [
            answers.Select(it => it.Attempt.TransactionId.Value).ToArray(),
            answers.Select(it => it.Attempt.Hash.Value.ToArray()).ToArray(),
            answers.Select(it => it.Outcome).ToArray(),
        ];
        return transaction.ExecuteAsync(AnsweredSql, values, cancellationToken);
    }

    private static Guid[] Ids(IEnumerable<TransactionId> transactions) => [.. transactions.Select(id => id.Value)];

    private static TransactionAttempt Read(Row row) => new(
        new TransactionId(row.Id(0)), row.Integer(1), row.BigintOrNull(2), new TransactionHash(row.Hash(3)),
        row.Bytes(4), row.Wei(5), row.Wei(6), row.Flag(7), row.Instant(8), row.InstantOrNull(9),
        row.BigintOrNull(10), row.TextOrNull(11));
}
