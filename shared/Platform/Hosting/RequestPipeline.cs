using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.Hosting;

/// <summary>
/// What every request passes, outermost first: probe, deadline and failures, routing, access, the endpoint.
/// </summary>
/// <param name="options">How long a request may take.</param>
/// <param name="clock">What that is measured by.</param>
/// <param name="logger">Where each request is said in one line.</param>
/// <param name="firstAnswered">Called once, when the first answer that was not a probe's has left.</param>
internal sealed partial class RequestPipeline(
    FunctionOptions options, TimeProvider clock, ILogger<RequestPipeline> logger, Action firstAnswered)
{
    private const string LivenessPath = "/health/liveness";
    private const string ReadinessPath = "/health/readiness";

    private Action? _firstAnswered = firstAnswered;

    internal void Use(WebApplication app)
    {
        app.Use(ProbeAsync);
        app.Use(GuardAsync);
        app.UseRouting();
        app.Use(AdmitAsync);
    }

    /// <summary>Probes are cheap, unauthenticated and unlogged: the activator asks five times a second.</summary>
    private static Task ProbeAsync(HttpContext context, RequestDelegate next)
    {
        PathString path = context.Request.Path;
        if (path != LivenessPath && path != ReadinessPath)
            return next(context);
        context.Response.StatusCode = StatusCodes.Status200OK;
        return Task.CompletedTask;
    }

    /// <summary>Bounds the request in time, maps what it throws and says in one line what became of it.</summary>
    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        long startedAt = clock.GetTimestamp();
        CancellationToken caller = context.RequestAborted;
        if (_firstAnswered is not null)
            context.Response.OnCompleted(SayFirstAnsweredAsync);
        using CancellationTokenSource deadline = new(options.RequestTimeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(caller, deadline.Token);
        context.RequestAborted = either.Token;
        try
        {
            await next(context);
            ThrowIfRefused(context.Response);
        }
#pragma warning disable CA1031 // Whatever a caller's hanging up made the work throw, nobody is there to be told.
        catch (Exception) when (caller.IsCancellationRequested)
#pragma warning restore CA1031
        {
            context.Abort();
        }
#pragma warning disable CA1031 // The edge is the one place that maps every exception; unnamed ones become `internal`.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await FailureProblem.WriteAsync(context, FailureProblem.FailureOf(exception), exception, logger);
        }

        string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        double elapsed = clock.GetElapsedTime(startedAt).TotalMilliseconds;
        Log.Answered(logger, context.Request.Method, route, context.Response.StatusCode, Math.Round(elapsed, 2));
    }

    private Task SayFirstAnsweredAsync()
    {
        Interlocked.Exchange(ref _firstAnswered, null)?.Invoke();
        return Task.CompletedTask;
    }

    /// <summary>What the framework refuses by a bare status is refused in the same form as everything else.</summary>
    private static void ThrowIfRefused(HttpResponse response)
    {
        if (response.HasStarted || response.ContentType is not null)
            return;
        switch (response.StatusCode)
        {
            case StatusCodes.Status400BadRequest:
                throw new FailureException(MalformedRequest.ExplainQuery(response.HttpContext));
            case StatusCodes.Status413PayloadTooLarge:
                throw new FailureException(FailureCode.PayloadTooLarge, "The body is too large.");
            case StatusCodes.Status415UnsupportedMediaType:
                throw new FailureException(FailureCode.UnsupportedMediaType, "The body must be application/json.");
            default:
                break;
        }
    }

    /// <summary>Deny by default: an endpoint that does not say who may call it answers nobody.</summary>
    private static async Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            // Routing's own endpoints refuse a media type; one that refuses a method says no more than no route does.
            await next(context);
            ThrowIfRefused(context.Response);
            throw new FailureException(FailureCode.NotFound, "There is no such operation.");
        }

        EndpointAccess access = endpoint.Metadata.GetMetadata<EndpointAccess>()
            ?? throw new FailureException(FailureCode.Forbidden, "This operation is closed.");
        if (access.AnonymousReason is null)
        {
            AccessTokenVerifier verifier = context.RequestServices.GetRequiredService<AccessTokenVerifier>();
            context.Features.Set(await verifier.AdmitAsync(context.Request, access, context.RequestAborted));
        }

        await next(context);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Answered {Method} {Route} with {Status} in {ElapsedMs} ms.")]
        internal static partial void Answered(
            ILogger logger, string method, string route, int status, double elapsedMs);
    }
}
