using System.Globalization;
using System.Net;
using Souk.Domain.Chain;
using Souk.Local.Outside;

namespace Souk.Local.Supervision;

/// <summary>A person's hand on the platform while it runs: fire a schedule, mine, move time, kill a function.</summary>
/// <remarks>
/// On loopback and without a password, so that curl is enough; what a web page could send is refused, for a browser
/// names its page's origin in every cross-site POST.
/// </remarks>
internal sealed class ControlServer(LocalPlatform platform) : IAsyncDisposable
{
    private const int BlocksMax = 10_000;
    private const int SecondsMax = 366 * 24 * 3600;

    private WebApplication? _app;

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_app!.Urls.First());

    /// <summary>Starts listening on a free loopback port.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.Use(RefuseBrowsersAsync);
        _app.UseRouting();
        Map(_app);
        await _app.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is null) return;
        using CancellationTokenSource now = new(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static async Task RefuseBrowsersAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.Origin.Count == 0) await next(context);
        else context.Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    private void Map(WebApplication app)
    {
        app.MapPost("/control/schedules/{job}", context =>
            AnswerAsync(context, platform.World.Schedules.Fire(Route(context, "job")) ? null : "no such schedule"));
        app.MapPost("/control/chains/{id}/mine", context => OnChainAsync(
            context, "blocks", BlocksMax, (chain, count) => chain.Node.MineAsync(count, context.RequestAborted)));
        app.MapPost("/control/chains/{id}/time", context => OnChainAsync(
            context,
            "seconds",
            SecondsMax,
            (chain, count) => chain.Node.IncreaseTimeAsync(TimeSpan.FromSeconds(count), context.RequestAborted)));
        app.MapPost("/control/functions/{function}/kill", context => OnFunctionAsync(context, function =>
            platform.Functions.KillAsync(function, context.RequestAborted)));
        app.MapPost("/control/functions/{function}/restart", context => OnFunctionAsync(context, function =>
            platform.Functions.RestartAsync(function, context.RequestAborted)));
        app.MapPost("/control/id-tokens", context => context.Response.WriteAsync(
            platform.World.Firebase.MintIdToken(Query(context, "uid"), context.Request.Query["email"])));
    }

    private async Task OnChainAsync(
        HttpContext context, string parameter, int max, Func<WorldChain, int, Task> act)
    {
        WorldChain? chain = ChainId.TryParse(Route(context, "id"), out ChainId id)
            ? platform.World.Chains.FirstOrDefault(one => one.Plan.Id == id)
            : null;
        string text = Query(context, parameter);
        bool isCount = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count > 0 && count <= max;
        if (chain is null || !isCount)
        {
            await AnswerAsync(context, chain is null ? "no such chain" : $"{parameter}: 1 to {max}");
            return;
        }

        await act(chain, count);
        await AnswerAsync(context, null);
    }

    private async Task OnFunctionAsync(HttpContext context, Func<string, Task> act)
    {
        string function = Route(context, "function");
        bool isOurs = platform.Functions.Functions.Contains(function);
        if (isOurs) await act(function);
        await AnswerAsync(context, isOurs ? null : "no such function");
    }

    private static Task AnswerAsync(HttpContext context, string? refusal)
    {
        context.Response.StatusCode = refusal is null
            ? StatusCodes.Status204NoContent
            : StatusCodes.Status400BadRequest;
        return refusal is null ? Task.CompletedTask : context.Response.WriteAsync(refusal + "\n");
    }

    private static string Route(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    private static string Query(HttpContext context, string name) => context.Request.Query[name].ToString();
}
