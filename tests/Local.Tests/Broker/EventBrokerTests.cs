using System.Text;
using Microsoft.Extensions.Time.Testing;
using Souk.Local.Broker;

namespace Souk.Local.Tests.Broker;

public sealed class EventBrokerTests : IAsyncLifetime
{
    private const string Hint = "souk.chain.hinted.v1";
    private const string Queued = "souk.transaction.queued.v1";

    private readonly FakeSubscriber _marketplace = new();
    private readonly FakeSubscriber _signing = new();
    private readonly FakeSubscriber _jobs = new();
    private readonly HttpClient _http = new();
    private readonly EventingManifests _manifests = EventingManifests.Load(EventingManifests.DefaultFolder);
    private readonly EventBroker _broker;

    public EventBrokerTests() => _broker = new EventBroker(_manifests, AddressOf, TimeProvider.System, waitFactor: 0);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _marketplace.StartAsync(Token);
        await _signing.StartAsync(Token);
        await _jobs.StartAsync(Token);
        await _broker.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _marketplace.DisposeAsync();
        await _signing.DisposeAsync();
        await _jobs.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task Delivers_an_event_to_every_subscriber_that_the_triggers_name()
    {
        Assert.Equal(202, await PostAsync(Binary(Hint, "1")));
        await _broker.DrainAsync(Token);

        Assert.Equal("1", Assert.Single(_marketplace.Events).Id);
        Assert.Equal("1", Assert.Single(_signing.Events).Id);
        Assert.Empty(_jobs.Events);
    }

    [Fact]
    public async Task Delivers_a_structured_event_with_its_data_extensions_and_trace()
    {
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using HttpRequestMessage request = new(HttpMethod.Post, _broker.EventsUrl)
        {
            Content = new StringContent(
                $$"""{"specversion":"1.0","id":"é 1","source":"/signing","type":"{{Queued}}","n":7,"data":{"a":1} }""",
                Encoding.UTF8,
                "application/cloudevents+json"),
        };
        request.Headers.Add("traceparent", trace);

        Assert.Equal(202, await PostAsync(request));
        await _broker.DrainAsync(Token);

        CloudEventMessage delivered = Assert.Single(_signing.Events);
        Assert.Equal("é 1", delivered.Id);
        Assert.Equal("7", delivered.Attributes["n"]);
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(delivered.Data.Span));
        Assert.Equal("application/json", delivered.ContentType);
        Assert.Equal(trace, delivered.TraceParent);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Tries_again_after_a_status_that_may_pass(int status)
    {
        _signing.Next(status);

        await PostAsync(Binary(Queued, "1"));
        await _broker.DrainAsync(Token);

        Assert.Equal([status, 204], _signing.Calls.Select(call => call.Status));
        Assert.Empty(_broker.DeadLetters);
    }

    [Fact]
    public async Task Sends_a_refused_event_to_the_dead_letters_at_once()
    {
        _signing.Next(422);

        await PostAsync(Binary(Queued, "1"));
        await _broker.DrainAsync(Token);

        Assert.Equal(422, Assert.Single(_broker.DeadLetters).Status);
        Assert.Single(_signing.Calls);
        Assert.Equal("/dead-letters", Assert.Single(_jobs.Calls).Path);
        CloudEventMessage dead = Assert.Single(_jobs.Events);
        Assert.Equal(
            ("422", "http://signing.apis.svc.cluster.local/events"),
            (dead.Attributes["knativeerrorcode"], dead.Attributes["knativeerrordest"]));
    }

    [Fact]
    public async Task Gives_up_after_the_attempts_that_the_broker_file_allows()
    {
        int attempts = _manifests.Broker.Spec.Delivery.Retry + 1;
        for (int attempt = 0; attempt < attempts; attempt++) _signing.Next(503);

        await PostAsync(Binary(Queued, "1"));
        await _broker.DrainAsync(Token);

        Assert.Equal(attempts, _signing.Calls.Count);
        Assert.Equal(503, Assert.Single(_broker.DeadLetters).Status);
    }

