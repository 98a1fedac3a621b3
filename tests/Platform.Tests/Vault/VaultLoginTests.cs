using Souk.Domain.Failures;
using Souk.Local.StandIns;
using Souk.Platform.Vault;

namespace Souk.Platform.Tests.Vault;

public sealed class VaultLoginTests : VaultTests
{
    private const string KubernetesLogin = "auth/kubernetes/login";
    private const string Renewal = "auth/token/renew-self";

    [Fact]
    public async Task Does_not_log_in_before_something_is_read()
    {
        _ = Bench.NewClient();
        await Task.Yield();

        Assert.Empty(Bench.StandIn.Calls);
    }

    [Fact]
    public async Task Logs_in_once_however_many_reads_start_together()
    {
        VaultClient client = Bench.NewClient();
        Bench.StandIn.CreateTransitKey("access-token", "ecdsa-p256");

        await Task.WhenAll(
            client.ReadKvAsync("auth", Token),
            client.SignAsync("access-token", "x"u8.ToArray(), Token),
            client.ReadPublicKeysAsync("access-token", Token));

        Assert.Equal(1, Bench.CallsTo(KubernetesLogin));
    }

    [Fact]
    public async Task Reads_the_service_account_token_anew_for_each_login()
    {
        VaultClient client = Bench.NewClient();
        await client.ReadKvAsync("auth", Token);
        Bench.Clock.Advance(TimeSpan.FromDays(2));
        Bench.WriteServiceAccountToken();

        await client.ReadKvAsync("auth", Token);

        Assert.Equal(2, Bench.CallsTo(KubernetesLogin));
    }

    [Fact]
    public async Task Fails_when_the_service_account_token_is_not_there()
    {
        VaultOptions options = Bench.Options();
        options.TokenPath += ".absent";

        await RefusesAsync(Bench.NewClient(options));

        Assert.Empty(Bench.StandIn.Calls);
    }

    [Fact]
    public async Task Fails_when_the_role_does_not_bind_the_service_account()
    {
        Bench.WriteServiceAccountToken("webhooks");

        await RefusesAsync(Bench.NewClient());

        Assert.Equal(1, Bench.CallsTo(KubernetesLogin));
    }

    [Fact]
    public async Task Logs_in_by_app_role_with_the_secret_id_of_the_moment()
    {
        VaultAppRole role = new(["auth"], VaultBench.TokenTtl, VaultBench.TokenMaxTtl, 1, TimeSpan.FromMinutes(1));
        VaultOptions options = Bench.Options();
        options.LoginMethod = VaultLoginMethod.AppRole;
        options.RoleId = Bench.StandIn.PutAppRole("auth", role);
        options.SecretIdPath = Bench.SecretIdPath;
        VaultClient client = Bench.NewClient(options);
        await File.WriteAllTextAsync(Bench.SecretIdPath, Bench.StandIn.IssueSecretId("auth"), Token);
        await client.ReadKvAsync("auth", Token);
        Bench.Clock.Advance(VaultBench.TokenMaxTtl);
        await File.WriteAllTextAsync(Bench.SecretIdPath, Bench.StandIn.IssueSecretId("auth"), Token);

        VaultSecret secret = await client.ReadKvAsync("auth", Token);

        Assert.Equal("hunter2", secret["redis_password"]);
        Assert.Equal(2, Bench.CallsTo("auth/approle/login"));
    }

    [Fact]
    public async Task Uses_and_renews_a_token_that_was_given()
    {
        VaultClient client = TokenClient(VaultBench.TokenTtl, TimeSpan.Zero);
        await client.ReadKvAsync("auth", Token);
        Bench.Clock.Advance(TimeSpan.FromMinutes(11));

        await client.ReadKvAsync("auth", Token);

        Assert.Equal(1, Bench.CallsTo("auth/token/lookup-self"));
        Assert.Equal(1, Bench.CallsTo(Renewal));
    }

    [Fact]
    public async Task Fails_for_good_when_a_given_token_is_revoked()
    {
        VaultClient client = TokenClient(VaultBench.TokenTtl, TimeSpan.Zero);
        await client.ReadKvAsync("auth", Token);
        Bench.StandIn.RevokeAllTokens();
        Bench.Clock.Advance(TimeSpan.FromMinutes(5));

        await RefusesAsync(client);
    }

