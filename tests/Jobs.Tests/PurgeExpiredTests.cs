using Souk.Harness;

namespace Souk.Jobs.Tests;

public sealed class PurgeExpiredTests(SharedWorld world) : IAsyncLifetime
{
    private const string AddKeySql = """
        INSERT INTO idempotency_keys (room, caller, key, fingerprint, created_at, expires_at)
        VALUES ('signing', 'ada', $1, $2, now() - interval '4 days', $3)
        """;

    private FunctionApp<JobsFunction> _jobs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _jobs = await FunctionApp.StartAsync<JobsFunction>(await world.GetAsync(), Token);

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public async Task Deletes_idempotency_keys_whose_time_is_over_and_keeps_the_others()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        await _jobs.Database.ExecuteAsync(AddKeySql, Token, "over", new byte[32], now.AddSeconds(-1));
        await _jobs.Database.ExecuteAsync(AddKeySql, Token, "current", new byte[32], now.AddHours(1));

        Assert.Equal(204, await _jobs.TakeTickAsync("purge", Token));

        Assert.Equal(["current"], await _jobs.Database.ListAsync<string>("SELECT key FROM idempotency_keys", Token));
    }

    [Fact]
    public async Task Keeps_what_providers_delivered_for_good()
    {
        const string add = """
            INSERT INTO inbox (consumer, source, id, taken_at, payload)
            VALUES ($1, '/test', '1', now() - interval '40 days', $2)
            """;
        await _jobs.Database.ExecuteAsync(add, Token, "webhooks", new byte[1]);
        await _jobs.Database.ExecuteAsync(add, Token, "signing", DBNull.Value);

        Assert.Equal(204, await _jobs.TakeTickAsync("purge", Token));

        Assert.Equal(["webhooks"], await _jobs.Database.ListAsync<string>("SELECT consumer FROM inbox", Token));
    }

    [Fact]
    public async Task Calls_an_unknown_schedule_poison()
    {
        Assert.Equal(422, await _jobs.TakeTickAsync("no-such-job", Token));
    }
}
