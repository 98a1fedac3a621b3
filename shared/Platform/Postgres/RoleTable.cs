using Souk.Domain.Sessions;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>The table <c>user_roles</c>, owned by Auth.</summary>
public static class RoleTable
{
    private const string GrantSql = """
        INSERT INTO user_roles (user_id, role, granted_at)
        SELECT $1::uuid, role, $3::timestamptz FROM unnest($2::text[]) AS role ON CONFLICT DO NOTHING
        """;

    /// <summary>Gives a person those of the roles that they lack.</summary>
    /// <returns>How many of them were new; any for a person who had signed in before must raise the epoch.</returns>
    public static Task<int> GrantAsync(
        Transaction transaction, UserId user, IReadOnlyList<Role> roles, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        string[] names = [.. roles.Select(WireText.Of)];
        return transaction.ExecuteAsync(GrantSql, [user.Value, names, transaction.Now], cancellationToken);
    }
}