    [Fact]
    public async Task Renews_the_token_by_the_request_that_finds_it_two_thirds_through_its_lease()
    {
        VaultClient client = Bench.NewClient();
        await client.ReadKvAsync("auth", Token);
        Bench.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        await client.ReadKvAsync("auth", Token);
        Assert.Equal(0, Bench.CallsTo(Renewal));
        Bench.Clock.Advance(TimeSpan.FromMinutes(4));

        await client.ReadKvAsync("auth", Token);

        Assert.Equal(1, Bench.CallsTo(Renewal));
        Assert.Equal(1, Bench.CallsTo(KubernetesLogin));
    }

    [Fact]
    public async Task Logs_in_anew_when_renewal_no_longer_stretches_the_token()
    {
        VaultClient client = Bench.NewClient();
        for (int read = 0; read < 5; read++)
        {
            await client.ReadKvAsync("auth", Token);
            Bench.Clock.Advance(TimeSpan.FromMinutes(11));
        }

        await client.ReadKvAsync("auth", Token);

        Assert.Equal(2, Bench.CallsTo(KubernetesLogin));
        Assert.DoesNotContain(Bench.StandIn.Calls, call => call.Status == 403);
    }

    [Fact]
    public async Task Logs_in_anew_when_renewal_is_refused()
    {
        VaultClient client = Bench.NewClient();
        await client.ReadKvAsync("auth", Token);
        Bench.StandIn.RevokeAllTokens();
        Bench.Clock.Advance(TimeSpan.FromMinutes(11));

        await client.ReadKvAsync("auth", Token);

        Assert.Equal(2, Bench.CallsTo(KubernetesLogin));
    }

    [Fact]
    public async Task Keeps_using_the_token_while_its_renewal_fails()
    {
        VaultClient client = Bench.NewClient();
        Bench.StandIn.CreateTransitKey("access-token", "ecdsa-p256");
        await client.ReadKvAsync("auth", Token);
        Bench.Clock.Advance(TimeSpan.FromMinutes(11));
        for (int attempt = 0; attempt < 4; attempt++)
            Bench.StandIn.Next(500, Renewal);

        await client.SignAsync("access-token", "x"u8.ToArray(), Token);

        Assert.Equal(4, Bench.CallsTo(Renewal));
        Assert.Equal(1, Bench.CallsTo(KubernetesLogin));
    }

    [Fact]
    public async Task Logs_in_once_for_all_requests_that_meet_a_revoked_token()
    {
        VaultClient client = Bench.NewClient();
        Bench.StandIn.CreateTransitKey("access-token", "ecdsa-p256");
        await client.ReadKvAsync("auth", Token);
        Bench.StandIn.RevokeAllTokens();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => client.SignAsync("access-token", "x"u8.ToArray(), Token)));

        Assert.Equal(2, Bench.CallsTo(KubernetesLogin));
    }

    [Fact]
    public async Task Logs_in_only_once_again_for_a_path_that_stays_denied()
    {
        VaultClient client = Bench.NewClient();
        await client.ReadKvAsync("auth", Token);

        FailureException refusal = await Assert.ThrowsAsync<FailureException>(
            () => client.ReadKvAsync("signing", Token));

        Assert.Equal(FailureCode.UpstreamUnavailable, refusal.Failure.Code);
        Assert.Null(refusal.Failure.RetryAfter);
        Assert.Equal(2, Bench.CallsTo("secret/data/signing"));
        Assert.Equal(2, Bench.CallsTo(KubernetesLogin));
    }

    [Fact]
    public async Task Does_not_log_in_again_when_a_fresh_token_is_denied()
    {
        VaultClient client = Bench.NewClient();

        await Assert.ThrowsAsync<FailureException>(() => client.ReadKvAsync("signing", Token));

        Assert.Equal(1, Bench.CallsTo(KubernetesLogin));
    }

    [Fact]
    public async Task Retries_a_login_whose_answer_was_lost()
    {
        Bench.StandIn.Next(StandInFault.TimeOutAfterEffect, KubernetesLogin);

        VaultSecret secret = await Bench.NewClient().ReadKvAsync("auth", Token);

        Assert.Equal("hunter2", secret["redis_password"]);
        Assert.Equal(2, Bench.CallsTo(KubernetesLogin));
    }

    private VaultClient TokenClient(TimeSpan ttl, TimeSpan maxTtl)
    {
        VaultOptions options = Bench.Options();
        options.LoginMethod = VaultLoginMethod.Token;
        options.Token = Bench.StandIn.CreateToken(["auth"], ttl, maxTtl);
        return Bench.NewClient(options);
    }

    private static async Task RefusesAsync(VaultClient client)
    {
        FailureException refusal = await Assert.ThrowsAsync<FailureException>(() => client.ReadKvAsync("auth", Token));
        Assert.Equal(FailureCode.UpstreamUnavailable, refusal.Failure.Code);
    }
}
