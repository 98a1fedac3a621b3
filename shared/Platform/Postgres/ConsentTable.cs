using System.Diagnostics;
using Souk.Domain.Chain;
using Souk.Domain.Consents;
using Souk.Domain.Failures;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>Owner of <c>consents</c>: what people were asked to let their embedded wallets do.</summary>
public static class ConsentTable
{
    private const string WalletSql =
        "SELECT email_ciphertext FROM consenting_wallets WHERE user_id = $1 AND address = $2";

    private const string AddSql = """
        INSERT INTO consents (id, user_id, chain_id, wallet, contract, data, value_wei, description, status, asked_at,
            expires_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::numeric, $8, $9, $10, $11, $10)
        """;

    private const string FindOwnSql = """
        SELECT id, user_id, chain_id, wallet, contract, data, value_wei::text, description, asked_at, expires_at,
            status, reason, transaction_id, transaction_hash
        FROM consents WHERE id = $1 AND user_id = $2
        """;

    private const string LockSql = """
        SELECT id, user_id, chain_id, wallet, contract, data, value_wei::text, description, asked_at, expires_at,
            status, reason, transaction_id, transaction_hash
        FROM consents WHERE id = $1 FOR UPDATE
        """;

    private const string ListOpenSql = """
        SELECT id, user_id, chain_id, wallet, contract, data, value_wei::text, description, asked_at, expires_at,
            status, reason, transaction_id, transaction_hash
        FROM consents WHERE status = 'submitted' OR (status = 'asked' AND expires_at < $1)
        ORDER BY updated_at LIMIT $2
        """;

    private const string MoveSql = """
        UPDATE consents SET status = $3, reason = $4, transaction_id = $5, transaction_hash = $6, updated_at = $7
        WHERE id = $1 AND status = $2
        """;

    // Whoever was looked at goes to the end of the line, so that those who wait long do not keep the others waiting.
    private const string TouchSql = "UPDATE consents SET updated_at = $2 WHERE id = $1";

    /// <summary>The e-mail that a person's embedded wallet goes by, as Vault encrypted it for that address.</summary>
    /// <returns>Null when the wallet is not theirs, or not an embedded one.</returns>
    public static Task<string?> FindEmailAsync(
        Transaction transaction, Guid user, Address wallet, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(WalletSql, [user, wallet], row => row.Text(0), cancellationToken);
    }

    /// <summary>Adds what a person is asked.</summary>
    public static Task AddAsync(Transaction transaction, Consent asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(asked);
        return transaction.ExecuteAsync(
            AddSql,
            [
                asked.Id.Value, asked.UserId, asked.ChainId, asked.Wallet, asked.Contract, asked.Data, asked.Value,
                asked.Description, WireText.Of(asked.Status), asked.AskedAt, asked.ExpiresAt,
            ],
            cancellationToken);
    }

    /// <summary>A person's own.</summary>
    /// <exception cref="FailureException"><c>not_found</c>: there is none, or it is another's.</exception>
    public static async Task<Consent> GetOwnAsync(
        Transaction transaction, ConsentId id, Guid user, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindAsync(FindOwnSql, [id.Value, user], Read, cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "There is no such consent.");
    }

    /// <summary>One that is known to be there, locked until the transaction ends.</summary>
    public static async Task<Consent> LockAsync(
        Transaction transaction, ConsentId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return (await transaction.FindAsync(LockSql, [id.Value], Read, cancellationToken))!;
    }

    /// <summary>Those that the schedule looks at, the longest unseen first: consented to, or past their end.</summary>
    public static Task<List<Consent>> ListOpenAsync(
        Transaction transaction, int countMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ListOpenSql, [transaction.Now, countMax], Read, cancellationToken);
    }

    /// <summary>Notes that one was looked at.</summary>
    public static Task TouchAsync(Transaction transaction, ConsentId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(TouchSql, [id.Value, transaction.Now], cancellationToken);
    }

    /// <summary>Moves one from where it stood.</summary>
    /// <exception cref="FailureException"><c>conflict</c>: it moved meanwhile.</exception>
    /// <exception cref="UnreachableException">The move is none of the lifecycle's: a defect of ours.</exception>
    public static async Task MoveAsync(
        Transaction transaction, Consent from, Consent to, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (!ConsentLifecycle.CanMove(from.Status, to.Status))
            throw new UnreachableException($"A consent cannot move from {from.Status} to {to.Status}.");
        int rows = await transaction.ExecuteAsync(
            MoveSql,
            [
                from.Id.Value, WireText.Of(from.Status), WireText.Of(to.Status), to.Reason, to.TransactionId, to.Hash,
                transaction.Now,
            ],
            cancellationToken);
        if (rows != 1)
            throw new FailureException(FailureCode.Conflict, "The consent moved meanwhile.");
    }

    private static Consent Read(Row row) => new(
        new ConsentId(row.Id(0)), row.Id(1), row.ChainId(2), row.Address(3), row.Address(4), row.Bytes(5), row.Wei(6),
        row.Text(7), row.Instant(8), row.Instant(9))
    {
        Status = WireText.Parse<ConsentStatus>(row.Text(10)),
        Reason = row.TextOrNull(11),
        TransactionId = row.IdOrNull(12),
        Hash = row.HashOrNull(13) is { } hash ? new TransactionHash(hash) : null,
    };
}
