using System.Text.Json.Nodes;
using Souk.Domain.Failures;
using Souk.Local.StandIns;
using Souk.Platform.Firebase;

namespace Souk.Platform.Tests.Firebase;

public sealed class FirebaseTokenVerifierTests : FirebaseTests
{
    private const string Email = "ada@example.com";

    [Fact]
    public async Task Answers_whom_a_good_token_names()
    {
        string token = Bench.StandIn.MintIdToken("uid-1", Email);

        FirebaseIdentity identity = await Bench.NewVerifier().VerifyAsync(token, Token);

        Assert.Equal(
            new FirebaseIdentity(
                "uid-1",
                Email,
                EmailVerified: true,
                Bench.Clock.GetUtcNow(),
                "password",
                Bench.Clock.GetUtcNow().AddHours(1)),
            identity);
    }

    [Fact]
    public async Task Answers_a_user_without_an_email_address()
    {
        FirebaseIdentity identity = await Bench.NewVerifier().VerifyAsync(Bench.StandIn.MintIdToken("uid-1"), Token);

        Assert.Null(identity.Email);
        Assert.False(identity.EmailVerified);
    }

    public static TheoryData<string, FirebaseTwist, string> Refusals => new()
    {
        { "no kid", Header(json => json.Remove("kid")), "no key id" },
        { "unknown kid", Header(json => json["kid"] = "unknown"), "unknown key id" },
        { "HS256", Header(json => json["alg"] = "HS256"), "another algorithm" },
        { "RS512", Header(json => json["alg"] = "RS512"), "another algorithm" },
        { "alg none", Header(json => json["alg"] = "none"), "another algorithm" },
        { "critical header", Header(json => json["crit"] = new JsonArray("exp")), "not a compact token" },
        { "unsigned", new FirebaseTwist(IsUnsigned: true), "not a compact token" },
        { "other audience", Claims(json => json["aud"] = "other"), "another audience" },
        { "audience list", Claims(json => json["aud"] = new JsonArray("souk-local")), "malformed claims" },
        { "custom token", Claims(CustomToken), "another audience" },
        { "no audience", Claims(json => json.Remove("aud")), "another audience" },
        { "other issuer", Claims(json => json["iss"] = "https://securetoken.google.com/other"), "another issuer" },
        {
            "session cookie",
            Claims(json => json["iss"] = "https://session.firebase.google.com/souk-local"),
            "another issuer"
        },
        { "no subject", Claims(json => json.Remove("sub")), "no subject, or one too long" },
        { "empty subject", Claims(json => json["sub"] = ""), "no subject, or one too long" },
        { "long subject", Claims(json => json["sub"] = new string('a', 129)), "no subject, or one too long" },
        { "numeric subject", Claims(json => json["sub"] = 7), "malformed claims" },
        { "a tenant", Claims(json => json["firebase"]!["tenant"] = "gallery"), "another tenant" },
        { "forged", new FirebaseTwist(IsForged: true), "signature mismatch" },
        { "expired now", Claims(json => json["exp"] = Seconds(0)), "expired" },
        { "no expiry", Claims(json => json.Remove("exp")), "expired" },
        { "endless", Claims(json => json["exp"] = Seconds(100_000)), "it ends too late" },
        { "beyond dates", Claims(json => json["exp"] = long.MaxValue), "it ends too late" },
        { "issued later", Claims(json => json["iat"] = Seconds(301)), "issued in the future" },
        { "no issue time", Claims(json => json.Remove("iat")), "issued in the future" },
        { "authenticated later", Claims(json => json["auth_time"] = Seconds(301)), "authenticated in the future" },
        { "no auth_time", Claims(json => json.Remove("auth_time")), "authenticated in the future" },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task Refuses_a_token_that_is_wrong_in_one_thing(string what, FirebaseTwist twist, string reason)
    {
        string token = Bench.StandIn.MintIdToken("uid-1", Email, twist);

        FailureException refusal = await Assert.ThrowsAsync<FailureException>(
            () => Bench.NewVerifier().VerifyAsync(token, Token));

        Assert.True(refusal.Failure.Code == FailureCode.SignInRefused, what);
        Assert.Equal($"ID token refused: {reason}.", refusal.Failure.Internal);
        Assert.DoesNotContain(token.Split('.')[1][..24], refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Email, refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a token")]
    [InlineData("e30.e30.e30")]
    public async Task Refuses_what_is_no_token(string token)
    {
        FailureException refusal = await Assert.ThrowsAsync<FailureException>(
            () => Bench.NewVerifier().VerifyAsync(token, Token));

        Assert.Equal(FailureCode.SignInRefused, refusal.Failure.Code);
        Assert.Empty(Bench.StandIn.Calls);
    }

    [Theory]
    [InlineData("iat")]
    [InlineData("auth_time")]
    public async Task Allows_five_minutes_of_skew_for_the_past(string claim)
    {
        string token = Bench.StandIn.MintIdToken("uid-1", Email, Claims(json => json[claim] = Seconds(300)));

        FirebaseIdentity identity = await Bench.NewVerifier().VerifyAsync(token, Token);

        Assert.Equal("uid-1", identity.Uid);
    }

    [Fact]
    public async Task Allows_no_skew_for_the_end()
    {
        string token = Bench.StandIn.MintIdToken("uid-1");
        FirebaseTokenVerifier verifier = Bench.NewVerifier();
        Bench.Clock.Advance(TimeSpan.FromSeconds(3599));
        await verifier.VerifyAsync(token, Token);
        Bench.Clock.Advance(TimeSpan.FromSeconds(1));

        FailureException refusal = await Assert.ThrowsAsync<FailureException>(() => verifier.VerifyAsync(token, Token));

        Assert.Equal("The sign-in token has expired.", refusal.Failure.Detail);
    }

    [Fact]
    public async Task Takes_only_its_own_tenant_when_one_is_set()
    {
        FirebaseOptions options = Bench.Options();
        options.TenantId = "gallery";
        FirebaseTokenVerifier verifier = Bench.NewVerifier(options);
        string inside = Bench.StandIn.MintIdToken(
            "uid-1", Email, Claims(json => json["firebase"]!["tenant"] = "gallery"));

        await verifier.VerifyAsync(inside, Token);

        await Assert.ThrowsAsync<FailureException>(
            () => verifier.VerifyAsync(Bench.StandIn.MintIdToken("uid-1"), Token));
    }

    [Fact]
    public async Task Refuses_claims_that_name_two_users()
    {
        string[] parts = Bench.StandIn.MintIdToken("uid-1").Split('.');
        string twice = System.Buffers.Text.Base64Url.EncodeToString(
            """{"sub":"uid-1","sub":"uid-2","aud":"souk-local"}"""u8);

        FailureException refusal = await Assert.ThrowsAsync<FailureException>(
            () => Bench.NewVerifier().VerifyAsync($"{parts[0]}.{twice}.{parts[2]}", Token));

        Assert.Equal("ID token refused: malformed claims.", refusal.Failure.Internal);
    }

    private static FirebaseTwist Header(Action<JsonObject> twist) => new(Header: twist);

    private static FirebaseTwist Claims(Action<JsonObject> twist) => new(Claims: twist);

    private static void CustomToken(JsonObject claims) => claims["aud"] =
        "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit";

    private static long Seconds(int fromNow) =>
        new DateTimeOffset(2026, 9, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() + fromNow;
}
