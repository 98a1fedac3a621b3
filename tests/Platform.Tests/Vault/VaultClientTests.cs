using Souk.Domain.Failures;
using Souk.Local.StandIns;
using Souk.Platform.Vault;

namespace Souk.Platform.Tests.Vault;

public sealed class VaultClientTests : VaultTests
{
    private const string AuthSecret = "secret/data/auth";

    [Fact]
    public async Task Reads_the_named_values_of_a_secret()
    {
        VaultSecret secret = await Bench.NewClient().ReadKvAsync("auth", Token);

        Assert.Equal("auth", secret["redis_user"]);
        Assert.Equal(1, secret.Version);
        Assert.Null(secret.TryGet("absent"));
    }

    [Fact]
    public async Task Refuses_to_answer_a_value_that_is_absent_or_empty()
    {
        Bench.StandIn.PutKv("auth", new Dictionary<string, string> { ["empty"] = "" });
        VaultSecret secret = await Bench.NewClient().ReadKvAsync("auth", Token);

        foreach (string name in (string[])["absent", "empty"])
        {
            FailureException refusal = Assert.Throws<FailureException>(() => secret[name]);
            Assert.Equal(FailureCode.UpstreamUnavailable, refusal.Failure.Code);
        }
    }

    [Fact]
    public async Task Keeps_a_secret_until_two_thirds_of_its_lifetime_and_then_reads_it_anew()
    {
        VaultClient client = Bench.NewClient();
        await client.ReadKvAsync("auth", Token);
        Bench.StandIn.PutKv("auth", new Dictionary<string, string> { ["redis_password"] = "new" });
        Bench.Clock.Advance(TimeSpan.FromSeconds(199));
        Assert.Equal("hunter2", (await client.ReadKvAsync("auth", Token))["redis_password"]);
        Bench.Clock.Advance(TimeSpan.FromSeconds(2));

        VaultSecret secret = await client.ReadKvAsync("auth", Token);

        Assert.Equal("new", secret["redis_password"]);
        Assert.Equal(2, Bench.CallsTo(AuthSecret));
    }

    [Fact]
    public async Task Reads_a_path_once_however_many_ask_for_it_together()
    {
        VaultClient client = Bench.NewClient();

        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => client.ReadKvAsync("auth", Token)));

        Assert.Equal(1, Bench.CallsTo(AuthSecret));
    }

    [Fact]
    public async Task Renews_a_path_once_however_many_find_it_due_together()
    {
        VaultClient client = Bench.NewClient();
        await client.ReadKvAsync("auth", Token);
        Bench.Clock.Advance(TimeSpan.FromSeconds(210));

        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => client.ReadKvAsync("auth", Token)));

        Assert.Equal(2, Bench.CallsTo(AuthSecret));
    }

    [Fact]
    public async Task Serves_the_old_secret_while_vault_is_away_until_its_lifetime_ends()
    {
        VaultClient client = Bench.NewClient();
        await client.ReadKvAsync("auth", Token);
        Bench.StandIn.Seal();
        Bench.Clock.Advance(TimeSpan.FromSeconds(210));
        Assert.Equal("hunter2", (await client.ReadKvAsync("auth", Token))["redis_password"]);
        int calls = Bench.StandIn.Calls.Count;
        await client.ReadKvAsync("auth", Token);
        Assert.Equal(calls, Bench.StandIn.Calls.Count);
        Bench.Clock.Advance(TimeSpan.FromSeconds(100));

        FailureException refusal = await Assert.ThrowsAsync<FailureException>(() => client.ReadKvAsync("auth", Token));

        Assert.Equal(FailureCode.UpstreamUnavailable, refusal.Failure.Code);
        Assert.NotNull(refusal.Failure.RetryAfter);
    }

    [Fact]
    public async Task Recovers_when_vault_is_unsealed()
    {
        VaultClient client = Bench.NewClient();
        Bench.StandIn.Seal();
        await Assert.ThrowsAsync<FailureException>(() => client.ReadKvAsync("auth", Token));
        Bench.StandIn.Unseal();

        Assert.Equal("hunter2", (await client.ReadKvAsync("auth", Token))["redis_password"]);
    }

    [Theory]
    [InlineData(412)]
    [InlineData(429)]
    [InlineData(472)]
    [InlineData(473)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task Retries_a_transient_status(int status)
    {
        Bench.StandIn.Next(status, AuthSecret);

        await Bench.NewClient().ReadKvAsync("auth", Token);

        Assert.Equal(2, Bench.CallsTo(AuthSecret));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(501)]
    public async Task Does_not_retry_a_refusal(int status)
    {
        Bench.StandIn.Next(status, AuthSecret);

        FailureException refusal = await Assert.ThrowsAsync<FailureException>(
            () => Bench.NewClient().ReadKvAsync("auth", Token));

        Assert.Equal(FailureCode.UpstreamUnavailable, refusal.Failure.Code);
        Assert.Null(refusal.Failure.RetryAfter);
        Assert.Equal(1, Bench.CallsTo(AuthSecret));
    }

    [Theory]
    [InlineData(StandInFault.TimeOutBeforeEffect)]
    [InlineData(StandInFault.TimeOutAfterEffect)]
    public async Task Retries_when_the_connection_is_lost(StandInFault fault)
    {
        Bench.StandIn.Next(fault, AuthSecret);

        VaultSecret secret = await Bench.NewClient().ReadKvAsync("auth", Token);

        Assert.Equal("hunter2", secret["redis_password"]);
    }

    [Fact]
    public async Task Fails_for_a_secret_that_was_deleted()
    {
        Bench.StandIn.DeleteKv("auth");

        FailureException refusal = await Assert.ThrowsAsync<FailureException>(
            () => Bench.NewClient().ReadKvAsync("auth", Token));

        Assert.Equal(FailureCode.UpstreamUnavailable, refusal.Failure.Code);
    }

    [Fact]
    public async Task Sends_the_header_that_agents_demand()
    {
        Bench.StandIn.IsRequestHeaderRequired = true;

        await Bench.NewClient().ReadKvAsync("auth", Token);

        Assert.DoesNotContain(Bench.StandIn.Calls, call => call.Status == 412);
    }

    [Fact]
    public async Task One_who_gives_up_does_not_take_the_others_along()
    {
        VaultClient client = Bench.NewClient();
        using CancellationTokenSource gone = new();
        await gone.CancelAsync();

        Task<VaultSecret> impatient = client.ReadKvAsync("auth", gone.Token);
        VaultSecret secret = await client.ReadKvAsync("auth", Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.Equal("hunter2", secret["redis_password"]);
    }

    [Fact]
    public async Task Tells_the_log_the_path_and_never_a_secret()
    {
        VaultClient client = Bench.NewClient();
        FailureException denied = await Assert.ThrowsAsync<FailureException>(
            () => client.ReadKvAsync("signing", Token));

        Assert.Equal("A secret could not be read.", denied.Failure.Detail);
        Assert.Equal("Vault answered 403 to secret/data/signing.", denied.Failure.Internal);
        Assert.DoesNotContain("hvs.", denied.ToString(), StringComparison.Ordinal);
    }
}
