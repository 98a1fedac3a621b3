using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Souk.Domain.Failures;
using Souk.Platform.Tests.Hosting;

namespace Souk.Platform.Tests.CloudEvents;

public sealed class EventEndpointTests(EdgeApp edge) : IClassFixture<EdgeApp>, IDisposable
{
    private const string Type = "souk.chain.hinted.v1";

    private readonly HttpClient _http = new() { BaseAddress = edge.App.Url };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Answers_an_event_that_was_handled_with_204_and_so_its_duplicate()
    {
        string id = Guid.NewGuid().ToString();

        Assert.Equal(204, await SendAsync(id, Type, """{"what":"a","count":1}"""));
        Assert.Equal(204, await SendAsync(id, Type, """{"what":"a","count":1}"""));

        Assert.Single(edge.Get<EventLog>().Events, taken => taken.Id == id);
    }

    [Theory]
    [InlineData("other.type", "{}")]
    [InlineData("dev.knative.sources.ping", "{}")]
    [InlineData(Type, "")]
    [InlineData(Type, "null")]
    [InlineData(Type, "[]")]
    [InlineData(Type, "{")]
    [InlineData(Type, "{}")]
    [InlineData(Type, """{"what":"a"}""")]
    [InlineData(Type, """{"what":null,"count":1}""")]
    [InlineData(Type, """{"what":"a","count":"1"}""")]
    [InlineData(Type, """{"what":"a","count":1,"count":2}""")]
    [InlineData(Type, """{"what":"\ud800","count":1}""")]
    [InlineData(Type, """{"what":"a","count":1,"\ud800":2}""")]
    public async Task Answers_poison_with_422(string type, string data) =>
        Assert.Equal(422, await SendAsync(Guid.NewGuid().ToString(), type, data));

    [Fact]
    public async Task Takes_events_of_a_newer_sender_who_says_more() =>
        Assert.Equal(204, await SendAsync(Guid.NewGuid().ToString(), Type, """{"what":"a","count":1,"new":2}"""));

    [Fact]
    public async Task Answers_an_event_that_is_too_large_with_422() => Assert.Equal(
        422,
        await SendAsync(Guid.NewGuid().ToString(), Type, $$"""{"what":"{{new string('a', 70_000)}}","count":1}"""));

    [Fact]
    public async Task Answers_what_is_no_event_with_422()
    {
        using HttpResponseMessage response = await _http.PostAsync("events", new StringContent("hello"), Token);

        Assert.Equal(422, (int)response.StatusCode);
    }

    public static TheoryData<FailureCode?, int> Failures => new()
    {
        { FailureCode.EventPoison, 422 },
        { FailureCode.RateLimited, 429 },
        { FailureCode.UpstreamUnavailable, 503 },
        { FailureCode.NotFound, 503 },
        { FailureCode.Conflict, 503 },
        { FailureCode.Internal, 503 },
        { null, 503 },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Answers_a_handlers_failure_with_what_the_broker_makes_the_best_of(FailureCode? code, int status)
    {
        EventLog log = edge.Get<EventLog>();
        log.Next = code is { } named ? new FailureException(named, "no") : new JsonException("a vendor's");
        try
        {
            Assert.Equal(status, await SendAsync(Guid.NewGuid().ToString(), Type, """{"what":"a","count":1}"""));
        }
        finally
        {
            log.Next = null;
        }
    }

    [Fact]
    public async Task Hands_a_tick_to_its_schedule_and_no_other()
    {
        Assert.Equal(204, await SendAsync("tick", "dev.knative.sources.ping", "{}", ("ce-job", "tidy")));
        Assert.Equal(422, await SendAsync("tock", "dev.knative.sources.ping", "{}", ("ce-job", "untidy")));

        Assert.Contains(edge.Get<EventLog>().Events, taken => taken is { Id: "tick", Job: "tidy" });
    }

    /// <summary>Sends in binary mode; every answer must be empty, for the broker takes a body for an event.</summary>
    private async Task<int> SendAsync(string id, string type, string data, params (string Name, string Value)[] more)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "events")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(data)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach ((string name, string value) in (IEnumerable<(string, string)>)
            [("ce-specversion", "1.0"), ("ce-id", id), ("ce-source", "/test"), ("ce-type", type), .. more])
        {
            request.Headers.Add(name, value);
        }

        using HttpResponseMessage response = await _http.SendAsync(request, Token);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Token));
        return (int)response.StatusCode;
    }
}
