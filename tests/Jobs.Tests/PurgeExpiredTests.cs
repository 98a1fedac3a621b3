using Souk.Harness;

namespace Souk.Jobs.Tests;

public sealed class PurgeExpiredTests(SharedWorld world) : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private Housekeeping _jobs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _jobs = await Housekeeping.StartAsync(world);

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public async Task Deletes_idempotency_keys_of_every_room_when_they_expire()
    {
        foreach (string room in new[] { "auth", "marketplace", "signing" })
        {
            await AddKeyAsync(room, "over", TimeSpan.Zero);
            await AddKeyAsync(room, "valid", Second);
        }

        await PurgeAsync();

        Assert.Equal(3, await _jobs.CountAsync("SELECT count(*) FROM idempotency_keys WHERE key = 'valid'"));
        Assert.Equal(3, await _jobs.CountAsync("SELECT count(*) FROM idempotency_keys"));
    }

    [Fact]
    public async Task Deletes_events_72_hours_after_they_were_done_and_never_before()
    {
        Guid old = await _jobs.AddEventAsync([], doneAt: _jobs.Now - TimeSpan.FromHours(72));
        Guid young = await _jobs.AddEventAsync([], doneAt: _jobs.Now - TimeSpan.FromHours(72) + Second);
        Guid open = await _jobs.AddEventAsync(["signing"]);
        await _jobs.App.Database.ExecuteAsync(
            "UPDATE outbox SET created_at = now() - interval '1 year' WHERE id = $1", Token, open);

        await PurgeAsync();

        IReadOnlyList<Guid> left = await _jobs.App.Database.ListAsync<Guid>("SELECT id FROM outbox", Token);
        Assert.Equal(new[] { young, open }.Order(), left.Order());
        Assert.DoesNotContain(old, left);
    }

    [Fact]
    public async Task Deletes_taken_events_after_30_days_and_keeps_providers_deliveries_for_good()
    {
        TimeSpan month = TimeSpan.FromDays(30);
        await _jobs.TakeAsync(Guid.NewGuid(), "signing", takenAt: _jobs.Now - month);
        await _jobs.TakeAsync(Guid.NewGuid(), "signing", takenAt: _jobs.Now - month + Second);
        await _jobs.TakeAsync(Guid.NewGuid(), "webhooks", "alchemy/main", _jobs.Now - (100 * month));

        await PurgeAsync();

        Assert.Equal(
            ["signing", "webhooks"],
            await _jobs.App.Database.ListAsync<string>("SELECT consumer FROM inbox ORDER BY consumer", Token));
    }

    [Fact]
    public async Task Deletes_sessions_30_days_after_their_end_with_all_that_is_theirs()
    {
        await AddSessionAsync(_jobs.Now - TimeSpan.FromDays(30));
        await AddSessionAsync(_jobs.Now - TimeSpan.FromDays(30) + Second);

        await PurgeAsync();

        Assert.Equal(1, await _jobs.CountAsync("SELECT count(*) FROM sessions"));
        Assert.Equal(1, await _jobs.CountAsync("SELECT count(*) FROM refresh_tokens"));
        Assert.Equal(2, await _jobs.CountAsync("SELECT count(*) FROM users"));
    }

    [Fact]
    public async Task Finds_nothing_to_do_the_second_time()
    {
        await AddKeyAsync("auth", "over", TimeSpan.Zero);

        await PurgeAsync();
        await PurgeAsync();

        Assert.Equal(0, await _jobs.CountAsync("SELECT count(*) FROM idempotency_keys"));
    }

    [Fact]
    public async Task Calls_an_unknown_schedule_poison() => Assert.Equal(422, await _jobs.TickAsync("no-such-job"));

    private async Task PurgeAsync() => Assert.Equal(204, await _jobs.TickAsync("purge"));

    private Task AddKeyAsync(string room, string key, TimeSpan expiresIn) => _jobs.App.Database.ExecuteAsync(
        """
        INSERT INTO idempotency_keys (room, caller, key, fingerprint, created_at, expires_at)
        VALUES ($1, 'someone', $2, decode(repeat('00', 32), 'hex'), $3, $4)
        """,
        Token, room, key, _jobs.Now - TimeSpan.FromHours(72), _jobs.Now + expiresIn);

    private async Task AddSessionAsync(DateTimeOffset expiresAt)
    {
        Guid user = Guid.NewGuid();
        Guid session = Guid.NewGuid();
        DateTimeOffset began = expiresAt - TimeSpan.FromDays(30);
        await _jobs.App.Database.ExecuteAsync(
            "INSERT INTO users (id, created_at, firebase_uid) VALUES ($1, $2, $3)",
            Token, user, began, user.ToString());
        await _jobs.App.Database.ExecuteAsync(
            """
            INSERT INTO sessions
                (id, user_id, audience, generation, rotated_at, created_at, authenticated_at, checked_at, expires_at)
            VALUES ($1, $2, 'user', 1, $3, $3, $3, $3, $4)
            """,
            Token, session, user, began, expiresAt);
        await _jobs.App.Database.ExecuteAsync(
            """
            INSERT INTO refresh_tokens (id, session_id, generation, issued_at, expires_at, secret_hash)
            VALUES ($1, $2, 1, $3, $4, sha256(uuid_send($1)))
            """,
            Token, Guid.NewGuid(), session, began, expiresAt);
    }
}
