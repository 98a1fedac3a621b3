using System.Text.Json;
using Souk.Harness;

namespace Souk.Jobs.Tests;

public sealed class ListOutboxTests(SharedWorld world) : IAsyncLifetime
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
    public async Task Says_what_waits_for_whom_how_often_it_was_sent_and_when_it_is_next()
    {
        Guid id = await _jobs.AddEventAsync(["auth", "marketplace", "signing"]);
        await _jobs.TakeAsync(id, "auth");
        await _jobs.TickAsync("relay");

        JsonElement row = Assert.Single(await ListAsync(""));

        Assert.Equal(
            (id, "marketplace", "test.happened", "test", 1),
            (
                row.GetProperty("id").GetGuid(), row.GetProperty("room").GetString(),
                row.GetProperty("type").GetString(), row.GetProperty("subject").GetString(),
                row.GetProperty("attempts").GetInt32()));
        Assert.Equal("""["marketplace","signing"]""", row.GetProperty("missing").GetRawText());
        Assert.Equal(_jobs.Now, row.GetProperty("sentAt").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        Assert.True(row.GetProperty("dueAt").GetDateTimeOffset() > _jobs.Now);
        Assert.False(row.TryGetProperty("data", out _));
    }

    [Fact]
    public async Task Leaves_out_what_is_done_and_shows_what_is_parked_as_due_never()
    {
        await _jobs.AddEventAsync(["signing"], doneAt: _jobs.Now);
        Guid parked = await _jobs.AddEventAsync(["signing"]);
        await _jobs.DieAsync(parked, "signing");
        Guid waiting = await _jobs.AddEventAsync(["signing"]);

        Assert.Equal(new[] { waiting, parked }.Order(), (await IdsAsync("")).Order());
        Assert.Equal([parked], await IdsAsync("parked=true"));
        Assert.Equal([waiting], await IdsAsync("parked=false"));
        Assert.Equal(
            JsonValueKind.Null, Assert.Single(await ListAsync("parked=true")).GetProperty("dueAt").ValueKind);
    }

    [Fact]
    public async Task Lists_what_was_asked_for_a_page_at_a_time()
    {
        Guid[] ids = new Guid[5];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = await _jobs.AddEventAsync(["signing"], type: i == 2 ? "test.other" : "test.happened");
            _jobs.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        ApiAnswer first = await _operator.Api.GetAsync("v1/admin/outbox?type=test.happened&limit=3", Token);
        string? next = first.Json.GetProperty("next").GetString();

        Assert.Equal([ids[4], ids[3], ids[1]], Rows(first).Select(row => row.GetProperty("id").GetGuid()));
        Assert.Equal([ids[0]], await IdsAsync($"type=test.happened&limit=3&cursor={next}"));
        Assert.Equal(5, (await IdsAsync("room=marketplace")).Count);
        Assert.Empty(await IdsAsync("room=auth"));
    }

    [Theory]
    [InlineData("limit=201")]
    [InlineData("cursor=nowhere")]
    [InlineData("parked=perhaps")]
    public async Task Refuses_a_question_that_makes_no_sense(string query)
    {
        ApiAnswer answer = await _operator.Api.GetAsync($"v1/admin/outbox?{query}", Token);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
    }

    private async Task<List<Guid>> IdsAsync(string filter) =>
        [.. (await ListAsync(filter)).Select(row => row.GetProperty("id").GetGuid())];

    private async Task<List<JsonElement>> ListAsync(string filter)
    {
        ApiAnswer answer = await _operator.Api.GetAsync($"v1/admin/outbox?{filter}", Token);
        Assert.Equal(200, answer.Status);
        return Rows(answer);
    }

    private static List<JsonElement> Rows(ApiAnswer answer) =>
        [.. answer.Json.GetProperty("outbox").EnumerateArray()];
}
