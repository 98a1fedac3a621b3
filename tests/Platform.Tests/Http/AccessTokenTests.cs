using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Souk.Domain.Sessions;
using Souk.Harness;
using Souk.Local.Outside;
using Souk.Platform.Http;
using Souk.Platform.Tests.Hosting;

namespace Souk.Platform.Tests.Http;

public sealed class AccessTokenTests(EdgeApp edge, SharedWorld world) : IClassFixture<EdgeApp>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Knows_the_caller_by_a_token_and_the_scopes_in_it()
    {
        TestPerson trader = await edge.App.SignInAsync(TokenAudience.User, Token, Role.Trader);

        ApiAnswer answer = await trader.Api.GetAsync("v1/mine", Token);

        Assert.Equal(200, answer.Status);
        Assert.Equal(trader.UserId, answer.Json.GetProperty("user").GetGuid());
        Assert.Contains(
            RoleScopes.MarketTrade,
            answer.Json.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
    }

    [Fact]
    public async Task Refuses_a_request_without_a_token_and_says_which_kind_is_wanted()
    {
        ApiAnswer answer = await edge.GetAsync("v1/mine");

        Assert.Equal(401, answer.Status);
        Assert.Equal("unauthenticated", answer.Code);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearer a.b")]
    [InlineData("Bearer not-a-token")]
    public async Task Refuses_whatever_is_no_bearer_token(string authorization)
    {
        HttpRequestMessage request = new(HttpMethod.Get, "v1/mine");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        ApiAnswer answer = await edge.Anonymous.SendAsync(request, Token);

        Assert.Equal(401, answer.Status);
        Assert.Equal("unauthenticated", answer.Code);
    }

    public static TheoryData<string, string, int, string> WrongClaims() => new()
    {
        { "iss", "\"https://other.example\"", 401, "unauthenticated" },
        { "exp", "1000000000", 401, "unauthenticated" },
        { "iat", "9000000000", 401, "unauthenticated" },
        { "sub", "\"nobody\"", 401, "unauthenticated" },
        { "scope", "null", 401, "unauthenticated" },
        { "sid", "\"00000000-0000-0000-0000-000000000001\"", 401, "session_revoked" },
        { "sub", "\"00000000-0000-0000-0000-000000000001\"", 401, "session_revoked" },
        { "epoch", "2", 401, "session_revoked" },
        { "aud", "\"souk-admin\"", 403, "forbidden" },
        { "aud", "\"elsewhere\"", 403, "forbidden" },
        { "scope", "\"\"", 403, "forbidden" },
        { "scope", "\"market:admin\"", 403, "forbidden" },
        { "scope", "\"market:tradesman\"", 403, "forbidden" },
    };

    [Theory]
    [MemberData(nameof(WrongClaims))]
    public async Task Refuses_a_token_that_claims_what_is_not_so(string claim, string json, int status, string code)
    {
        TestPerson trader = await edge.App.SignInAsync(TokenAudience.User, Token, Role.Trader);
        JsonObject claims = PayloadOf(trader.Token);
        claims[claim] = JsonNode.Parse(json);

        ApiAnswer answer = await AskAsync(await SignAsync(claims));

        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("exp")]
    [InlineData("scope")]
    [InlineData("epoch")]
    [InlineData("sid")]
    public async Task Refuses_a_token_that_lacks_a_claim(string claim)
    {
        TestPerson trader = await edge.App.SignInAsync(TokenAudience.User, Token, Role.Trader);
        JsonObject claims = PayloadOf(trader.Token);
        claims.Remove(claim);

        ApiAnswer answer = await AskAsync(await SignAsync(claims));

        Assert.Equal(401, answer.Status);
    }

    [Theory]
    [InlineData("""{"alg":"none","kid":"access-token:1","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"HS256","kid":"access-token:1","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"RS256","kid":"access-token:1","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"access-token:1","typ":"JWT"}""")]
    [InlineData("""{"alg":"ES256","kid":"access-token:1"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"access-token:99","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"access-token:-1","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"access-token","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"wallet-data:1","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"access-token:1","typ":"at+jwt","crit":["exp"]}""")]
    public async Task Refuses_a_token_of_another_algorithm_key_or_type(string header)
    {
        TestPerson trader = await edge.App.SignInAsync(TokenAudience.User, Token, Role.Trader);

        ApiAnswer answer = await AskAsync(await SignAsync(PayloadOf(trader.Token), header));

        Assert.Equal(401, answer.Status);
        Assert.Equal("unauthenticated", answer.Code);
    }

    [Fact]
    public async Task Refuses_a_token_that_another_key_signed_under_our_keys_name()
    {
        TestPerson trader = await edge.App.SignInAsync(TokenAudience.User, Token, Role.Trader);
        using ECDsa foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string input = trader.Token[..trader.Token.LastIndexOf('.')];

        ApiAnswer answer = await AskAsync(
            JsonWebToken.Compose(input, foreign.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256)));

        Assert.Equal(401, answer.Status);
    }

    [Fact]
    public async Task Lets_no_users_token_through_the_administrators_door()
    {
        TestPerson admin = await edge.App.SignInAsync(TokenAudience.Admin, Token, Role.Admin);
        TestPerson user = await edge.App.SignInAsync(TokenAudience.User, Token, Role.Admin, Role.Trader);

        Assert.Equal(200, (await admin.Api.GetAsync("v1/admin", Token)).Status);
        Assert.Equal(403, (await user.Api.GetAsync("v1/admin", Token)).Status);
        Assert.Equal(403, (await admin.Api.GetAsync("v1/mine", Token)).Status);
    }

    [Fact]
    public async Task Answers_nobody_at_an_endpoint_that_does_not_say_who_may_call_it()
    {
        TestPerson admin = await edge.App.SignInAsync(TokenAudience.Admin, Token, Role.Admin, Role.Operator);

        Assert.Equal(403, (await admin.Api.GetAsync("v1/closed", Token)).Status);
        Assert.Equal(403, (await edge.GetAsync("v1/closed")).Status);
    }

    [Fact]
    public async Task Takes_tokens_of_a_new_version_of_the_key_and_of_the_old_one()
    {
        FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
        await using World own = await World.StartAsync(new WorldOptions { Clock = clock }, _ => { }, Token);
        await using FunctionApp<EdgeFunction> app = await FunctionApp.StartAsync<EdgeFunction>(
            own, new FunctionAppOptions { Clock = clock }, Token);
        TestPerson before = await app.SignInAsync(TokenAudience.User, Token, Role.Trader);
        Assert.Equal(200, (await before.Api.GetAsync("v1/mine", Token)).Status);

        own.Vault.RotateTransitKey(AccessTokenVerifier.TransitKey);
        clock.Advance(TimeSpan.FromSeconds(11));
        using TestTokens newest = new(own);
        string signed = await newest.SignAsync(
            app.Claims(before.UserId, before.SessionId, TokenAudience.User, [Role.Trader], clock.GetUtcNow()), Token);

        Assert.Equal(200, (await app.As(signed).GetAsync("v1/mine", Token)).Status);
        Assert.Equal(200, (await before.Api.GetAsync("v1/mine", Token)).Status);
    }

    [Fact]
    public async Task Asks_Vault_no_more_often_for_many_unknown_keys()
    {
        await using World own = await World.StartAsync(new WorldOptions(), _ => { }, Token);
        await using FunctionApp<EdgeFunction> app = await FunctionApp.StartAsync<EdgeFunction>(own, Token);
        TestPerson trader = await app.SignInAsync(TokenAudience.User, Token, Role.Trader);
        Assert.Equal(200, (await trader.Api.GetAsync("v1/mine", Token)).Status);
        int asked = own.Vault.Calls.Count;

        for (int version = 2; version < 40; version++)
        {
            string header = $$"""{"alg":"ES256","kid":"access-token:{{version}}","typ":"at+jwt"}""";
            string forged = Compose(header, PayloadOf(trader.Token), new byte[64]);
            Assert.Equal(401, (await app.As(forged).GetAsync("v1/mine", Token)).Status);
        }

        Assert.InRange(own.Vault.Calls.Count - asked, 0, 1);
    }

    private static JsonObject PayloadOf(string token)
    {
        Assert.True(JsonWebToken.TryParse(token, out JsonWebToken? parsed));
        return (JsonObject)JsonNode.Parse(parsed.PayloadUtf8.Span)!;
    }

    private static string Compose(string header, JsonObject payload, byte[] signature) => JsonWebToken.Compose(
        JsonWebToken.ComposeSigningInput(
            Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(payload.ToJsonString())),
        signature);

    private Task<ApiAnswer> AskAsync(string token) => edge.App.As(token).GetAsync("v1/mine", Token);

    /// <summary>Signs any payload under any header with the key of the world's Vault.</summary>
    private async Task<string> SignAsync(
        JsonObject payload, string header = """{"alg":"ES256","kid":"access-token:1","typ":"at+jwt"}""")
    {
        using TestTokens tokens = new(await world.GetAsync());
        string input = JsonWebToken.ComposeSigningInput(
            Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(payload.ToJsonString()));
        return JsonWebToken.Compose(input, await tokens.SignAsync(input, Token));
    }
}
