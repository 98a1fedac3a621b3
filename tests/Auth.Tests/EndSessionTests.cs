using Souk.Auth.Tests.World;
using Souk.Local.Servers;

namespace Souk.Auth.Tests;

public sealed class EndSessionTests(AuthWorld world, AuthRoom room) : IClassFixture<AuthRoom>
{
    private const string Path = "/v1/sessions/current";

    [Fact]
    public async Task Binds_at_the_next_call_even_where_it_was_cached_that_the_session_stood()
    {
        Visitor visitor = await room.SignInAsync();
        int other = await room.StartInstanceAsync();
        Assert.Equal(200, (await room.GetAsync("/v1/me", visitor.AccessToken)).Status);
        Assert.Equal(200, (await room.GetAsync("/v1/me", visitor.AccessToken, other)).Status);

        Answer answer = await room.DeleteAsync(Path, visitor.AccessToken);

        Assert.Equal(204, answer.Status);
        Assert.Equal("session_revoked", (await room.GetAsync("/v1/me", visitor.AccessToken)).Code);
        Assert.Equal("session_revoked", (await room.GetAsync("/v1/me", visitor.AccessToken, other)).Code);
        Assert.Equal("session_revoked", (await room.RefreshAsync(visitor.RefreshToken)).Code);
    }

    [Fact]
    public async Task Takes_the_cookie_away()
    {
        Visitor visitor = await room.SignInAsync();

        Answer answer = await room.DeleteAsync(Path, visitor.AccessToken);

        Assert.StartsWith(
            "__Host-souk-refresh=; expires=Thu, 01 Jan 1970", answer.SetCookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaves_the_persons_other_sessions_alone()
    {
        Visitor phone = await room.SignInAsync("two-devices");
        Visitor desk = await room.SignInAsync("two-devices");

        await room.DeleteAsync(Path, phone.AccessToken);

        Assert.Equal(200, (await room.GetAsync("/v1/me", desk.AccessToken)).Status);
        Assert.Equal(200, (await room.RefreshAsync(desk.RefreshToken)).Status);
    }

    [Fact]
    public async Task Signs_an_administrator_out_behind_their_own_door()
    {
        Visitor boss = await room.SignInAsync(AuthRoom.Administrator, "admin");

        Assert.Equal("forbidden", (await room.DeleteAsync(Path, boss.AccessToken)).Code);
        Assert.Equal(204, (await room.DeleteAsync("/v1/admin/sessions/current", boss.AccessToken)).Status);
        Assert.Equal("session_revoked", (await room.GetAsync("/v1/admin/me", boss.AccessToken)).Code);
    }

    [Fact]
    public async Task Binds_through_postgresql_while_redis_is_down()
    {
        using RespServer redis = RespServer.Start("auth");
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world) { Redis = redis });
        redis.Stop();
        Visitor visitor = await own.SignInAsync();
        Assert.Equal(200, (await own.GetAsync("/v1/me", visitor.AccessToken)).Status);

        Assert.Equal(204, (await own.DeleteAsync(Path, visitor.AccessToken)).Status);

        Assert.Equal("session_revoked", (await own.GetAsync("/v1/me", visitor.AccessToken)).Code);
    }

    [Fact]
    public async Task Limits_tries_more_strictly_while_redis_is_down()
    {
        using RespServer redis = RespServer.Start("auth");
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world)
        {
            Redis = redis,
            Settings = new() { ["Auth:SignInsPerUser"] = "8" },
        });
        redis.Stop();
        string token = own.Firebase.MintIdToken("hasty");

        Answer[] answers = [await own.TradeAsync(token), await own.TradeAsync(token), await own.TradeAsync(token)];

        Assert.Equal([201, 201, 429], answers.Select(answer => answer.Status));
    }

    [Fact]
    public async Task Lets_nobody_in_while_postgresql_and_redis_are_down()
    {
        using RespServer redis = RespServer.Start("auth");
        LocalPostgres postgres = await AuthWorld.StartPostgresAsync(TestContext.Current.CancellationToken);
        await using AuthRoom own = await AuthRoom.StartAsync(
            new AuthRoom(world, TimeProvider.System) { Redis = redis, Postgres = postgres });
        Visitor visitor = await own.SignInAsync();
        redis.Stop();
        await postgres.DisposeAsync();

        Answer me = await own.GetAsync("/v1/me", visitor.AccessToken);
        Answer again = await own.TradeAsync(own.Firebase.MintIdToken("late"));

        Assert.Equal((503, "upstream_unavailable"), (me.Status, me.Code));
        Assert.Equal((503, "upstream_unavailable"), (again.Status, again.Code));
    }
}
