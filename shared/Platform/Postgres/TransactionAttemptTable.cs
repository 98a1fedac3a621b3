using Souk.Domain.Chain;
using Souk.Domain.Signing;

namespace Souk.Platform.Postgres;

/// <summary>One signature made for a transaction: the octets that are broadcast, always the same.</summary>
/// <param name="TransactionId">For which transaction.</param>
/// <param name="Number">1 for the first; a later one has the same nonce and a higher fee.</param>
/// <param name="Hash">The hash that the chain knows these octets by.</param>
/// <param name="Raw">The octets.</param>
/// <param name="FeePerGas">The most a unit of gas may cost.</param>
/// <param name="PriorityFeePerGas">The tip a unit of gas carries.</param>
/// <param name="GivenAt">When they were first about to be given to a node; null: no node can have them.</param>
public sealed record TransactionAttempt(
    TransactionId TransactionId,
    int Number,
    TransactionHash Hash,
    byte[] Raw,
    Wei FeePerGas,
    Wei PriorityFeePerGas,
    DateTimeOffset? GivenAt)
{
    /// <summary>The hash alone: the octets are a signature.</summary>
    public override string ToString() => $"[attempt {Number} {Hash}]";
}

/// <summary>Owner of <c>transaction_attempts</c>: signed octets, stored before any node sees them.</summary>
public static class TransactionAttemptTable
{
    private const string AddSql = """
        INSERT INTO transaction_attempts (transaction_id, attempt, transaction_hash, raw, fee_per_gas_wei,
            priority_fee_per_gas_wei, signed_at)
        VALUES ($1, $2, $3, $4, $5::numeric, $6::numeric, $7)
        """;

    private const string ListSql = """
        SELECT transaction_id, attempt, transaction_hash, raw, fee_per_gas_wei::text, priority_fee_per_gas_wei::text,
            given_at
        FROM transaction_attempts WHERE transaction_id = $1 ORDER BY attempt DESC LIMIT 100
        """;

    private const string GiveSql = """
        UPDATE transaction_attempts SET given_at = $3 WHERE transaction_id = $1 AND attempt = $2 AND given_at IS NULL
        """;

    /// <summary>Stores signed octets.</summary>
    public static Task AddAsync(
        Transaction transaction, TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(attempt);
        return transaction.ExecuteAsync(
            AddSql,
            [
                attempt.TransactionId.Value, attempt.Number, attempt.Hash, attempt.Raw, attempt.FeePerGas,
                attempt.PriorityFeePerGas, transaction.Now,
            ],
            cancellationToken);
    }

    /// <summary>The signatures made for a transaction, newest first.</summary>
    public static Task<List<TransactionAttempt>> ListAsync(
        Transaction transaction, TransactionId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ListSql, [id.Value], Read, cancellationToken);
    }

    /// <summary>Notes, before the call, that a node is about to see the octets.</summary>
    public static Task GiveAsync(
        Transaction transaction, TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(attempt);
        return transaction.ExecuteAsync(
            GiveSql, [attempt.TransactionId.Value, attempt.Number, transaction.Now], cancellationToken);
    }

    private static TransactionAttempt Read(Row row) => new(
        new TransactionId(row.Id(0)), row.Integer(1), new TransactionHash(row.Hash(2)), row.Bytes(3), row.Wei(4),
        row.Wei(5), row.InstantOrNull(6));
}
