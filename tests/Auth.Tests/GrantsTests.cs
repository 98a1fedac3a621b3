using Npgsql;
using Souk.Auth.Tests.World;

namespace Souk.Auth.Tests;

/// <summary>What the database lets other rooms see of this one.</summary>
public sealed class GrantsTests(AuthRoom room) : IClassFixture<AuthRoom>
{
    [Theory]
    [InlineData("marketplace", "authorization_state")]
    [InlineData("signing", "authorization_state")]
    [InlineData("webhooks", "authorization_state")]
    [InlineData("jobs", "authorization_state")]
    [InlineData("marketplace", "linked_wallets")]
    public async Task Shows_other_rooms_what_they_must_check(string role, string view) =>
        Assert.IsType<long>(await AsAsync(role, $"SELECT count(*) FROM {view}"));

    [Theory]
    [InlineData("marketplace", "SELECT count(*) FROM users")]
    [InlineData("marketplace", "SELECT count(*) FROM wallets")]
    [InlineData("signing", "SELECT count(*) FROM linked_wallets")]
    [InlineData("webhooks", "SELECT count(*) FROM sessions")]
    [InlineData("jobs", "SELECT count(secret_hash) FROM refresh_tokens")]
    [InlineData("jobs", "SELECT user_id FROM sessions")]
    [InlineData("auth", "DELETE FROM users")]
    [InlineData("auth", "UPDATE refresh_tokens SET secret_hash = secret_hash")]
    public async Task Hides_the_rest_and_keeps_what_must_stay(string role, string sql)
    {
        PostgresException refusal = await Assert.ThrowsAsync<PostgresException>(() => AsAsync(role, sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task Lets_jobs_delete_an_old_session_and_all_that_is_of_it()
    {
        Visitor visitor = await room.SignInAsync();
        await room.AskAsync(visitor, WalletKeys.Next().Address);
        string session = $"(SELECT id FROM sessions WHERE user_id = '{visitor.UserId}')";
        object? id = await room.ExecuteAsync($"SELECT {session}");

        await AsAsync("jobs", $"DELETE FROM sessions WHERE id = '{id}'");

        Assert.Equal(0L, await room.ExecuteAsync($"SELECT count(*) FROM refresh_tokens WHERE session_id = '{id}'"));
        Assert.Equal(0L, await room.ExecuteAsync($"SELECT count(*) FROM wallet_challenges WHERE session_id = '{id}'"));
    }

    private Task<object?> AsAsync(string role, string sql) => room.ExecuteAsync($"SET ROLE {role}; {sql}");
}
