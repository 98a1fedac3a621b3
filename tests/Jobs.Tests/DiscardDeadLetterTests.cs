using Souk.Harness;

namespace Souk.Jobs.Tests;

public sealed class DiscardDeadLetterTests(SharedWorld world) : IAsyncLifetime
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
    public async Task Ends_the_sending_and_keeps_who_gave_it_up_and_why()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        await _jobs.DieAsync(id, "signing");

        ApiAnswer answer = await DiscardAsync(await _jobs.LetterIdAsync(id, "signing"), "It was a drill.");

        Assert.Equal(
            (200, "discarded", _operator.UserId.ToString(), "It was a drill."),
            (
                answer.Status, answer.Json.GetProperty("status").GetString(),
                answer.Json.GetProperty("decidedBy").GetString(), answer.Json.GetProperty("decision").GetString()));
        Assert.True(await _jobs.IsDoneAsync(id));
        Assert.Equal("discarded 422 1", await _jobs.LetterAsync(id, "signing"));
        Assert.Equal("It was a drill.", await _jobs.App.Database.FindAsync<string>(
            "SELECT detail->>'reason' FROM audit WHERE action = 'dead_letter.discard'", Token));
    }

    [Fact]
    public async Task Goes_on_for_a_consumer_that_has_not_taken_the_event()
    {
        Guid id = await _jobs.AddEventAsync(["marketplace", "signing"]);
        await _jobs.DieAsync(id, "signing");

        await DiscardAsync(await _jobs.LetterIdAsync(id, "signing"), "Not for signing.");
        Assert.False(await _jobs.IsDoneAsync(id));
        await _jobs.TickAsync("relay");
        Assert.Equal(1, _jobs.SentCountOf(id));
        await _jobs.TakeAsync(id, "marketplace");
        _jobs.Clock.Advance(TimeSpan.FromMinutes(15));
        await _jobs.TickAsync("relay");

        Assert.True(await _jobs.IsDoneAsync(id));
        Assert.Equal(1, _jobs.SentCountOf(id));
    }

    [Fact]
    public async Task Parks_an_event_of_which_only_a_parked_consumer_is_left()
    {
        Guid id = await _jobs.AddEventAsync(["marketplace", "signing"]);
        await _jobs.DieAsync(id, "marketplace", 503);
        await _jobs.DieAsync(id, "signing");
        Assert.False(await _jobs.IsParkedAsync(id));

        await DiscardAsync(await _jobs.LetterIdAsync(id, "marketplace"), "Not for marketplace.");

        Assert.True(await _jobs.IsParkedAsync(id));
        Assert.Equal("parked 422 1", await _jobs.LetterAsync(id, "signing"));
    }

    [Fact]
    public async Task Stays_discarded_when_a_late_copy_comes()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        await _jobs.DieAsync(id, "signing");
        await DiscardAsync(await _jobs.LetterIdAsync(id, "signing"), "Enough.");

        await _jobs.DieAsync(id, "signing", 503);

        Assert.Equal("discarded 503 2", await _jobs.LetterAsync(id, "signing"));
        Assert.True(await _jobs.IsDoneAsync(id));
    }

    [Fact]
    public async Task Gives_up_an_event_that_the_outbox_never_held()
    {
        await _jobs.DieAsync("not a uuid", "{}");
        Guid letter = await _jobs.App.Database.FindAsync<Guid>("SELECT letter_id FROM dead_letters", Token);

        Assert.Equal(200, (await DiscardAsync(letter, "Of no use.")).Status);
    }

    [Theory]
    [InlineData("""{"reason": ""}""")]
    [InlineData("""{"reason": "two\nlines"}""")]
    [InlineData("""{"reason": null}""")]
    [InlineData("{}")]
    public async Task Refuses_to_discard_without_a_reason(string body)
    {
        ApiAnswer answer = await _operator.Api.PostAsync(
            $"v1/admin/dead-letters/{Guid.NewGuid()}/discard", body, Token);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Refuses_what_is_closed_or_not_there()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        await _jobs.DieAsync(id, "signing");
        Guid letter = await _jobs.LetterIdAsync(id, "signing");
        await DiscardAsync(letter, "Once.");

        ApiAnswer twice = await DiscardAsync(letter, "Twice.");
        ApiAnswer unknown = await DiscardAsync(Guid.NewGuid(), "Which?");

        Assert.Equal((409, "conflict"), (twice.Status, twice.Code));
        Assert.Equal((404, "not_found"), (unknown.Status, unknown.Code));
    }

    [Fact]
    public async Task Lets_nobody_decide_who_may_only_read()
    {
        TestPerson support = await _jobs.App.SignInAsync(
            Domain.Sessions.TokenAudience.Admin, Token, Domain.Sessions.Role.Support);
        string path = $"v1/admin/dead-letters/{Guid.NewGuid()}";

        Assert.Equal(403, (await support.Api.PostAsync($"{path}/replay", "{}", Token)).Status);
        Assert.Equal(403, (await support.Api.PostAsync($"{path}/discard", """{"reason": "no"}""", Token)).Status);
    }

    private Task<ApiAnswer> DiscardAsync(Guid letter, string reason) => _operator.Api.PostAsync(
        $"v1/admin/dead-letters/{letter}/discard", $$"""{"reason": "{{reason}}"}""", Token);
}
