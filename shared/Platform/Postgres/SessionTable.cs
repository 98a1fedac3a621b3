using Souk.Domain.Sessions;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>The table <c>sessions</c>, owned by Auth.</summary>
public static class SessionTable
{
    private const string AddSql = """
        INSERT INTO sessions (id, user_id, audience, generation, rotated_at, authenticated_at, expires_at, created_at,
            checked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        """;

    private const string FindSql = """
        SELECT id, user_id, audience, authenticated_at, expires_at, generation, rotated_at, reason, checked_at
        FROM sessions WHERE id = $1
        """;

    private const string LockSql = """
        SELECT id, user_id, audience, authenticated_at, expires_at, generation, rotated_at, reason
        FROM sessions WHERE id = $1 FOR UPDATE
        """;

    private const string RaiseSql = """
        UPDATE sessions SET generation = $2, rotated_at = $3, checked_at = greatest(checked_at, $4)
        WHERE id = $1 AND revoked_at IS NULL
        """;

    private const string RevokeSql = """
        UPDATE sessions SET revoked_at = $2, reason = $3 WHERE id = $1 AND revoked_at IS NULL
        """;

    /// <summary>Adds a session whose person Firebase stands by now.</summary>
    public static Task AddAsync(Transaction transaction, Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(session);
        return transaction.ExecuteAsync(
            AddSql,
            [
                session.Id.Value, session.UserId.Value, WireText.Of(session.Audience), session.Generation,
                session.RotatedAt, session.StartedAt, session.EndsAt, transaction.Now,
            ],
            cancellationToken);
    }

    /// <summary>The session, and when Firebase last stood by its person; null when there is none of this id.</summary>
    public static Task<(Session Session, DateTimeOffset CheckedAt)?> FindAsync(
        Transaction transaction, SessionId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindValueAsync(
            FindSql, [id.Value], row => (Read(row), row.Instant(8)), cancellationToken);
    }

    /// <summary>The session, locked until the commit; null when there is none of this id.</summary>
    public static Task<Session?> LockAsync(
        Transaction transaction, SessionId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(LockSql, [id.Value], Read, cancellationToken);
    }

    /// <summary>Stores the generation a locked session has risen to, and when Firebase last stood by it.</summary>
    public static Task RaiseAsync(
        Transaction transaction, Session session, DateTimeOffset checkedAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(session);
        return transaction.ExecuteAsync(
            RaiseSql, [session.Id.Value, session.Generation, session.RotatedAt, checkedAt], cancellationToken);
    }

    /// <summary>Ends a session for a reason; one that has ended keeps its own.</summary>
    /// <returns>Whether it was this that ended it.</returns>
    public static async Task<bool> RevokeAsync(
        Transaction transaction, SessionId id, SessionEnd reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        int rows = await transaction.ExecuteAsync(
            RevokeSql, [id.Value, transaction.Now, WireText.Of(reason)], cancellationToken);
        return rows == 1;
    }

    private static Session Read(Row row) => new(
        new SessionId(row.Id(0)),
        new UserId(row.Id(1)),
        WireText.Parse<TokenAudience>(row.Text(2)),
        row.Instant(3),
        row.Instant(4),
        row.Integer(5),
        row.Instant(6),
        row.IsNull(7) ? null : WireText.Parse<SessionEnd>(row.Text(7)));
}
