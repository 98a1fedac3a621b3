using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.CloudEvents;

/// <summary>One event on its way to its handler.</summary>
/// <param name="Event">The event.</param>
/// <param name="Services">The function's clients.</param>
/// <param name="CancellationToken">Ends the work when the broker gives up or the function stops.</param>
public sealed record EventContext(ReceivedEvent Event, IServiceProvider Services, CancellationToken CancellationToken)
{
    /// <summary>A client of the function's.</summary>
    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();
}

/// <summary>Which handler takes which event.</summary>
public sealed class EventRoutes
{
    private readonly Dictionary<string, Func<EventContext, Task>> _handlers = new(StringComparer.Ordinal);

    /// <summary>Events of this type go to <paramref name="handler"/>; absent or null members are poison.</summary>
    public EventRoutes On<T>(EventType type, JsonTypeInfo<T> json, Func<EventContext, T, Task> handler)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        JsonTypeInfo<T> strict = StrictJson.ForEvents(json);
        _handlers.Add(type.Name, context => handler(context, ReadData(context.Event, strict)));
        return this;
    }

    /// <summary>The ticks of this schedule go to <paramref name="handler"/>.</summary>
    public EventRoutes OnSchedule(string job, Func<EventContext, Task> handler)
    {
        _handlers.Add(KeyOf(job), handler);
        return this;
    }

    /// <summary>Whatever has no handler of its own goes to <paramref name="handler"/>.</summary>
    public EventRoutes OnAnyOther(Func<EventContext, Task> handler)
    {
        _handlers.Add("", handler);
        return this;
    }

    internal Func<EventContext, Task>? Find(ReceivedEvent received) =>
        _handlers.GetValueOrDefault(received.Job is { } job ? KeyOf(job) : received.Type)
        ?? _handlers.GetValueOrDefault("");

    private static string KeyOf(string job) => $"{ReceivedEvent.PingType}#{job}";

    private static T ReadData<T>(ReceivedEvent received, JsonTypeInfo<T> json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(received.Data.Span, json)
                ?? throw new FailureException(FailureCode.EventPoison, "The event has no data.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is half a surrogate pair, escaped: well-formed JSON, but no text.
            throw new FailureException(
                new Failure(
                    FailureCode.EventPoison,
                    $"The event's data are malformed at {(exception as JsonException)?.Path}."),
                exception);
        }
    }
}

/// <summary>
/// Answers the broker by a map of its own, with empty bodies: 204 done, 422 poison, 503 or 429 try again.
/// </summary>
public static partial class EventEndpoint
{
    /// <summary>Where every function takes events.</summary>
    public const string Path = "/events";

    /// <summary>Maps the event endpoint.</summary>
    public static IEndpointConventionBuilder MapEvents(
        this IEndpointRouteBuilder routes, Action<EventRoutes> add, string path = Path)
    {
        ArgumentNullException.ThrowIfNull(add);
        EventRoutes handlers = new();
        add(handlers);
        ILogger logger = routes.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Souk.Events");
        RequestDelegate take = context => TakeAsync(context, handlers, logger);
        return routes.MapPost(path, take).AllowAnyone("The network policy lets only the broker in.");
    }

    private static async Task TakeAsync(HttpContext context, EventRoutes handlers, ILogger logger)
    {
        string type = "unknown";
        try
        {
            ReceivedEvent received = await CloudEventBinding.ReadAsync(context.Request, context.RequestAborted);
            type = received.Job ?? received.Type;
            using Activity? activity = Continue(received);
            Func<EventContext, Task> handler = handlers.Find(received)
                ?? throw new FailureException(FailureCode.EventPoison, "No handler takes this type of event.");
            await handler(new EventContext(received, context.RequestServices, context.RequestAborted));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
#pragma warning disable CA1031 // The broker's map has an answer for everything: what is not poison is tried again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failure failure = FailureProblem.FailureOf(exception);
            context.Response.StatusCode = StatusOf(failure.Code);
            Log.NotTaken(logger, type, context.Response.StatusCode, failure.Internal ?? failure.Detail, exception);
        }
    }

    private static int StatusOf(FailureCode code) => code switch
    {
        FailureCode.EventPoison or FailureCode.InvalidRequest or FailureCode.PayloadTooLarge =>
            StatusCodes.Status422UnprocessableEntity,
        FailureCode.RateLimited => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    /// <summary>Joins the trace of the event's cause, which the broker carries as an extension.</summary>
    private static Activity? Continue(ReceivedEvent received) =>
        received.Extensions.TryGetValue("traceparent", out string? parent) && Activity.Current is { } current
        && ActivityContext.TryParse(parent, null, out ActivityContext cause)
            ? new Activity("event").SetParentId(cause.TraceId, cause.SpanId, current.ActivityTraceFlags).Start()
            : null;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Did not take {EventType}: answered {Status}. {Reason}")]
        internal static partial void NotTaken(
            ILogger logger, string eventType, int status, string reason, Exception exception);
    }
}
