using Souk.Platform.CloudEvents;
using Souk.Platform.Hosting;
using Souk.Platform.Http;

namespace Souk.Jobs;

/// <summary>
/// The housekeeping that no other room owns: relay, purge, audit check, dead letters; and, since it alone may see what
/// all rooms send and take, the operators' view of that.
/// </summary>
public sealed class JobsFunction : IFunction
{
    /// <summary>Where the broker sends what no consumer could take.</summary>
    internal const string DeadLetterPath = "/dead-letters";

    /// <summary>The largest dead letter, in bytes: whoever could not take it, the last resort must.</summary>
    private const int DeadLetterBytesMax = 1024 * 1024;

    /// <inheritdoc/>
    public static string Name => "jobs";

    /// <inheritdoc/>
    public static void Configure(FunctionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseJson(JobsJson.Default).UsePostgres().UseAccessTokens();
    }

    /// <inheritdoc/>
    public static void Map(IEndpointRouteBuilder routes)
    {
        ListDeadLetters.Map(routes);
        GetDeadLetter.Map(routes);
        ReplayDeadLetter.Map(routes);
        DiscardDeadLetter.Map(routes);
        ListInbox.Map(routes);
        ListOutbox.Map(routes);
        routes.MapEvents(events => events
            .OnSchedule("relay", RelayOutbox.HandleAsync)
            .OnSchedule("purge", PurgeExpired.HandleAsync)
            .OnSchedule("verify-audit", VerifyAudit.HandleAsync));
        routes.MapEvents(events => events.OnAnyOther(KeepDeadLetter.HandleAsync), DeadLetterPath)
            .LimitBody(DeadLetterBytesMax);
    }
}
