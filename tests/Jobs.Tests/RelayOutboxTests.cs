using System.Text;
using Souk.Harness;
using Souk.Local.Broker;
using Souk.Local.StandIns;

namespace Souk.Jobs.Tests;

public sealed class RelayOutboxTests(SharedWorld world) : IAsyncLifetime
{
    private Housekeeping _jobs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _jobs = await Housekeeping.StartAsync(world);

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public async Task Sends_again_what_a_consumer_has_not_taken()
    {
        Guid id = await _jobs.AddEventAsync(["marketplace", "signing"]);
        await _jobs.TakeAsync(id, "signing");

        Assert.Equal(204, await _jobs.TickAsync("relay"));

        CloudEventMessage sent = Assert.Single(_jobs.App.Broker.Taken);
        Assert.Equal(
            (id.ToString(), "/marketplace", "test.happened", "test"),
            (sent.Id, sent.Attributes["source"], sent.Type, sent.Attributes["subject"]));
        Assert.Equal("""{"a": 1}""", Encoding.UTF8.GetString(sent.Data.Span));
        Assert.False(await _jobs.IsDoneAsync(id));
    }

    [Fact]
    public async Task Finishes_what_every_consumer_has_taken_and_sends_it_no_more()
    {
        Guid id = await _jobs.AddEventAsync(["marketplace", "signing"]);
        await _jobs.TakeAsync(id, "signing");
        await _jobs.TakeAsync(id, "marketplace");

        await _jobs.TickAsync("relay");

        Assert.True(await _jobs.IsDoneAsync(id));
        Assert.Empty(_jobs.App.Broker.Taken);
    }

    [Fact]
    public async Task Counts_no_event_of_another_source_with_the_same_id()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        await _jobs.TakeAsync(id, "signing", source: "/auth");

        await _jobs.TickAsync("relay");

        Assert.False(await _jobs.IsDoneAsync(id));
        Assert.Equal(1, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Leaves_alone_what_is_not_due()
    {
        Guid id = await _jobs.AddEventAsync(["signing"], dueIn: TimeSpan.FromSeconds(1));

        await _jobs.TickAsync("relay");
        Assert.Equal(0, _jobs.SentCountOf(id));
        _jobs.Clock.Advance(TimeSpan.FromSeconds(1));
        await _jobs.TickAsync("relay");

        Assert.Equal(1, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Finishes_what_nobody_consumes_once_the_broker_took_it()
    {
        Guid id = await _jobs.AddEventAsync([]);
        _jobs.App.Broker.Next(503);

        await _jobs.TickAsync("relay");
        _jobs.Clock.Advance(TimeSpan.FromMinutes(1));
        await _jobs.TickAsync("relay");
        Assert.False(await _jobs.IsDoneAsync(id));
        _jobs.Clock.Advance(TimeSpan.FromMinutes(1));
        await _jobs.TickAsync("relay");

        Assert.True(await _jobs.IsDoneAsync(id));
        Assert.Equal(1, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Finishes_without_sending_what_nobody_consumes_and_its_own_room_has_sent()
    {
        Guid id = await _jobs.AddEventAsync([]);
        await _jobs.App.Database.ExecuteAsync("UPDATE outbox SET sent_at = now() WHERE id = $1", Token, id);

        await _jobs.TickAsync("relay");

        Assert.True(await _jobs.IsDoneAsync(id));
        Assert.Empty(_jobs.App.Broker.Taken);
    }

    [Fact]
    public async Task Waits_longer_after_each_attempt_and_never_more_than_a_quarter_of_an_hour()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        List<TimeSpan> waits = [];
        for (int attempt = 0; attempt < 12; attempt++)
        {
            await _jobs.TickAsync("relay");
            waits.Add(await _jobs.DueInAsync(id));
            _jobs.Clock.Advance(waits[^1]);
        }

        Assert.InRange(waits[0], TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(7));
        Assert.Equal(waits.Order(), waits);
        Assert.True(waits[6] > 32 * waits[0]);
        Assert.InRange(waits[^1], TimeSpan.FromMinutes(7), TimeSpan.FromMinutes(15));
        Assert.Equal(12, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Shares_the_work_between_two_runs_at_once_and_goes_on_beyond_one_batch()
    {
        Guid[] ids = await Task.WhenAll(Enumerable.Range(0, 250).Select(_ => _jobs.AddEventAsync(["signing"])));

        int[] answers = await Task.WhenAll(_jobs.TickAsync("relay"), _jobs.TickAsync("relay"));

        Assert.Equal([204, 204], answers);
        Assert.All(ids, id => Assert.Equal(1, _jobs.SentCountOf(id)));
    }

    [Fact]
    public async Task Sends_again_later_what_was_claimed_and_lost_before_the_broker_had_it()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        _jobs.App.Broker.Next(StandInFault.TimeOutBeforeEffect);

        Assert.Equal(204, await _jobs.TickAsync("relay"));
        await _jobs.TickAsync("relay");
        Assert.Equal(0, _jobs.SentCountOf(id));
        _jobs.Clock.Advance(await _jobs.DueInAsync(id));
        await _jobs.TickAsync("relay");

        Assert.Equal(1, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Sends_under_the_same_id_what_the_broker_took_without_saying_so()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        _jobs.App.Broker.Next(StandInFault.TimeOutAfterEffect);

        await _jobs.TickAsync("relay");
        _jobs.Clock.Advance(await _jobs.DueInAsync(id));
        await _jobs.TickAsync("relay");

        Assert.Equal(2, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Keeps_the_order_in_which_events_were_announced()
    {
        List<Guid> ids = [];
        for (int i = 0; i < 30; i++)
            ids.Add(await _jobs.AddEventAsync(["signing"]));

        await _jobs.TickAsync("relay");

        Assert.Equal(ids.Select(id => id.ToString()), _jobs.App.Broker.Taken.Select(taken => taken.Id));
    }

    [Fact]
    public async Task Goes_past_an_event_that_the_broker_refuses()
    {
        Guid refused = await _jobs.AddEventAsync(["signing"]);
        Guid next = await _jobs.AddEventAsync(["signing"]);
        _jobs.App.Broker.Next(400);

        await _jobs.TickAsync("relay");

        Assert.Equal((0, 1), (_jobs.SentCountOf(refused), _jobs.SentCountOf(next)));
    }

    [Fact]
    public async Task Takes_the_broker_for_down_after_three_losses_in_a_row()
    {
        for (int i = 0; i < 20; i++)
            await _jobs.AddEventAsync(["signing"]);
        for (int i = 0; i < 20; i++)
            _jobs.App.Broker.Next(StandInFault.TimeOutBeforeEffect);

        Assert.Equal(204, await _jobs.TickAsync("relay"));

        Assert.Equal(3, _jobs.App.Broker.Calls.Count);
    }

    [Fact]
    public async Task Answers_204_when_no_broker_is_there_and_tries_again_later()
    {
        await using Housekeeping alone = await Housekeeping.StartAsync(
            world, new Dictionary<string, string?> { ["Broker:Url"] = "http://127.0.0.1:9/" });
        Guid id = await alone.AddEventAsync(["signing"]);

        Assert.Equal(204, await alone.TickAsync("relay"));

        Assert.False(await alone.IsDoneAsync(id));
        Assert.True(await alone.DueInAsync(id) > TimeSpan.Zero);
    }
}
