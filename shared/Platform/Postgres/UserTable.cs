using Souk.Domain.Sessions;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>A person, and what they may do.</summary>
/// <param name="Id">Who.</param>
/// <param name="FirebaseUid">Firebase's id of them.</param>
/// <param name="Epoch">Rises with every change of their rights; access tokens of an older one no longer count.</param>
/// <param name="CreatedAt">When they first signed in.</param>
/// <param name="Roles">Their roles, in the order of the wire names.</param>
public sealed record User(
    UserId Id, string FirebaseUid, long Epoch, DateTimeOffset CreatedAt, IReadOnlyList<Role> Roles);

/// <summary>The table <c>users</c>, owned by Auth.</summary>
public static class UserTable
{
    private const string AddSql = """
        INSERT INTO users (id, firebase_uid, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
        """;

    private const string LockSql = "SELECT id FROM users WHERE firebase_uid = $1 FOR UPDATE";

    private const string FindSql = """
        SELECT u.id, u.firebase_uid, u.epoch, u.created_at,
            ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id ORDER BY r.role)
        FROM users u WHERE u.id = $1
        """;

    private const string RaiseEpochSql = "UPDATE users SET epoch = epoch + 1 WHERE id = $1";

    /// <summary>Locks the person whom Firebase knows by this id; adds them if they are new.</summary>
    /// <returns>Who they are, and whether they are new.</returns>
    /// <remarks>Of two first sign-ins at once the second waits for the first and finds its row.</remarks>
    public static async Task<(UserId Id, bool IsNew)> EnsureAsync(
        Transaction transaction, string firebaseUid, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        int added = await transaction.ExecuteAsync(
            AddSql, [transaction.NewId(), firebaseUid, transaction.Now], cancellationToken);
        Guid? id = await transaction.FindValueAsync(LockSql, [firebaseUid], row => row.Id(0), cancellationToken);
        return (new UserId(id!.Value), added == 1);
    }

    /// <summary>The person; null when there is none of this id.</summary>
    public static Task<User?> FindAsync(Transaction transaction, UserId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(
            FindSql,
            [id.Value],
            row => new User(
                new UserId(row.Id(0)),
                row.Text(1),
                row.Bigint(2),
                row.Instant(3),
                [.. row.Texts(4).Select(WireText.Parse<Role>)]),
            cancellationToken);
    }

    /// <summary>Ends the validity of every access token issued to the person before this commit.</summary>
    public static Task RaiseEpochAsync(Transaction transaction, UserId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(RaiseEpochSql, [id.Value], cancellationToken);
    }
}
