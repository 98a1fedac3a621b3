using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Souk.Harness;
using Souk.Local.StandIns;
using Souk.Platform.Tests.Hosting;

namespace Souk.Platform.Tests.Telemetry;

public sealed class TelemetryTests(SharedWorld shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sends_traces_and_metrics_to_a_collector_before_it_ends()
    {
        await using Collector collector = new();
        await collector.StartAsync(Token);
        await using (FunctionApp<EdgeFunction> app = await StartAsync($"{collector.Url}otlp"))
        {
            // Telemetry starts after the first answer, so the second request is the first that is seen.
            Assert.Equal(204, (await app.Anonymous.GetAsync("v1/ok", Token)).Status);
            await Collector.StartedAsync(app);
            Assert.Equal(404, (await app.Anonymous.GetAsync("v1/nothing", Token)).Status);
        }

        string traces = collector.Received("/otlp/v1/traces");
        string metrics = collector.Received("/otlp/v1/metrics");
        Assert.Contains("v1/ok", traces, StringComparison.Ordinal);
        Assert.Contains("marketplace", traces, StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", metrics, StringComparison.Ordinal);
        Assert.Contains("souk.refusals", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sends_nothing_without_a_collector()
    {
        await using Collector collector = new();
        await collector.StartAsync(Token);
        await using (FunctionApp<EdgeFunction> app = await StartAsync(null))
            Assert.Equal(204, (await app.Anonymous.GetAsync("v1/ok", Token)).Status);

        Assert.Empty(collector.Calls);
    }

    [Fact]
    public async Task Ends_as_well_when_the_collector_is_away()
    {
        FunctionApp<EdgeFunction> app = await StartAsync("http://127.0.0.1:9");
        Assert.Equal(204, (await app.Anonymous.GetAsync("v1/ok", Token)).Status);

        await app.DisposeAsync();
    }

    private async Task<FunctionApp<EdgeFunction>> StartAsync(string? endpoint) =>
        await FunctionApp.StartAsync<EdgeFunction>(
            await shared.GetAsync(),
            new FunctionAppOptions
            {
                Settings = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint },
            },
            Token);

    /// <summary>Takes OTLP over HTTP; what it got is looked at as text, for so names stand in protobuf.</summary>
    private sealed class Collector : StandInServer
    {
        private readonly ConcurrentDictionary<string, StringBuilder> _received = new();

        public string Received(string path) =>
            _received.TryGetValue(path, out StringBuilder? text) ? text.ToString() : "";

        /// <summary>Asks until telemetry has started, which is after the first answer has left.</summary>
        public static async Task StartedAsync(FunctionApp<EdgeFunction> app)
        {
            using System.Diagnostics.ActivitySource source = new("Npgsql");
            while (!source.HasListeners())
                await app.Anonymous.GetAsync("v1/ok", Token);
            await app.Anonymous.GetAsync("v1/ok", Token);
        }

        protected override Task WriteErrorAsync(HttpContext context, int status)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }

        protected override void Map(IEndpointRouteBuilder routes)
        {
            RequestDelegate take = async context =>
            {
                using MemoryStream body = new();
                await context.Request.Body.CopyToAsync(body, context.RequestAborted);
                StringBuilder text = _received.GetOrAdd(context.Request.Path.Value!, _ => new StringBuilder());
                lock (text)
                    text.Append(Encoding.Latin1.GetString(body.ToArray()));
            };
            routes.MapPost("/{**path}", take);
        }
    }
}
