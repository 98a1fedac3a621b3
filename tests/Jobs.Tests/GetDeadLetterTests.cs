using System.Text.Json;
using Souk.Harness;

namespace Souk.Jobs.Tests;

public sealed class GetDeadLetterTests(SharedWorld world) : IAsyncLifetime
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

    [Theory]
    [InlineData("""{"a": [1, "ü"]}""")]
    [InlineData("{ no json")]
    [InlineData("\"\\ud800\"")]
    [InlineData("")]
    public async Task Shows_all_of_the_event_its_data_as_they_came(string data)
    {
        await _jobs.DieAsync(
            "1", data, ("time", "2026-06-01T12:00:00Z"), ("sequence", "00042"), ("knativeerrorcode", "422"));

        JsonElement shown = await GetAsync();

        Assert.Equal("parked", shown.GetProperty("letter").GetProperty("status").GetString());
        Assert.Equal(data, shown.GetProperty("data").GetString());
        Assert.Equal("application/json", shown.GetProperty("contentType").GetString());
        Assert.Equal("""{"sequence":"00042"}""", shown.GetProperty("extensions").GetRawText());
        Assert.Equal(2026, shown.GetProperty("happenedAt").GetDateTimeOffset().Year);
    }

    [Fact]
    public async Task Shows_data_that_are_no_text_in_base64()
    {
        await _jobs.DieAsync("1", "");
        await _jobs.App.Database.ExecuteAsync("UPDATE dead_letters SET data = '\\xff00'", Token);

        JsonElement shown = await GetAsync();

        Assert.Equal(JsonValueKind.Null, shown.GetProperty("data").ValueKind);
        Assert.Equal("/wA=", shown.GetProperty("dataBase64").GetString());
    }

    [Fact]
    public async Task Shows_a_letter_that_the_relay_wrote()
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);
        await _jobs.App.Database.ExecuteAsync("UPDATE outbox SET attempts = 150 WHERE id = $1", Token, id);
        await _jobs.TickAsync("relay");

        JsonElement shown = await GetAsync();

        Assert.Equal("unsent", shown.GetProperty("letter").GetProperty("reason").GetString());
        Assert.Equal("""{"a": 1}""", shown.GetProperty("data").GetString());
        Assert.Matches("^[0-9]{20}$", shown.GetProperty("extensions").GetProperty("sequence").GetString());
        Assert.Equal(_jobs.Now.Year, shown.GetProperty("happenedAt").GetDateTimeOffset().Year);
    }

    [Fact]
    public async Task Knows_no_letter_that_is_not_there()
    {
        ApiAnswer answer = await _operator.Api.GetAsync($"v1/admin/dead-letters/{Guid.NewGuid()}", Token);

        Assert.Equal((404, "not_found"), (answer.Status, answer.Code));
    }

    private async Task<JsonElement> GetAsync()
    {
        Guid id = await _jobs.App.Database.FindAsync<Guid>("SELECT letter_id FROM dead_letters", Token);
        ApiAnswer answer = await _operator.Api.GetAsync($"v1/admin/dead-letters/{id}", Token);
        Assert.Equal(200, answer.Status);
        return answer.Json;
    }
}
