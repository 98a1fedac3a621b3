using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Souk.Domain.Sessions;
using Souk.Harness;
using Souk.Local.Outside;
using Souk.Platform.Hosting;
using Souk.Platform.Http;
using Souk.Platform.Redis;
using Souk.Platform.Tests.Hosting;
using StackExchange.Redis;
using Role = Souk.Domain.Sessions.Role;

namespace Souk.Platform.Tests.Redis;

public sealed class AuthorizationStateTests(EdgeApp edge, SharedWorld shared) : IClassFixture<EdgeApp>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Caches_an_answer_for_at_most_four_seconds()
    {
        TestPerson trader = await SignInAsync(edge.App);
        await trader.Api.GetAsync("v1/mine", Token);

        World world = await shared.GetAsync();
        await using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync(
            $"{world.Redis.Endpoint},user=marketplace,password={world.Redis.Password("marketplace")}");
        TimeSpan? left = await redis.GetDatabase().KeyTimeToLiveAsync($"authorization:{trader.SessionId}");

        Assert.InRange(left!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Refuses_a_revoked_session_as_soon_as_its_cached_answer_is_forgotten()
    {
        TestPerson trader = await SignInAsync(edge.App);
        Assert.Equal(200, (await trader.Api.GetAsync("v1/mine", Token)).Status);

        await RevokeAsync(edge.App, trader);
        await edge.Get<AuthorizationState>().ForgetAsync(trader.SessionId, Token);
        ApiAnswer answer = await trader.Api.GetAsync("v1/mine", Token);

        Assert.Equal((401, "session_revoked"), (answer.Status, answer.Code));
        Assert.Equal(401, (await trader.Api.GetAsync("v1/mine", Token)).Status);
    }

    [Fact]
    public async Task Takes_a_token_of_a_newer_epoch_at_once_and_then_none_of_the_older()
    {
        TestPerson trader = await SignInAsync(edge.App);
        Assert.Equal(200, (await trader.Api.GetAsync("v1/mine", Token)).Status);

        await edge.App.Database.ExecuteAsync("UPDATE users SET epoch = 2 WHERE id = $1", Token, trader.UserId);
        string newer = await edge.App.SignTokenAsync(
            edge.App.Claims(
                trader.UserId, trader.SessionId, TokenAudience.User, [Role.Trader], DateTimeOffset.UtcNow) with
            {
                Epoch = 2,
            },
            Token);

        Assert.Equal(200, (await edge.App.As(newer).GetAsync("v1/mine", Token)).Status);
        ApiAnswer older = await trader.Api.GetAsync("v1/mine", Token);
        Assert.Equal((401, "session_revoked"), (older.Status, older.Code));
    }

    [Fact]
    public async Task Asks_PostgreSQL_every_time_when_Redis_is_down()
    {
        await using FunctionApp<EdgeFunction> app = await StartAsync(new() { ["Redis:Endpoint"] = "127.0.0.1:9" });
        TestPerson trader = await SignInAsync(app);

        Assert.Equal(200, (await trader.Api.GetAsync("v1/mine", Token)).Status);
        await RevokeAsync(app, trader);
        Assert.Equal(401, (await trader.Api.GetAsync("v1/mine", Token)).Status);
    }

    [Fact]
    public async Task Lets_nobody_in_when_both_are_down()
    {
        await using FunctionApp<EdgeFunction> app = await StartAsync(
            new() { ["Redis:Endpoint"] = "127.0.0.1:9", ["Postgres:Host"] = "/nowhere" });
        TestPerson trader = await SignInAsync(app);

        ApiAnswer answer = await trader.Api.GetAsync("v1/mine", Token);

        Assert.Equal((503, "upstream_unavailable"), (answer.Status, answer.Code));
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Asks_PostgreSQL_every_time_in_a_room_without_a_cache()
    {
        await using FunctionApp<UncachedFunction> app = await StartAsync<UncachedFunction>([]);
        TestPerson trader = await SignInAsync(app);

        Assert.Equal(204, (await trader.Api.GetAsync("v1/mine", Token)).Status);
        await RevokeAsync(app, trader);
        ApiAnswer answer = await trader.Api.GetAsync("v1/mine", Token);
        Assert.Equal((401, "session_revoked"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Lets_nobody_in_when_PostgreSQL_is_down_in_a_room_without_a_cache()
    {
        await using FunctionApp<UncachedFunction> app = await StartAsync<UncachedFunction>(
            new() { ["Postgres:Host"] = "/nowhere" });
        TestPerson trader = await SignInAsync(app);

        ApiAnswer answer = await trader.Api.GetAsync("v1/mine", Token);

        Assert.Equal((503, "upstream_unavailable"), (answer.Status, answer.Code));
    }

    private static Task<TestPerson> SignInAsync<TFunction>(FunctionApp<TFunction> app)
        where TFunction : IFunction => app.SignInAsync(TokenAudience.User, Token, Role.Trader);

    private static Task RevokeAsync<TFunction>(FunctionApp<TFunction> app, TestPerson person)
        where TFunction : IFunction => app.Database.ExecuteAsync(
        "UPDATE sessions SET revoked_at = now(), reason = 'revoked' WHERE id = $1", Token, person.SessionId);

    private Task<FunctionApp<EdgeFunction>> StartAsync(Dictionary<string, string?> settings) =>
        StartAsync<EdgeFunction>(settings);

    private async Task<FunctionApp<TFunction>> StartAsync<TFunction>(Dictionary<string, string?> settings)
        where TFunction : IFunction => await FunctionApp.StartAsync<TFunction>(
        await shared.GetAsync(), new FunctionAppOptions { Settings = settings }, Token);

    /// <summary>A room that has no Redis login, as jobs and webhooks have none.</summary>
    private sealed class UncachedFunction : IFunction
    {
        public static string Name => "webhooks";

        public static void Configure(FunctionBuilder builder) => builder.UsePostgres().UseAccessTokens();

        public static void Map(IEndpointRouteBuilder routes) =>
            routes.MapGet("/v1/mine", () => TypedResults.NoContent()).RequireScope(RoleScopes.MarketTrade);
    }
}
