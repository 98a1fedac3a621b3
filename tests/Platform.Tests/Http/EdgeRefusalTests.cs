using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Souk.Harness;
using Souk.Platform.Tests.Hosting;

namespace Souk.Platform.Tests.Http;

public sealed class EdgeRefusalTests(EdgeApp edge, SharedWorld world) : IClassFixture<EdgeApp>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "v1/nothing")]
    [InlineData("GET", "")]
    [InlineData("GET", "v1/things")]
    [InlineData("DELETE", "v1/things")]
    [InlineData("GET", "v1/numbers/none")]
    public async Task Says_of_an_unknown_route_or_method_that_there_is_no_such_operation(string method, string path)
    {
        ApiAnswer answer = await edge.Anonymous.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Token);

        Assert.Equal(404, answer.Status);
        Assert.Equal("not_found", answer.Code);
    }

    [Fact]
    public async Task Writes_every_member_of_a_problem()
    {
        using HttpClient http = new() { BaseAddress = edge.App.Url };

        using HttpResponseMessage answer = await http.GetAsync("v1/fails/wait", Token);
        string body = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter!.Delta);
        Assert.Matches(
            """
            ^{"type":"urn:souk:problem:listing_held","title":"Another buyer holds the listing.","status":409,
            "detail":"Another buyer holds it.","code":"listing_held","retryAfter":2,"traceId":"[0-9a-f]{32}"}$
            """.ReplaceLineEndings(""),
            body);
    }

    [Theory]
    [InlineData("anyhow", 500, "internal")]
    [InlineData("json", 500, "internal")]
    [InlineData("inside", 503, "upstream_unavailable")]
    [InlineData("timeout", 503, "upstream_unavailable")]
    public async Task Never_shows_what_an_exception_says(string how, int status, string code)
    {
        ApiAnswer answer = await edge.GetAsync($"v1/fails/{how}");

        Assert.Equal(status, answer.Status);
        Assert.Equal(code, answer.Code);
        Assert.DoesNotContain(EdgeFunction.Secret, answer.Json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_each_request_a_trace_of_its_own_and_joins_the_callers()
    {
        HttpRequestMessage traced = new(HttpMethod.Get, "v1/fails/anyhow");
        traced.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        ApiAnswer first = await edge.GetAsync("v1/fails/anyhow");
        ApiAnswer second = await edge.GetAsync("v1/fails/anyhow");
        ApiAnswer joined = await edge.Anonymous.SendAsync(traced, Token);

        Assert.NotEqual(TraceOf(first), TraceOf(second));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", TraceOf(joined));
    }

    [Fact]
    public async Task Refuses_a_request_that_outlasts_its_deadline()
    {
        FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
        await using FunctionApp<EdgeFunction> app = await FunctionApp.StartAsync<EdgeFunction>(
            await world.GetAsync(), new FunctionAppOptions { Clock = clock }, Token);

        Task<ApiAnswer> pending = app.Anonymous.GetAsync("v1/slow", Token);
        await EdgeApp.Get<Gate>(app).Entered.Task.WaitAsync(Token);
        clock.Advance(TimeSpan.FromSeconds(25));
        ApiAnswer answer = await pending;

        Assert.Equal(503, answer.Status);
        Assert.Equal("upstream_unavailable", answer.Code);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Outlives_a_caller_who_hangs_up_in_the_middle_of_a_body()
    {
        using (TcpClient caller = new())
        {
            await caller.ConnectAsync(edge.App.Url.Host, edge.App.Url.Port, Token);
            byte[] half = Encoding.ASCII.GetBytes(
                "POST /v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
            await caller.GetStream().WriteAsync(half, Token);
            caller.LingerState = new LingerOption(true, 0);
        }

        Assert.Equal(204, (await edge.GetAsync("v1/ok")).Status);
    }

    [Fact]
    public async Task Does_not_say_which_server_it_is()
    {
        ApiAnswer answer = await edge.GetAsync("v1/ok");

        Assert.False(answer.Headers.Contains("Server"));
    }

    private static string? TraceOf(ApiAnswer answer) => answer.Json.GetProperty("traceId").GetString();
}
