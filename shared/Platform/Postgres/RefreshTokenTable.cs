using Souk.Domain.Chain;
using Souk.Domain.Sessions;

namespace Souk.Platform.Postgres;

/// <summary>The table <c>refresh_tokens</c>, owned by Auth.</summary>
public static class RefreshTokenTable
{
    private const string AddSql = """
        INSERT INTO refresh_tokens (id, session_id, secret_hash, generation, issued_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """;

    private const string FindSql = """
        SELECT id, session_id, secret_hash, generation, issued_at, expires_at, used_at
        FROM refresh_tokens WHERE secret_hash = $1
        """;

    private const string UseSql = "UPDATE refresh_tokens SET used_at = $2 WHERE id = $1 AND used_at IS NULL";

    /// <summary>Adds a token.</summary>
    public static Task AddAsync(Transaction transaction, RefreshToken token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(token);
        return transaction.ExecuteAsync(
            AddSql,
            [
                token.Id.Value, token.SessionId.Value, token.SecretHash, token.Generation, token.IssuedAt,
                token.ExpiresAt,
            ],
            cancellationToken);
    }

    /// <summary>The token whose secret has this SHA-256; null when there is none.</summary>
    public static Task<RefreshToken?> FindAsync(
        Transaction transaction, Bytes32 secretHash, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(
            FindSql,
            [secretHash],
            row => new RefreshToken(
                new RefreshTokenId(row.Id(0)),
                new SessionId(row.Id(1)),
                row.Hash(2),
                row.Integer(3),
                row.Instant(4),
                row.Instant(5),
                row.InstantOrNull(6)),
            cancellationToken);
    }

    /// <summary>Marks a token as traded; the caller holds its session's lock.</summary>
    public static Task UseAsync(Transaction transaction, RefreshToken token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(token);
        return transaction.ExecuteAsync(UseSql, [token.Id.Value, token.UsedAt], cancellationToken);
    }
}
