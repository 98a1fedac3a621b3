using Souk.Harness;

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
    public async Task Keeps_what_was_too_large_for_its_consumer()
    {
        Assert.Equal(204, await SendAsync("1", $"\"{new string('a', 1_000_000)}\""));

        Assert.Equal(1_000_002, await _jobs.CountAsync("SELECT length(data)::bigint FROM dead_letters"));
    }

    [Fact]
    public async Task Keeps_a_tick_that_no_schedule_took()
    {
        Assert.Equal(204, await SendAsync("1", "{}", ("type", "dev.knative.sources.ping"), ("job", "unknown")));

        Assert.Equal(
            1, await _jobs.CountAsync("SELECT count(*) FROM dead_letters WHERE type = 'dev.knative.sources.ping'"));
    }

    [Theory]
    [InlineData("http://signing.apis.svc.cluster.local/events", "signing")]
    [InlineData("http://signing.apis.svc.cluster.local", "signing")]
    [InlineData("http://127.0.0.1:8080/events", null)]
    [InlineData("http://UPPER_case.apis/events", null)]
    [InlineData("signing", null)]
    [InlineData("", null)]
    public async Task Knows_the_consumer_by_its_address_in_the_cluster(string destination, string? consumer)
    {
        await SendAsync("1", "{}", ("knativeerrordest", destination));

        Assert.Equal(consumer, await _jobs.App.Database.FindAsync<string>("SELECT consumer FROM dead_letters", Token));
    }

    [Theory]
    [InlineData("eyJlIjoi8J+YgCJ9", "{\"e\":\"\"}")]
    [InlineData("YWJjZGVm", "abcdef")]
    [InlineData("YWJjZGVmZ", "abcdef")]
    [InlineData("YQpiAGM=", "abc")]
    [InlineData("no base64 at all", "no base64 at all")]
    [InlineData("", null)]
    public async Task Keeps_what_the_consumer_said_as_readable_text(string data, string? detail)
    {
        await SendAsync("1", "{}", ("knativeerrordata", data));

        Assert.Equal(detail, await _jobs.App.Database.FindAsync<string>("SELECT detail FROM dead_letters", Token));
    }

    [Fact]
    public async Task Bounds_what_the_consumer_said()
    {
        Assert.Equal(204, await SendAsync("1", "{}", ("knativeerrordata", new string('*', 8000))));

        Assert.Equal(1000, await _jobs.CountAsync("SELECT length(detail)::bigint FROM dead_letters"));
    }

    [Theory]
    [InlineData("503", "503")]
    [InlineData("-1", "-1")]
    [InlineData("<script>", "undelivered")]
    [InlineData("", "undelivered")]
    public async Task Takes_nothing_but_a_status_for_a_reason(string code, string reason)
    {
        await SendAsync("1", "{}", ("knativeerrorcode", code));

        Assert.Equal(reason, await _jobs.App.Database.FindAsync<string>("SELECT reason FROM dead_letters", Token));
    }

    [Fact]
    public async Task Keeps_the_events_own_attributes_and_none_of_the_brokers()
    {
        await SendAsync(
            "1", "{}", ("time", "2026-06-01T12:00:00Z"), ("sequence", "42"),
            ("dataschema", "https://schemas.example/1"), ("knativearrivaltime", "2026-06-01T12:00:01Z"),
            ("knativeerrorcode", "422"));

        Assert.Equal(
            """{"time": "2026-06-01T12:00:00.0000000Z", "sequence": "42", "dataschema": "https://schemas.example/1", """
            + "\"datacontenttype\": \"application/json\"}",
            await _jobs.App.Database.FindAsync<string>("SELECT attributes::text FROM dead_letters", Token));
    }

    [Fact]
    public async Task Keeps_a_letter_for_each_consumer_that_could_not_take_the_event()
    {
        Guid id = await _jobs.AddEventAsync(["marketplace", "signing"]);

        await _jobs.DieAsync(id, "signing");
        await _jobs.DieAsync(id, "marketplace");
        await _jobs.DieAsync(id, "marketplace");

        Assert.Equal("parked 422 1", await _jobs.LetterAsync(id, "signing"));
        Assert.Equal("parked 422 2", await _jobs.LetterAsync(id, "marketplace"));
    }

    [Theory]
    [InlineData(400, "parked")]
    [InlineData(422, "parked")]
    [InlineData(404, "retrying")]
    [InlineData(429, "retrying")]
    [InlineData(503, "retrying")]
    [InlineData(0, "retrying")]
    public async Task Leaves_to_the_relay_what_a_consumer_was_merely_too_unwell_to_take(int status, string expected)
    {
        Guid id = await _jobs.AddEventAsync(["signing"]);

        await _jobs.DieAsync(id, "signing", status);

        Assert.Equal($"{expected} {status} 1", await _jobs.LetterAsync(id, "signing"));
        Assert.Equal(expected == "parked", await _jobs.IsParkedAsync(id));
    }

    [Fact]
    public async Task Parks_whatever_the_outbox_waits_for_no_longer_or_never_held()
    {
        Guid done = await _jobs.AddEventAsync(["signing"], doneAt: _jobs.Now);
        Guid foreign = Guid.NewGuid();
        Guid another = await _jobs.AddEventAsync(["signing"]);

        await _jobs.DieAsync(done, "signing", 503);
        await _jobs.DieAsync(foreign, "signing", 503);
        await _jobs.DieAsync(another, "partner", 503);

        Assert.Equal("parked 503 1", await _jobs.LetterAsync(done, "signing"));
        Assert.Equal("parked 503 1", await _jobs.LetterAsync(foreign, "signing"));
        Assert.Equal("parked 503 1", await _jobs.LetterAsync(another, "partner"));
        Assert.False(await _jobs.IsParkedAsync(another));
    }

    private Task<int> SendAsync(string id, string data, params (string Name, string Value)[] more) =>
        _jobs.DieAsync(id, data, more);

    private Task<string?> FindAsync() => _jobs.App.Database.FindAsync<string>(
        """
        SELECT concat_ws(' ', id, source, type, coalesce(subject, ''), reason, coalesce(convert_from(data, 'UTF8'), ''))
        FROM dead_letters
        """,
        Token);
}
