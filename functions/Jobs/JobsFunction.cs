using Souk.Platform.CloudEvents;
using Souk.Platform.Hosting;

namespace Souk.Jobs;

/// <summary>The housekeeping that no other room owns: relay, purge, audit check, dead letters.</summary>
public sealed class JobsFunction : IFunction
{
    /// <summary>Where the broker sends what no consumer could take.</summary>
    internal const string DeadLetterPath = "/dead-letters";

    /// <inheritdoc/>
    public static string Name => "jobs";

    /// <inheritdoc/>
    public static void Configure(FunctionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UsePostgres().UseAccessTokens();
    }

    /// <inheritdoc/>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapEvents(events => events
            .OnSchedule("relay", RelayOutbox.HandleAsync)
            .OnSchedule("purge", PurgeExpired.HandleAsync)
            .OnSchedule("verify-audit", VerifyAudit.HandleAsync));
        routes.MapEvents(events => events.OnAnyOther(KeepDeadLetter.HandleAsync), DeadLetterPath);
    }
}
