using System.Text.Json.Nodes;
using Souk.Domain.Failures;
using Souk.Local.StandIns;
using Souk.Platform.Firebase;

namespace Souk.Platform.Tests.Firebase;

public sealed class FirebaseClientTests : FirebaseTests
{
    private const string Lookup = "accounts:lookup";

    [Fact]
    public async Task Passes_a_user_in_good_standing()
    {
        FirebaseIdentity identity = await SignInAsync("uid-1");

        await Bench.NewClient().RefuseRevokedAsync(identity, Token);

        Assert.Equal(1, Bench.CallsTo("/token"));
    }

    [Fact]
    public async Task Refuses_a_disabled_user()
    {
        FirebaseIdentity identity = await SignInAsync("uid-1");
        Bench.StandIn.DisableUser("uid-1");

        await RefusesAsync(Bench.NewClient(), identity, FailureCode.SessionRevoked);
    }

    [Fact]
    public async Task Refuses_a_deleted_user()
    {
        FirebaseIdentity identity = await SignInAsync("uid-1");
        Bench.StandIn.DeleteUser("uid-1");

        await RefusesAsync(Bench.NewClient(), identity, FailureCode.SessionRevoked);
    }

    [Fact]
    public async Task Refuses_a_sign_in_older_than_the_revocation_and_passes_a_newer_one()
    {
        FirebaseIdentity before = await SignInAsync("uid-1");
        Bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Bench.StandIn.RevokeSignIns("uid-1");
        FirebaseIdentity after = await SignInAsync("uid-1");
        FirebaseClient client = Bench.NewClient();

        await RefusesAsync(client, before, FailureCode.SessionRevoked);

        await client.RefuseRevokedAsync(after, Token);
    }

    [Fact]
    public async Task Looks_a_user_up_within_the_tenant_that_is_set()
    {
        Bench.StandIn.AddUser("uid-1", tenant: "gallery");
        FirebaseIdentity identity =
            await SignInAsync("uid-1", claims => claims["firebase"]!.AsObject().Remove("tenant"));
        FirebaseOptions options = Bench.Options();
        options.TenantId = "gallery";

        await Bench.NewClient(options).RefuseRevokedAsync(identity, Token);

        await RefusesAsync(Bench.NewClient(), identity, FailureCode.SessionRevoked);
    }

    [Fact]
    public async Task Gets_one_access_token_however_many_sign_in_together()
    {
        FirebaseIdentity identity = await SignInAsync("uid-1");
        FirebaseClient client = Bench.NewClient();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.RefuseRevokedAsync(identity, Token)));

        Assert.Equal(1, Bench.CallsTo("/token"));
    }

    [Fact]
    public async Task Renews_the_access_token_two_thirds_through_its_hour()
    {
        FirebaseIdentity identity = await SignInAsync("uid-1");
        FirebaseClient client = Bench.NewClient();
        await client.RefuseRevokedAsync(identity, Token);
        Bench.Clock.Advance(TimeSpan.FromMinutes(39));
        await client.RefuseRevokedAsync(identity, Token);
        Assert.Equal(1, Bench.CallsTo("/token"));
        Bench.Clock.Advance(TimeSpan.FromMinutes(2));

        await client.RefuseRevokedAsync(identity, Token);

        Assert.Equal(2, Bench.CallsTo("/token"));
    }

    [Fact]
    public async Task Replaces_an_access_token_that_was_revoked_once()
    {
        FirebaseIdentity identity = await SignInAsync("uid-1");
        FirebaseClient client = Bench.NewClient();
        await client.PrewarmAsync(Token);
        Bench.StandIn.RevokeAccessTokens();

        await client.RefuseRevokedAsync(identity, Token);

        Assert.Equal(2, Bench.CallsTo("/token"));
        Assert.Equal(2, Bench.CallsTo(Lookup));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"client_email":"a@b","private_key":"no pem"}""")]
    public async Task Fails_without_a_readable_service_account_and_does_not_repeat_it(string json)
    {
        FirebaseIdentity identity = await SignInAsync("uid-1");

        FailureException refusal = await RefusesAsync(
            Bench.NewClient(serviceAccount: () => json), identity, FailureCode.UpstreamUnavailable);

        Assert.DoesNotContain(json, refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fails_when_google_refuses_the_service_account()
    {
        FirebaseIdentity identity = await SignInAsync("uid-1");
        JsonObject foreign = JsonNode.Parse(Bench.StandIn.ServiceAccountJson)!.AsObject();
        foreign["client_email"] = "someone@else.iam.gserviceaccount.com";

        FailureException refusal = await RefusesAsync(
            Bench.NewClient(serviceAccount: () => foreign.ToJsonString()), identity, FailureCode.UpstreamUnavailable);

        Assert.Null(refusal.Failure.RetryAfter);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Retries_a_transient_status(int status)
    {
        FirebaseIdentity identity = await SignInAsync("uid-1");
        Bench.StandIn.Next(status, Lookup);

        await Bench.NewClient().RefuseRevokedAsync(identity, Token);

        Assert.Equal(2, Bench.CallsTo(Lookup));
    }

    [Theory]
    [InlineData(StandInFault.TimeOutBeforeEffect)]
    [InlineData(StandInFault.TimeOutAfterEffect)]
    public async Task Retries_when_the_connection_is_lost(StandInFault fault)
    {
        FirebaseIdentity identity = await SignInAsync("uid-1");
        Bench.StandIn.Next(fault, "/token");
        Bench.StandIn.Next(fault, Lookup);

        await Bench.NewClient().RefuseRevokedAsync(identity, Token);

        Assert.Equal(2, Bench.CallsTo(Lookup));
    }

    [Fact]
    public async Task Never_passes_a_user_whom_it_could_not_look_up()
    {
        FirebaseIdentity identity = await SignInAsync("uid-1");
        for (int attempt = 0; attempt < 3; attempt++)
            Bench.StandIn.Next(503, Lookup);

        await RefusesAsync(Bench.NewClient(), identity, FailureCode.UpstreamUnavailable);
    }

    private static async Task<FailureException> RefusesAsync(
        FirebaseClient client, FirebaseIdentity identity, FailureCode code)
    {
        FailureException refusal = await Assert.ThrowsAsync<FailureException>(
            () => client.RefuseRevokedAsync(identity, Token));
        Assert.Equal(code, refusal.Failure.Code);
        return refusal;
    }

    private async Task<FirebaseIdentity> SignInAsync(string uid, Action<JsonObject>? claims = null) =>
        await Bench.NewVerifier().VerifyAsync(
            Bench.StandIn.MintIdToken(uid, "ada@example.com", new FirebaseTwist(Claims: claims)), Token);
}
