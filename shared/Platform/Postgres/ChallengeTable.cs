using Souk.Domain.Sessions;

namespace Souk.Platform.Postgres;

/// <summary>The table <c>wallet_challenges</c>, owned by Auth.</summary>
public static class ChallengeTable
{
    private const string AddSql = """
        INSERT INTO wallet_challenges (id, session_id, user_id, address, domain, uri, chain_id, nonce, issued_at,
            expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string FindSql = """
        SELECT id, session_id, user_id, address, domain, uri, chain_id, nonce, issued_at, expires_at, consumed_at
        FROM wallet_challenges WHERE id = $1
        """;

    private const string ConsumeSql = """
        UPDATE wallet_challenges SET consumed_at = $2 WHERE id = $1 AND consumed_at IS NULL
        """;

    /// <summary>Adds a challenge.</summary>
    public static Task AddAsync(
        Transaction transaction, WalletChallenge challenge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(challenge);
        return transaction.ExecuteAsync(
            AddSql,
            [
                challenge.Id.Value, challenge.SessionId.Value, challenge.UserId.Value, challenge.Wallet,
                challenge.Domain, challenge.Uri.OriginalString, challenge.ChainId, challenge.Nonce, challenge.IssuedAt,
                challenge.ExpiresAt,
            ],
            cancellationToken);
    }

    /// <summary>The challenge; null when there is none of this id.</summary>
    public static Task<WalletChallenge?> FindAsync(
        Transaction transaction, ChallengeId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(
            FindSql,
            [id.Value],
            row => new WalletChallenge(
                new ChallengeId(row.Id(0)),
                new SessionId(row.Id(1)),
                new UserId(row.Id(2)),
                row.Address(3),
                row.Text(4),
                new Uri(row.Text(5), UriKind.Absolute),
                row.ChainId(6),
                row.Text(7),
                row.Instant(8),
                row.Instant(9),
                row.InstantOrNull(10)),
            cancellationToken);
    }

    /// <summary>Uses a challenge up; of two at once only one does.</summary>
    /// <returns>False when it was used up before.</returns>
    public static async Task<bool> ConsumeAsync(
        Transaction transaction, WalletChallenge consumed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(consumed);
        return await transaction.ExecuteAsync(
            ConsumeSql, [consumed.Id.Value, consumed.ConsumedAt], cancellationToken) == 1;
    }
}
