using Souk.Domain.Sessions;

namespace Souk.Domain.Tests.Sessions;

public sealed class RoleScopesTests
{
    [Theory]
    [InlineData("", TokenAudience.User, "account:manage")]
    [InlineData("", TokenAudience.Admin, "account:manage")]
    [InlineData("Trader", TokenAudience.User, "account:manage market:trade")]
    [InlineData("Trader", TokenAudience.Admin, "account:manage")]
    [InlineData("Support", TokenAudience.Admin, "account:manage ops:read signing:read")]
    [InlineData("Admin", TokenAudience.Admin,
        "account:manage market:admin ops:read ops:write signing:approve signing:read")]
    [InlineData("Operator", TokenAudience.Admin,
        "account:manage events:publish ops:read ops:write signing:approve signing:read signing:request")]
    [InlineData("Admin Operator Trader Support", TokenAudience.User, "account:manage market:trade")]
    public void Gives_a_role_its_scopes_behind_its_own_door(string roles, TokenAudience audience, string scopes)
    {
        Role[] parsed = [.. roles.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<Role>)];

        Assert.Equal(scopes, string.Join(' ', RoleScopes.For(parsed, audience)));
    }

    [Fact]
    public void Can_give_every_scope_there_is()
    {
        Role[] roles = Enum.GetValues<Role>();

        IEnumerable<string> given =
            RoleScopes.For(roles, TokenAudience.User).Concat(RoleScopes.For(roles, TokenAudience.Admin));

        Assert.Equal(RoleScopes.All, given.Distinct().Order(StringComparer.Ordinal));
    }
}
