using System.Collections.Concurrent;
using System.Net;

namespace Souk.Local.StandIns;

/// <summary>What a stand-in does instead of answering well, once.</summary>
public enum StandInFault
{
    /// <summary>Answers with a status instead of doing the work.</summary>
    Error,

    /// <summary>Closes the connection before the work is done.</summary>
    TimeOutBeforeEffect,

    /// <summary>Does the work, then closes the connection without an answer.</summary>
    TimeOutAfterEffect,
}

/// <summary>One call a stand-in took: method, path and the status it answered (0: none).</summary>
public sealed record StandInCall(string Method, string Path, int Status);

/// <summary>A vendor's stand-in: a real HTTP server on loopback, with scripted faults and a record of calls.</summary>
/// <remarks>It never logs and never holds more than the last 10,000 calls.</remarks>
public abstract class StandInServer : IAsyncDisposable
{
    private const int CallsMax = 10_000;
    private readonly ConcurrentQueue<StandInCall> _calls = new();
    private readonly ConcurrentQueue<(StandInFault Fault, int Status, string? PathPart)> _script = new();
    private WebApplication? _app;

    /// <summary>Where it listens, with a trailing slash.</summary>
    public Uri Url => new(_app?.Urls.First() + "/" ?? throw new InvalidOperationException("Not started."));

    /// <summary>The calls taken so far, oldest first.</summary>
    public IReadOnlyCollection<StandInCall> Calls => _calls;

    /// <summary>The next call (whose path contains <paramref name="pathPart"/>) is answered with this status.</summary>
    public void Next(int status, string? pathPart = null) => _script.Enqueue((StandInFault.Error, status, pathPart));

    /// <summary>The next call (whose path contains <paramref name="pathPart"/>) meets this fault.</summary>
    public void Next(StandInFault fault, string? pathPart = null) => _script.Enqueue((fault, 503, pathPart));

    /// <summary>No call meets a fault any more that was scripted before.</summary>
    public void EndFaults() => _script.Clear();

    /// <summary>Starts listening on a free loopback port.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        Configure(builder.Services);
        _app = builder.Build();
        _app.Use(RecordAndDisturbAsync);
        _app.UseRouting();
        Map(_app);
        await _app.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            using CancellationTokenSource now = new(TimeSpan.FromSeconds(1));
            await _app.StopAsync(now.Token);
            await _app.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>What an answer in the vendor's own error shape looks like.</summary>
    protected abstract Task WriteErrorAsync(HttpContext context, int status);

    /// <summary>Adds what the routes need.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    /// <summary>Maps the vendor's routes.</summary>
    protected abstract void Map(IEndpointRouteBuilder routes);

    private async Task RecordAndDisturbAsync(HttpContext context, RequestDelegate next)
    {
        int status = 0;
        try
        {
            if (!TryTakeFault(context.Request.Path, out (StandInFault Fault, int Status, string? PathPart) step))
                await next(context);
            else if (step.Fault == StandInFault.Error)
                await WriteErrorAsync(context, step.Status);
            else
                await LoseAnswerAsync(context, next, step.Fault);

            status = context.RequestAborted.IsCancellationRequested ? 0 : context.Response.StatusCode;
        }
        finally
        {
            _calls.Enqueue(new StandInCall(context.Request.Method, context.Request.Path, status));
            while (_calls.Count > CallsMax)
                _calls.TryDequeue(out _);
        }
    }

    private static async Task LoseAnswerAsync(HttpContext context, RequestDelegate next, StandInFault fault)
    {
        if (fault == StandInFault.TimeOutAfterEffect)
        {
            context.Response.Body = Stream.Null;
            await next(context);
        }

        context.Abort();
    }

    private bool TryTakeFault(PathString path, out (StandInFault Fault, int Status, string? PathPart) step)
    {
        bool matches = _script.TryPeek(out step)
            && (step.PathPart is null || path.Value!.Contains(step.PathPart, StringComparison.Ordinal));
        return matches && _script.TryDequeue(out step);
    }
}
