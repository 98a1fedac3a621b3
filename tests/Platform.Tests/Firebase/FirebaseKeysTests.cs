using Souk.Domain.Failures;
using Souk.Local.StandIns;
using Souk.Platform.Firebase;

namespace Souk.Platform.Tests.Firebase;

public sealed class FirebaseKeysTests : FirebaseTests
{
    private const string KeysPath = "securetoken@system.gserviceaccount.com";

    [Fact]
    public async Task Fetches_nothing_before_a_token_comes()
    {
        _ = Bench.NewVerifier();
        await Task.Yield();

        Assert.Empty(Bench.StandIn.Calls);
    }

    [Fact]
    public async Task Fetches_the_keys_once_however_many_tokens_come_together()
    {
        FirebaseTokenVerifier verifier = Bench.NewVerifier();
        string token = Bench.StandIn.MintIdToken("uid-1");

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => verifier.VerifyAsync(token, Token)));

        Assert.Equal(1, Bench.CallsTo(KeysPath));
    }

    [Fact]
    public async Task Prewarms_so_that_the_first_token_does_not_wait()
    {
        FirebaseTokenVerifier verifier = Bench.NewVerifier();
        await verifier.PrewarmAsync(Token);

        await verifier.VerifyAsync(Bench.StandIn.MintIdToken("uid-1"), Token);

        Assert.Equal(1, Bench.CallsTo(KeysPath));
    }

    [Fact]
    public async Task Fetches_again_two_thirds_through_the_max_age()
    {
        FirebaseTokenVerifier verifier = Bench.NewVerifier();
        await verifier.PrewarmAsync(Token);
        Bench.Clock.Advance(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(1));
        await verifier.PrewarmAsync(Token);
        Assert.Equal(1, Bench.CallsTo(KeysPath));
        Bench.Clock.Advance(TimeSpan.FromSeconds(1));

        await verifier.PrewarmAsync(Token);

        Assert.Equal(2, Bench.CallsTo(KeysPath));
    }

    [Fact]
    public async Task Accepts_a_token_of_a_key_published_since_the_last_fetch()
    {
        FirebaseTokenVerifier verifier = Bench.NewVerifier();
        await verifier.PrewarmAsync(Token);
        Bench.StandIn.RotateKeys();
        Bench.Clock.Advance(FirebaseKeys.RefetchPause);

        FirebaseIdentity identity = await verifier.VerifyAsync(Bench.StandIn.MintIdToken("uid-1"), Token);

        Assert.Equal("uid-1", identity.Uid);
    }

    [Fact]
    public async Task Does_not_let_unknown_key_ids_flood_google()
    {
        FirebaseTokenVerifier verifier = Bench.NewVerifier();
        await verifier.PrewarmAsync(Token);
        Bench.Clock.Advance(FirebaseKeys.RefetchPause);
        string forged = Bench.StandIn.MintIdToken(
            "uid-1", null, new FirebaseTwist(Header: json => json["kid"] = "unknown"));

        for (int attempt = 0; attempt < 10; attempt++)
            await Assert.ThrowsAsync<FailureException>(() => verifier.VerifyAsync(forged, Token));

        Assert.Equal(2, Bench.CallsTo(KeysPath));
    }

    [Fact]
    public async Task Refuses_a_token_of_a_key_that_was_withdrawn_once_the_max_age_is_over()
    {
        FirebaseTokenVerifier verifier = Bench.NewVerifier();
        Bench.StandIn.KeysMaxAge = TimeSpan.FromMinutes(10);
        string token = Bench.StandIn.MintIdToken("uid-1");
        await verifier.VerifyAsync(token, Token);
        Bench.StandIn.RotateKeys();
        Bench.StandIn.WithdrawOldKeys();
        Bench.Clock.Advance(TimeSpan.FromMinutes(10));

        FailureException refusal = await Assert.ThrowsAsync<FailureException>(() => verifier.VerifyAsync(token, Token));

        Assert.Equal(FailureCode.SignInRefused, refusal.Failure.Code);
    }

    [Fact]
    public async Task Keeps_keys_without_a_max_age_for_no_longer_than_the_pause_between_fetches()
    {
        FirebaseTokenVerifier verifier = Bench.NewVerifier();
        Bench.StandIn.KeysMaxAge = null;
        await verifier.PrewarmAsync(Token);
        Bench.Clock.Advance(FirebaseKeys.RefetchPause);

        await verifier.PrewarmAsync(Token);

        Assert.Equal(2, Bench.CallsTo(KeysPath));
    }

    [Fact]
    public async Task Says_that_google_is_away_and_not_that_the_token_is_wrong()
    {
        FirebaseTokenVerifier verifier = Bench.NewVerifier();
        for (int attempt = 0; attempt < 3; attempt++)
            Bench.StandIn.Next(503, KeysPath);

        FailureException refusal = await Assert.ThrowsAsync<FailureException>(
            () => verifier.VerifyAsync(Bench.StandIn.MintIdToken("uid-1"), Token));

        Assert.Equal(FailureCode.UpstreamUnavailable, refusal.Failure.Code);
    }

    [Fact]
    public async Task Starts_from_the_keys_that_another_process_kept()
    {
        FirebaseKeySet? kept = null;
        FirebaseKeyCache cache = new(
            _ => Task.FromResult(kept),
            (written, _) =>
            {
                kept = written;
                return Task.CompletedTask;
            });
        await Bench.NewVerifier(cache: cache).PrewarmAsync(Token);

        await Bench.NewVerifier(cache: cache).VerifyAsync(Bench.StandIn.MintIdToken("uid-1"), Token);

        Assert.Equal(1, Bench.CallsTo(KeysPath));
        Assert.Equal(Bench.Clock.GetUtcNow().AddHours(6), kept!.ExpiresAt);
    }

    [Fact]
    public async Task Goes_past_kept_keys_that_do_not_know_the_token()
    {
        FirebaseKeySet? kept = null;
        FirebaseKeyCache cache = new(_ => Task.FromResult(kept), (_, _) => Task.CompletedTask);
        await Bench.NewVerifier(cache: cache).PrewarmAsync(Token);
        kept = new FirebaseKeySet(
            """{"keys":[{"kid":"old","kty":"RSA","n":"AQAB","e":"AQAB"}]}""", Bench.Clock.GetUtcNow().AddHours(1));

        FirebaseIdentity identity = await Bench.NewVerifier(cache: cache)
            .VerifyAsync(Bench.StandIn.MintIdToken("uid-1"), Token);

        Assert.Equal("uid-1", identity.Uid);
    }
}
