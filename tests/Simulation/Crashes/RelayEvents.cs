namespace Souk.Simulation.Crashes;

/// <summary>The relay sends events that the broker lost: each reaches every consumer and takes effect once.</summary>
public sealed class RelayEvents(CrashPlatform platform) : CrashScenario
{
    private const int Events = 3;

    /// <inheritdoc/>
    public override string Name => "relaying events";

    /// <inheritdoc/>
    public override string Function => "jobs";

    /// <inheritdoc/>
    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await platform.Spine.RestAsync(cancellationToken);
        for (int i = 0; i < Events; i++)
        {
            platform.Platform.World.Broker.DropNext("souk.chain.hinted.v1");
            await platform.DeliverAsync(cancellationToken);
        }

        await platform.Platform.World.Broker.DrainAsync(cancellationToken);
        await platform.Spine.LapseAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task ActAsync(CancellationToken cancellationToken)
    {
        platform.Platform.World.Schedules.Fire("relay");
        await platform.Spine.RestAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task RequireAsync(CancellationToken cancellationToken) =>
        platform.Spine.RequireOnceAsync(cancellationToken);
}
