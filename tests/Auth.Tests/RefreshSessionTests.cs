using Souk.Auth.Tests.World;

namespace Souk.Auth.Tests;

public sealed class RefreshSessionTests(AuthWorld world, AuthRoom room) : IClassFixture<AuthRoom>
{
    private const string Path = "/v1/sessions/refresh";

    [Fact]
    public async Task Trades_a_token_for_a_new_pair_of_the_same_session()
    {
        Visitor visitor = await room.SignInAsync();

        Answer answer = await room.RefreshAsync(visitor.RefreshToken);

        Assert.Equal(200, answer.Status);
        Assert.NotEqual(visitor.RefreshToken, answer.Text("refreshToken"));
        Assert.Equal(200, (await room.GetAsync("/v1/me", answer.Text("accessToken"))).Status);
        Assert.Equal(visitor.UserId, answer.Body!["user"]!["id"]!.ToString());
    }

    [Fact]
    public async Task Trades_the_cookie_for_the_next_cookie()
    {
        string idToken = room.Firebase.MintIdToken("cookie-monster");
        Answer first = await room.PostAsync("/v1/sessions", $$"""{"idToken":"{{idToken}}","cookie":true}""");

        Answer second = await room.SendAsync(HttpMethod.Post, Path, "{}", cookie: first.SetCookie!.Split(';')[0]);

        Assert.Equal(200, second.Status);
        Assert.Null(second.Body!["refreshToken"]);
        Assert.StartsWith("__Host-souk-refresh=", second.SetCookie, StringComparison.Ordinal);
        Assert.NotEqual(first.SetCookie, second.SetCookie);
    }

    [Fact]
    public async Task Answers_again_when_the_answer_was_lost()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        Visitor visitor = await own.SignInAsync();
        await own.RefreshAsync(visitor.RefreshToken);
        own.Clock.Advance(TimeSpan.FromSeconds(29));

        Answer again = await own.RefreshAsync(visitor.RefreshToken);

