using Souk.Harness;
using Souk.Local.StandIns;

namespace Souk.Jobs.Tests;

/// <summary>When the relay stops sending an event, and what sets it going again.</summary>
public sealed class RelayParkingTests(SharedWorld world) : IAsyncLifetime
{
    private Housekeeping _jobs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _jobs = await Housekeeping.StartAsync(world);

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public async Task Sends_no_more_what_its_last_consumer_refused()
    {
        Guid id = await _jobs.AddEventAsync(["marketplace", "signing"]);
        await _jobs.TakeAsync(id, "marketplace");
        await _jobs.DieAsync(id, "signing");

        await RelayLaterAsync();

        Assert.True(await _jobs.IsParkedAsync(id));
        Assert.Equal(0, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Goes_on_for_the_consumer_that_has_not_refused_and_parks_when_it_has_taken()
    {
        Guid id = await _jobs.AddEventAsync(["marketplace", "signing"]);
        await _jobs.DieAsync(id, "signing");

        await RelayLaterAsync();
        Assert.Equal(1, _jobs.SentCountOf(id));
        await _jobs.TakeAsync(id, "marketplace");
        await RelayLaterAsync();

        Assert.True(await _jobs.IsParkedAsync(id));
        Assert.Equal(1, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Goes_on_for_a_consumer_that_was_unwell_and_closes_its_letter_when_it_has_taken()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        await _jobs.DieAsync(id, "signing", 503);

        await RelayLaterAsync();
        Assert.Equal(1, _jobs.SentCountOf(id));
        await _jobs.TakeAsync(id, "signing");
        await RelayLaterAsync();

        Assert.Equal("taken 503 1", await _jobs.LetterAsync(id, "signing"));
        Assert.True(await _jobs.IsDoneAsync(id));
    }

    [Fact]
    public async Task Finds_a_parked_event_done_that_was_taken_after_all()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        await _jobs.DieAsync(id, "signing");
        await _jobs.TakeAsync(id, "signing");

        await _jobs.TickAsync("relay");

        Assert.Equal("taken 422 1", await _jobs.LetterAsync(id, "signing"));
        Assert.True(await _jobs.IsDoneAsync(id));
        Assert.Equal(0, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Gives_up_after_150_attempts_and_writes_a_letter_for_each_consumer_that_is_missing()
    {
        Guid id = await _jobs.AddEventAsync(["auth", "marketplace", "signing"]);
        await _jobs.TakeAsync(id, "auth");
        await SetAttemptsAsync(id, 149);

        await RelayLaterAsync();
        Assert.Equal(1, _jobs.SentCountOf(id));
        Assert.False(await _jobs.IsParkedAsync(id));
        await RelayLaterAsync();

        Assert.True(await _jobs.IsParkedAsync(id));
        Assert.Equal(1, _jobs.SentCountOf(id));
        Assert.Equal("parked untaken 1", await _jobs.LetterAsync(id, "marketplace"));
        Assert.Equal("parked untaken 1", await _jobs.LetterAsync(id, "signing"));
        Assert.Equal(2, await _jobs.CountAsync("SELECT count(*) FROM dead_letters"));
    }

    [Fact]
    public async Task Gives_up_what_nobody_consumes_and_the_broker_never_took()
    {
        Guid id = await _jobs.AddEventAsync([]);
        await SetAttemptsAsync(id, 150);

        await RelayLaterAsync();

        Assert.True(await _jobs.IsParkedAsync(id));
        Assert.Equal("parked unsent 1", await _jobs.LetterAsync(id, ""));
        Assert.Equal(0, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Finishes_at_the_last_attempt_what_was_taken_meanwhile()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        await SetAttemptsAsync(id, 150);
        await _jobs.TakeAsync(id, "signing");

        await RelayLaterAsync();

        Assert.True(await _jobs.IsDoneAsync(id));
        Assert.Equal(0, await _jobs.CountAsync("SELECT count(*) FROM dead_letters"));
    }

    [Fact]
    public async Task Counts_no_attempt_of_what_it_had_no_broker_for()
    {
        for (int i = 0; i < 20; i++)
        {
            await _jobs.AddEventAsync(["signing"]);
            _jobs.App.Broker.Next(StandInFault.TimeOutBeforeEffect);
        }

        await _jobs.TickAsync("relay");

        Assert.Equal(3, await _jobs.CountAsync("SELECT count(*) FROM outbox WHERE attempts = 1"));
        Assert.Equal(17, await _jobs.App.Database.FindAsync<long>(
            "SELECT count(*) FROM outbox WHERE attempts = 0 AND due_at <= $1", Token, _jobs.Now));
    }

    private async Task RelayLaterAsync()
    {
        _jobs.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(204, await _jobs.TickAsync("relay"));
    }

    private Task<int> SetAttemptsAsync(Guid id, int attempts) => _jobs.App.Database.ExecuteAsync(
        "UPDATE outbox SET attempts = $2 WHERE id = $1", Token, id, attempts);
}
