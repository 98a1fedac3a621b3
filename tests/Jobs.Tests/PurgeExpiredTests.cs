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
    public async Task Remembers_as_taken_whatever_may_still_be_sent_again_however_old_it_is()
    {
        Guid open = await _jobs.AddEventAsync(["marketplace", "signing"]);
        Guid letter = Guid.NewGuid();
        await _jobs.DieAsync(letter, "signing");
        DateTimeOffset longAgo = _jobs.Now - TimeSpan.FromDays(300);
        await _jobs.TakeAsync(open, "marketplace", takenAt: longAgo);
        await _jobs.TakeAsync(letter, "marketplace", takenAt: longAgo);
        await _jobs.TakeAsync(Guid.NewGuid(), "marketplace", takenAt: longAgo);

        await PurgeAsync();

        Assert.Equal(
            new[] { $"{open}", $"{letter}" }.Order(),
            await _jobs.App.Database.ListAsync<string>("SELECT id FROM inbox ORDER BY id", Token));
    }

    [Fact]
    public async Task Forgets_a_place_in_an_order_after_90_days_unless_an_older_event_may_still_come()
    {
        foreach (string subject in new[] { "over", "test", "letter", "young" })
        {
            await _jobs.App.Database.ExecuteAsync(
                """
                INSERT INTO inbox_heads (consumer, source, subject, sequence, taken_at)
                VALUES ('signing', '/marketplace', $1, 1, $2)
                """,
                Token, subject, _jobs.Now - TimeSpan.FromDays(90) + (subject == "young" ? Second : TimeSpan.Zero));
        }

        await _jobs.AddEventAsync(["signing"]);
        await _jobs.DieAsync("1", "{}", ("source", "/marketplace"), ("subject", "letter"));

        await PurgeAsync();

        Assert.Equal(
            ["letter", "test", "young"],
            await _jobs.App.Database.ListAsync<string>("SELECT subject FROM inbox_heads ORDER BY 1", Token));
    }

    [Fact]
    public async Task Deletes_closed_letters_after_90_days_and_none_that_waits_for_somebody()
    {
        foreach (string status in new[] { "retrying", "parked", "replayed", "taken", "discarded" })
        {
            await AddLetterAsync($"{status} old", status, TimeSpan.FromDays(90));
            await AddLetterAsync($"{status} young", status, TimeSpan.FromDays(90) - Second);
        }

        await AddLetterAsync("tick old", "parked", TimeSpan.FromHours(72), "dev.knative.sources.ping");
        await AddLetterAsync("tick young", "parked", TimeSpan.FromHours(72) - Second, "dev.knative.sources.ping");

        await PurgeAsync();

        Assert.Equal(
            [
                "discarded young", "parked old", "parked young", "replayed young", "retrying old", "retrying young",
                "taken young", "tick young",
            ],
            await _jobs.App.Database.ListAsync<string>("SELECT id FROM dead_letters ORDER BY id", Token));
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

    private Task<int> AddLetterAsync(string id, string status, TimeSpan age, string type = "test.happened") =>
        _jobs.App.Database.ExecuteAsync(
            """
            INSERT INTO dead_letters (source, id, type, reason, status, created_at, changed_at, decided_by, decision)
            VALUES ('/test', $1, $2, '422', $3, $4, $4, gen_random_uuid(), 'test')
            """,
            Token, id, type, status, _jobs.Now - age);

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
