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
internal sealed partial class RequestPipeline(
    FunctionOptions options, TimeProvider clock, ILogger<RequestPipeline> logger)
{
    private const string LivenessPath = "/health/liveness";
    private const string ReadinessPath = "/health/readiness";

    /// <summary>Raised once, after the first answer that was not a probe's.</summary>
    internal event Action? FirstAnswered;

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
        using CancellationTokenSource deadline = new(options.RequestTimeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(caller, deadline.Token);
        context.RequestAborted = either.Token;
        try
        {
            await next(context);
            // Of an optional parameter that does not parse the framework says nothing but the bare status.
            HttpResponse response = context.Response;
            if (response is { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false, ContentType: null })
                throw new FailureException(FailureCode.InvalidRequest, "A parameter is malformed.");
        }
        catch (OperationCanceledException) when (caller.IsCancellationRequested)
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
        FirstAnswered?.Invoke();
        FirstAnswered = null;
    }

    /// <summary>Deny by default: an endpoint that does not say who may call it answers nobody.</summary>
    private static async Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
            throw new FailureException(FailureCode.NotFound, "There is no such operation.");

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
