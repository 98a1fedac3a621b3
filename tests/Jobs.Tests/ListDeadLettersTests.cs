using System.Text.Json;
using Souk.Domain.Sessions;
using Souk.Harness;

namespace Souk.Jobs.Tests;

public sealed class ListDeadLettersTests(SharedWorld world) : IAsyncLifetime
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
    public async Task Says_which_consumer_could_not_take_which_event_and_why()
    {
        Guid id = Guid.NewGuid();
        await _jobs.DieAsync(
            id.ToString(), """{"secret": "of the event"}""", ("source", "/auth"), ("subject", "wallet/1"),
            ("knativeerrorcode", "422"), ("knativeerrordest", "http://signing.apis.svc.cluster.local/events"),
            ("knativeerrordata", "bm8gc3VjaCBtZW1iZXI="));

        JsonElement letter = Assert.Single(await ListAsync());

        Assert.Equal(
            ("/auth", id.ToString(), "test.happened", "wallet/1", "signing", "parked", "422", "no such member", 1),
            (
                Text(letter, "source"), Text(letter, "eventId"), Text(letter, "type"), Text(letter, "subject"),
                Text(letter, "consumer"), Text(letter, "status"), Text(letter, "reason"), Text(letter, "detail"),
                letter.GetProperty("deaths").GetInt32()));
        Assert.DoesNotContain("secret", letter.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_the_newest_first_a_page_at_a_time()
    {
        List<string> ids = [];
        for (int i = 0; i < 5; i++)
        {
            ids.Add($"{i}");
            await _jobs.DieAsync(ids[^1], "{}");
            if (i != 2) _jobs.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        List<string?> seen = [];
        string cursor = "";
        for (int page = 0; page < 3; page++)
        {
            ApiAnswer answer = await _operator.Api.GetAsync($"v1/admin/dead-letters?limit=2{cursor}", Token);
            seen.AddRange(Letters(answer).Select(letter => Text(letter, "eventId")));
            cursor = $"&cursor={answer.Json.GetProperty("next").GetString()}";
        }

        Assert.Equal(5, seen.Count);
        Assert.Equal(("4", "0"), (seen[0], seen[^1]));
        Assert.Equal(ids.Order(), seen.Order());
        Assert.Equal("&cursor=", cursor);
    }

    [Theory]
    [InlineData("status=retrying", "b")]
    [InlineData("status=parked", "ca")]
    [InlineData("consumer=signing", "ba")]
    [InlineData("type=test.other", "c")]
    [InlineData("source=/test", "c")]
    [InlineData("source=/marketplace&consumer=signing&status=parked", "a")]
    [InlineData("consumer=nobody", "")]
    public async Task Lists_what_was_asked_for(string filter, string expected)
    {
        Guid a = await _jobs.AddEventAsync(["signing"]);
        Guid b = await _jobs.AddEventAsync(["signing"]);
        await _jobs.DieAsync(a, "signing");
        _jobs.Clock.Advance(TimeSpan.FromSeconds(1));
        await _jobs.DieAsync(b, "signing", 503);
        _jobs.Clock.Advance(TimeSpan.FromSeconds(1));
        await _jobs.DieAsync("c", "{}", ("type", "test.other"));

        IEnumerable<string> found = (await ListAsync(filter)).Select(letter => Text(letter, "eventId")!);

        Assert.Equal(expected, string.Concat(found.Select(id => id == "c" ? "c" : id == $"{a}" ? "a" : "b")));
    }

    [Theory]
    [InlineData("status=dead")]
    [InlineData("status=1")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("cursor=nowhere")]
    public async Task Refuses_a_question_that_makes_no_sense(string query)
    {
        ApiAnswer answer = await _operator.Api.GetAsync($"v1/admin/dead-letters?{query}", Token);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData(TokenAudience.Admin, Role.Support, 200)]
    [InlineData(TokenAudience.Admin, Role.Trader, 403)]
    [InlineData(TokenAudience.User, Role.Operator, 403)]
    public async Task Answers_whoever_may_read_operations_and_nobody_else(
        TokenAudience audience, Role role, int status)
    {
        TestPerson person = await _jobs.App.SignInAsync(audience, Token, role);

        foreach (string path in new[] { "dead-letters", "inbox", "outbox" })
            Assert.Equal(status, (await person.Api.GetAsync($"v1/admin/{path}", Token)).Status);
        Assert.Equal(401, (await _jobs.App.Anonymous.GetAsync("v1/admin/dead-letters", Token)).Status);
    }

    private async Task<List<JsonElement>> ListAsync(string filter = "")
    {
        ApiAnswer answer = await _operator.Api.GetAsync($"v1/admin/dead-letters?{filter}", Token);
        Assert.Equal(200, answer.Status);
        return Letters(answer);
    }

    private static List<JsonElement> Letters(ApiAnswer answer) =>
        [.. answer.Json.GetProperty("deadLetters").EnumerateArray()];

    private static string? Text(JsonElement letter, string name) => letter.GetProperty(name).GetString();
}