    [Fact]
    public async Task Takes_a_body_that_is_no_event_for_a_failure()
    {
        _signing.NextBody("{}");

        await PostAsync(Binary(Queued, "1"));
        await _broker.DrainAsync(Token);

        Assert.Equal(2, _signing.Calls.Count);
    }

    [Fact]
    public async Task Loses_an_event_when_told_to()
    {
        _broker.DropNext(Queued);

        await PostAsync(Binary(Queued, "1"));
        await PostAsync(Binary(Queued, "2"));
        await _broker.DrainAsync(Token);

        Assert.Equal(["2"], _signing.Events.Select(message => message.Id));
    }

    [Fact]
    public async Task Repeats_an_event_when_told_to()
    {
        _broker.DuplicateNext(Queued);

        await PostAsync(Binary(Queued, "1"));
        await _broker.DrainAsync(Token);

        Assert.Equal(["1", "1"], _signing.Events.Select(message => message.Id));
    }

    [Fact]
    public async Task Lets_a_later_event_overtake_when_told_to()
    {
        FakeTimeProvider clock = new();
        await using EventBroker broker = new(_manifests, AddressOf, clock);
        await broker.StartAsync(Token);
        broker.DelayNext(TimeSpan.FromSeconds(30), Queued);

        broker.Publish(Message("1"));
        broker.Publish(Message("2"));
        await _signing.WaitForAsync(1, Token);
        clock.Advance(TimeSpan.FromSeconds(30));
        await broker.DrainAsync(Token);

        Assert.Equal(["2", "1"], _signing.Events.Select(message => message.Id));
    }

    [Fact]
    public async Task Refuses_what_is_no_event()
    {
        using HttpRequestMessage bare = new(HttpMethod.Post, _broker.EventsUrl) { Content = new StringContent("{}") };
        using HttpRequestMessage elsewhere = new(HttpMethod.Post, new Uri(_broker.Url, "apis/other"));

        Assert.Equal(400, await PostAsync(bare));
        Assert.Equal(404, await PostAsync(elsewhere));
        Assert.Equal(405, (int)(await _http.GetAsync(_broker.EventsUrl, Token)).StatusCode);
    }

    [Fact]
    public async Task Fires_a_schedule_as_the_event_that_its_trigger_waits_for()
    {
        await using Schedules schedules = new(_manifests, _broker, TimeProvider.System);

        Assert.True(schedules.Fire("confirm"));
        Assert.True(schedules.Fire("confirm"));
        Assert.False(schedules.Fire("no-such-job"));
        await _broker.DrainAsync(Token);

        Assert.Empty(_marketplace.Events);
        Assert.Equal(2, _signing.Events.DistinctBy(message => message.Id).Count());
        Assert.All(_signing.Events, message => Assert.Equal("confirm", message.Attributes["job"]));
    }

    [Fact]
    public async Task Fires_schedules_at_their_times()
    {
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 30, TimeSpan.Zero));
        await using Schedules schedules = new(_manifests, _broker, clock);
        schedules.Start();

        clock.Advance(TimeSpan.FromSeconds(30));
        await _signing.WaitForAsync(1, Token);

        Assert.Equal("confirm", Assert.Single(_signing.Events).Attributes["job"]);
        Assert.Equal("2026-01-01T00:01:00.0000000Z", _signing.Events.First().Attributes["time"]);
    }

    private static CloudEventMessage Message(string id) => new(
        new Dictionary<string, string>
        {
            ["specversion"] = "1.0", ["id"] = id, ["source"] = "/test", ["type"] = Queued,
        },
        "application/json",
        Encoding.UTF8.GetBytes("{}"),
        null);

    private HttpRequestMessage Binary(string type, string id) =>
        Message(id).With("type", type).ToRequest(_broker.EventsUrl);

    private async Task<int> PostAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await _http.SendAsync(request, Token);
        return (int)response.StatusCode;
    }

    private Uri? AddressOf(string function) => function switch
    {
        "marketplace" => _marketplace.Url,
        "signing" => _signing.Url,
        "jobs" => _jobs.Url,
        _ => null,
    };
}