        Assert.Equal(200, again.Status);
        Assert.Equal(200, (await own.RefreshAsync(again.Text("refreshToken"))).Status);
    }

    [Fact]
    public async Task Ends_the_session_for_all_when_an_old_token_comes_again()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        Visitor visitor = await own.SignInAsync();
        Answer next = await own.RefreshAsync(visitor.RefreshToken);
        own.Clock.Advance(TimeSpan.FromSeconds(30));

        Answer copy = await own.RefreshAsync(visitor.RefreshToken);

        Assert.Equal((401, "session_revoked"), (copy.Status, copy.Code));
        Assert.Equal("session_revoked", (await own.RefreshAsync(next.Text("refreshToken"))).Code);
        Assert.Equal("session_revoked", (await own.GetAsync("/v1/me", next.Text("accessToken"))).Code);
        Assert.Equal(
            "token_reused",
            await own.ExecuteAsync("SELECT reason FROM sessions WHERE revoked_at IS NOT NULL"));
    }

    [Fact]
    public async Task Ends_the_session_at_once_when_the_next_token_was_traded_already()
    {
        Visitor visitor = await room.SignInAsync();
        Answer second = await room.RefreshAsync(visitor.RefreshToken);
        Answer third = await room.RefreshAsync(second.Text("refreshToken"));

        Answer copy = await room.RefreshAsync(visitor.RefreshToken);

        Assert.Equal("session_revoked", copy.Code);
        Assert.Equal("session_revoked", (await room.GetAsync("/v1/me", third.Text("accessToken"))).Code);
    }

    [Fact]
    public async Task Lets_several_windows_ask_at_once()
    {
        Visitor visitor = await room.SignInAsync();

        Answer[] answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => room.RefreshAsync(visitor.RefreshToken)));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(8, answers.Select(answer => answer.Text("refreshToken")).Distinct().Count());
        Assert.Equal(200, (await room.RefreshAsync(answers[0].Text("refreshToken"))).Status);
    }

    [Fact]
    public async Task Costs_nobody_their_session_while_vault_cannot_sign()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world, TimeProvider.System));
        Visitor visitor = await own.SignInAsync();
        own.Vault.Seal();
        Answer refused = await own.RefreshAsync(visitor.RefreshToken);
        own.Vault.Unseal();

        Answer answer = await own.RefreshAsync(visitor.RefreshToken);

        Assert.Equal((503, "upstream_unavailable"), (refused.Status, refused.Code));
        Assert.Equal(200, answer.Status);
        Assert.Equal(2, await own.ExecuteAsync("SELECT max(generation) FROM sessions"));
    }

    [Fact]
    public async Task Ends_the_session_of_who_was_disabled_at_firebase_within_the_hour()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        Visitor visitor = await own.SignInAsync();
        own.Firebase.DisableUser(visitor.Uid);
        own.Clock.Advance(TimeSpan.FromMinutes(59));
        Answer before = await own.RefreshAsync(visitor.RefreshToken);
        own.Clock.Advance(TimeSpan.FromMinutes(1));

        Answer after = await own.RefreshAsync(before.Text("refreshToken"));

        Assert.Equal(200, before.Status);
        Assert.Equal((401, "session_revoked"), (after.Status, after.Code));
        Assert.Equal("session_revoked", (await own.GetAsync("/v1/me", before.Text("accessToken"))).Code);
    }

    [Fact]
    public async Task Asks_firebase_no_more_than_once_an_hour()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        Visitor visitor = await own.SignInAsync();
        own.Clock.Advance(TimeSpan.FromMinutes(61));
        int before = Lookups(own);

        Answer first = await own.RefreshAsync(visitor.RefreshToken);
        Answer second = await own.RefreshAsync(first.Text("refreshToken"));

        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal(before + 1, Lookups(own));
    }

    [Fact]
    public async Task Refuses_a_session_that_was_idle_too_long_or_lasted_too_long()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        Visitor idle = await own.SignInAsync();
        Visitor boss = await own.SignInAsync(AuthRoom.Administrator, "admin");
        own.Clock.Advance(TimeSpan.FromHours(1));
        Answer bossAfterAnHour = await own.RefreshAsync(boss.RefreshToken);
        own.Clock.Advance(TimeSpan.FromDays(14));

        Answer idleAfterAFortnight = await own.RefreshAsync(idle.RefreshToken);

        Assert.Equal((401, "unauthenticated"), (bossAfterAnHour.Status, bossAfterAnHour.Code));
        Assert.Equal((401, "unauthenticated"), (idleAfterAFortnight.Status, idleAfterAFortnight.Code));
    }

    [Fact]
    public async Task Carries_the_rights_of_the_moment()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        Visitor visitor = await own.SignInAsync();
        await own.ExecuteAsync($"""
            DELETE FROM user_roles WHERE user_id = '{visitor.UserId}';
            UPDATE users SET epoch = epoch + 1 WHERE id = '{visitor.UserId}'
            """);

        Answer answer = await own.RefreshAsync(visitor.RefreshToken);

        Assert.Equal("session_revoked", (await own.GetAsync("/v1/me", visitor.AccessToken)).Code);
        Answer me = await own.GetAsync("/v1/me", answer.Text("accessToken"));
        Assert.Equal("""["account:manage"]""", me.Body!["scopes"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"refreshToken":null}""")]
    [InlineData("""{"refreshToken":"short"}""")]
    [InlineData("""{"refreshToken":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    public async Task Refuses_a_token_that_it_never_gave(string json)
    {
        Answer answer = await room.PostAsync(Path, json);

        Assert.Equal((401, "unauthenticated"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Names_the_field_that_is_malformed()
    {
        Answer answer = await room.PostAsync(Path, """{"refreshToken":5}""");

        Assert.Equal((400, "invalid_request", "$.refreshToken"), (answer.Status, answer.Code, answer.Field));
    }

    private static int Lookups(AuthRoom own) =>
        own.Firebase.Calls.Count(call => call.Path.EndsWith("accounts:lookup", StringComparison.Ordinal));
}
