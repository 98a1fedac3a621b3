using System.Text;
using Souk.Harness;
using Souk.Local.Broker;
using Souk.Local.StandIns;

namespace Souk.Jobs.Tests;

public sealed class ReplayDeadLetterTests(SharedWorld world) : IAsyncLifetime
{
    private Housekeeping _jobs = null!;
    private TestPerson _operator = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _jobs = await Housekeeping.StartAsync(world);
        _operator = await _jobs.OperatorAsync();
    }

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public async Task Sends_a_parked_event_at_once_and_closes_the_letter_when_it_is_taken()
    {
        Guid id = await ParkAsync("signing");

        ApiAnswer answer = await ReplayAsync(await _jobs.LetterIdAsync(id, "signing"));
        Assert.Equal((200, "replayed"), (answer.Status, answer.Json.GetProperty("status").GetString()));
        Assert.Equal(1, _jobs.SentCountOf(id));
        Assert.False(await _jobs.IsParkedAsync(id));

        await _jobs.TakeAsync(id, "signing");
        await RelayLaterAsync();
        Assert.Equal("taken 422 1", await _jobs.LetterAsync(id, "signing"));
        Assert.True(await _jobs.IsDoneAsync(id));
        Assert.Equal(1, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Has_the_relay_send_what_the_broker_did_not_take_at_once()
    {
        Guid id = await ParkAsync("signing");
        _jobs.App.Broker.Next(StandInFault.TimeOutBeforeEffect);

        Assert.Equal(200, (await ReplayAsync(await _jobs.LetterIdAsync(id, "signing"))).Status);
        Assert.Equal(0, _jobs.SentCountOf(id));
        await RelayLaterAsync();

        Assert.Equal(1, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Parks_again_what_is_refused_again()
    {
        Guid id = await ParkAsync("signing");
        await ReplayAsync(await _jobs.LetterIdAsync(id, "signing"));

        await _jobs.DieAsync(id, "signing");

        Assert.Equal("parked 422 2", await _jobs.LetterAsync(id, "signing"));
        Assert.True(await _jobs.IsParkedAsync(id));
    }

    [Fact]
    public async Task Starts_the_count_of_attempts_anew()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        await _jobs.App.Database.ExecuteAsync("UPDATE outbox SET attempts = 150", Token);
        await _jobs.TickAsync("relay");

        await ReplayAsync(await _jobs.LetterIdAsync(id, "signing"));
        await RelayLaterAsync();

        Assert.Equal(2, _jobs.SentCountOf(id));
        Assert.Equal("replayed unsent 1", await _jobs.LetterAsync(id, "signing"));
    }

    [Fact]
    public async Task Sends_an_event_that_the_outbox_never_held_from_its_letter()
    {
        await _jobs.DieAsync(
            "tick 1", "<data/>", ("source", "/apis/v1/pings"), ("type", "dev.knative.sources.ping"), ("job", "expire"),
            ("subject", "Euro €"), ("time", "2026-06-01T12:00:00Z"), ("sequence", "7"), ("knativeerrorcode", "422"));

        ApiAnswer answer = await ReplayAsync(await OnlyLetterAsync());

        Assert.Equal("replayed", answer.Json.GetProperty("status").GetString());
        CloudEventMessage sent = Assert.Single(_jobs.App.Broker.Taken, taken => taken.Id == "tick 1");
        Assert.Equal(
            ("/apis/v1/pings", "expire", "Euro €", "7", "2026-06-01T12:00:00.0000000Z", "<data/>"),
            (
                sent.Attributes["source"], sent.Attributes["job"], sent.Attributes["subject"],
                sent.Attributes["sequence"], sent.Attributes["time"], Encoding.UTF8.GetString(sent.Data.Span)));
        Assert.Equal("application/json", sent.ContentType);
        Assert.DoesNotContain(sent.Attributes.Keys, name => name.StartsWith("knative", StringComparison.Ordinal));
        await RelayLaterAsync();
        Assert.Single(_jobs.App.Broker.Taken, taken => taken.Id == "tick 1");
    }

    [Fact]
    public async Task Has_the_relay_send_a_letter_that_the_broker_did_not_take_at_once()
    {
        await _jobs.DieAsync("1", "{}");
        _jobs.App.Broker.Next(503);

        Assert.Equal(200, (await ReplayAsync(await OnlyLetterAsync())).Status);
        Assert.Empty(_jobs.App.Broker.Taken);
        await RelayLaterAsync();

        Assert.Single(_jobs.App.Broker.Taken);
    }

    [Fact]
    public async Task Sends_an_event_that_was_done_again_if_an_operator_insists()
    {
        Guid id = await _jobs.AddEventAsync([], doneAt: _jobs.Now);
        await _jobs.DieAsync(id, "partner");

        await ReplayAsync(await _jobs.LetterIdAsync(id, "partner"));
        Assert.Equal(1, _jobs.SentCountOf(id));
        await RelayLaterAsync();

        Assert.True(await _jobs.IsDoneAsync(id));
        Assert.Equal(1, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Acts_once_for_one_idempotency_key_and_writes_who_did_it()
    {
        Guid id = await ParkAsync("signing");
        Guid letter = await _jobs.LetterIdAsync(id, "signing");

        ApiAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ReplayAsync(letter, "one-key")));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(1, _jobs.SentCountOf(id));
        Assert.Equal(
            $$"""dead_letter.replay dead_letter/{{letter}} {"source": "/marketplace", "eventId": "{{id}}", """
            + "\"consumer\": \"signing\"}",
            await _jobs.App.Database.FindAsync<string>(
                """
                SELECT concat_ws(' ', action, subject, jsonb_strip_nulls(detail)) FROM audit
                WHERE room = 'jobs' AND actor = $1
                """,
                Token,
                _operator.UserId));
        Assert.Equal(1, await _jobs.CountAsync("SELECT count(*) FROM audit"));
    }

    [Fact]
    public async Task Refuses_what_is_closed_or_not_there()
    {
        Guid id = await ParkAsync("signing");
        await _jobs.TakeAsync(id, "signing");
        await _jobs.TickAsync("relay");

        ApiAnswer taken = await ReplayAsync(await _jobs.LetterIdAsync(id, "signing"));
        ApiAnswer unknown = await ReplayAsync(Guid.NewGuid());

        Assert.Equal((409, "conflict"), (taken.Status, taken.Code));
        Assert.Equal((404, "not_found"), (unknown.Status, unknown.Code));
        Assert.True(await _jobs.IsDoneAsync(id));
        Assert.Equal(0, await _jobs.CountAsync("SELECT count(*) FROM audit"));
    }

    private async Task<Guid> ParkAsync(string consumer)
    {
        Guid id = await _jobs.AddEventAsync([consumer]);
        await _jobs.DieAsync(id, consumer);
        return id;
    }

    private Task<Guid> OnlyLetterAsync() =>
        _jobs.App.Database.FindAsync<Guid>("SELECT letter_id FROM dead_letters", Token);

    private Task<ApiAnswer> ReplayAsync(Guid letter, string? key = null) => _operator.Api.PostAsync(
        $"v1/admin/dead-letters/{letter}/replay", "{}", key ?? Guid.NewGuid().ToString(), Token);

    private async Task RelayLaterAsync()
    {
        _jobs.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(204, await _jobs.TickAsync("relay"));
    }
}
