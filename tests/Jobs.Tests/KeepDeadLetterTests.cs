using System.Text;
using Souk.Harness;
using Souk.Local.Broker;

namespace Souk.Jobs.Tests;

public sealed class KeepDeadLetterTests(SharedWorld world) : IAsyncLifetime
{
    private Housekeeping _jobs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _jobs = await Housekeeping.StartAsync(world);

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public async Task Keeps_what_no_consumer_could_take_with_the_brokers_reason()
    {
        Assert.Equal(204, await SendAsync("1", """{"a": 1}""", ("knativeerrorcode", "422"), ("subject", "listing/1")));

        Assert.Equal("1 /test test.happened listing/1 422 {\"a\": 1}", await FindAsync());
    }

    [Theory]
    [InlineData("{ no json")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("\"\\u0000\"")]
    public async Task Keeps_data_that_are_no_JSON_as_they_came(string data)
    {
        Assert.Equal(204, await SendAsync("1", data));

        Assert.Equal($"1 /test test.happened  undelivered {data}", await FindAsync());
    }

    [Fact]
    public async Task Keeps_a_dead_letter_once_however_often_it_comes()
    {
        int[] answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => SendAsync("1", $"{i}")));

        Assert.All(answers, answer => Assert.Equal(204, answer));
        Assert.Equal(1, await _jobs.CountAsync("SELECT count(*) FROM dead_letters"));
    }

    [Fact]
    public async Task Keeps_a_tick_that_no_schedule_took()
    {
        Assert.Equal(204, await SendAsync("1", "{}", ("type", "dev.knative.sources.ping"), ("job", "unknown")));

        Assert.Equal(
            1, await _jobs.CountAsync("SELECT count(*) FROM dead_letters WHERE type = 'dev.knative.sources.ping'"));
    }

    private async Task<int> SendAsync(string id, string data, params (string Name, string Value)[] more)
    {
        CloudEventMessage message = new(
            new Dictionary<string, string>
            {
                ["specversion"] = "1.0", ["id"] = id, ["source"] = "/test", ["type"] = "test.happened",
            },
            "application/json",
            Encoding.UTF8.GetBytes(data),
            null);
        foreach ((string name, string value) in more)
            message = message.With(name, value);
        using HttpClient http = new();
        using HttpRequestMessage request = message.ToRequest(new Uri(_jobs.App.Url, "dead-letters"));
        using HttpResponseMessage response = await http.SendAsync(request, Token);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Token));
        return (int)response.StatusCode;
    }

    private Task<string?> FindAsync() => _jobs.App.Database.FindAsync<string>(
        """
        SELECT concat_ws(' ', id, source, type, coalesce(subject, ''), reason, coalesce(convert_from(data, 'UTF8'), ''))
        FROM dead_letters
        """,
        Token);
}
