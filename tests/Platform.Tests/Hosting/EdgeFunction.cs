using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.CloudEvents;
using Souk.Platform.Hosting;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Platform.Tests.Hosting;

/// <summary>What a caller of the edge sends.</summary>
public sealed record Thing(string Name, int Amount, IReadOnlyList<ThingPart> Parts);

/// <summary>A part of it.</summary>
public sealed record ThingPart(string Note, string? Remark);

/// <summary>Who the edge says called.</summary>
public sealed record Seen(Guid User, string[] Scopes);

/// <summary>What an event of the edge's carries.</summary>
public sealed record Happening(string What, int Count);

/// <summary>How the edge reads and writes.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Thing))]
[JsonSerializable(typeof(Seen))]
[JsonSerializable(typeof(Happening))]
internal sealed partial class EdgeJson : JsonSerializerContext;

/// <summary>A function with one endpoint for each thing that the edge does for every function.</summary>
public sealed class EdgeFunction : IFunction
{
    internal const string Secret = "hunter2-never-shown";

    // The world knows the marketplace: its policies, its database role and its Redis user.
    public static string Name => "marketplace";

    public static void Configure(FunctionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseJson(EdgeJson.Default).UsePostgres().UseRedis().UseAccessTokens();
        builder.Services.AddSingleton(new Gate());
        builder.Services.AddSingleton(new EventLog());
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/things", TakeThing).AllowAnyone("The malformed are refused before anyone is asked.");
        routes.MapPost("/v1/large", TakeThing).LimitBody(200_000).AllowAnyone("The larger limit is tested.");
        routes.MapGet("/v1/keyed", TakeKey).AllowAnyone("The header is tested.");
        routes.MapGet("/v1/numbers/{number:int}", TakeNumber).AllowAnyone("Parameters are tested.");
        routes.MapGet("/v1/mine", Mine).RequireScope(RoleScopes.MarketTrade);
        routes.MapGet("/v1/admin", Mine).RequireAdminScope(RoleScopes.MarketAdmin);
        routes.MapGet("/v1/closed", Mine);
        routes.MapGet("/v1/fails/{how}", Fail).AllowAnyone("Failures are tested.");
        routes.MapGet("/v1/slow", SlowAsync).AllowAnyone("The deadline is tested.");
        routes.MapGet("/v1/ok", () => TypedResults.NoContent()).AllowAnyone("An answer like any other.");
        routes.MapEvents(events => events
            .On(Domain.Events.EventType.ChainHinted, EdgeJson.Default.Happening, EventLog.TakeAsync)
            .OnSchedule("tidy", EventLog.TickAsync));
    }

    private static Ok<Thing> TakeThing(Thing thing) => TypedResults.Ok(thing);

    private static NoContent TakeKey([FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key) =>
        key == default ? throw new InvalidOperationException("No key.") : TypedResults.NoContent();

    private static NoContent TakeNumber(int number, [FromQuery] int? limit) =>
        number + (limit ?? 0) == int.MinValue ? throw new InvalidOperationException() : TypedResults.NoContent();

    private static Ok<Seen> Mine(Caller caller) =>
        TypedResults.Ok(new Seen(caller.UserId, [.. caller.Scopes.Order(StringComparer.Ordinal)]));

    private static NoContent Fail(string how) => throw (how switch
    {
        "wait" => new FailureException(new Failure(FailureCode.ListingHeld, "Another buyer holds it.")
        {
            RetryAfter = TimeSpan.FromMilliseconds(1500),
        }),
        "inside" => new FailureException(
            new Failure(FailureCode.UpstreamUnavailable, "A vendor is unavailable.", $"It said {Secret}.")),
        "json" => new System.Text.Json.JsonException($"A vendor's answer: {Secret}"),
        "timeout" => new TimeoutException(Secret),
        _ => new InvalidOperationException(Secret),
    });

    private static async Task<NoContent> SlowAsync(Gate gate, CancellationToken cancellationToken)
    {
        gate.Entered.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return TypedResults.NoContent();
    }
}

/// <summary>Says that a request has reached its handler.</summary>
internal sealed class Gate
{
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>The events that the edge was handed, and what it makes of the next.</summary>
internal sealed class EventLog
{
    public List<ReceivedEvent> Events { get; } = [];

    public List<Happening> Happenings { get; } = [];

    public Exception? Next { get; set; }

    public static async Task TakeAsync(EventContext context, Happening happening)
    {
        ArgumentNullException.ThrowIfNull(context);
        EventLog log = context.Get<EventLog>();
        if (log.Next is { } failure)
            throw failure;
        bool isNew = await context.Get<Database>().WriteAsync(
            transaction => Inbox.TryTakeAsync(
                transaction, context.Event.Source, context.Event.Id, context.CancellationToken),
            context.CancellationToken);
        if (!isNew)
            return;
        log.Events.Add(context.Event);
        log.Happenings.Add(happening);
    }

    public static Task TickAsync(EventContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Get<EventLog>().Events.Add(context.Event);
        return Task.CompletedTask;
    }
}
