using System.Globalization;
using Souk.Local.Demo;

namespace Souk.Simulation.Crashes;

/// <summary>The relay sends events that the broker lost: each reaches every consumer and takes effect once.</summary>
public sealed class RelayEvents(CrashPlatform platform) : CrashScenario
{
    private const int Events = 3;

    private long _hintsBefore;

    /// <inheritdoc/>
    public override string Name => "relaying events";

    /// <inheritdoc/>
    public override string Function => "jobs";

    /// <inheritdoc/>
    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await platform.SettleAsync(cancellationToken);
        _hintsBefore = await CountAsync(TakeDelivery.Hints, cancellationToken);
        for (int i = 0; i < Events; i++)
        {
            platform.Platform.World.Broker.DropNext("souk.chain.hinted.v1");
            await platform.DeliverAsync(cancellationToken);
        }

        await platform.Platform.World.Broker.DrainAsync(cancellationToken);
        await platform.LapseAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task ActAsync(CancellationToken cancellationToken)
    {
        platform.Platform.World.Schedules.Fire("relay");
        await platform.SettleAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task RequireAsync(CancellationToken cancellationToken)
    {
        DemoFailedException.UnlessEqual(
            _hintsBefore + Events, await CountAsync(TakeDelivery.Hints, cancellationToken), "The hints that took effect");
        DemoFailedException.UnlessEqual(
            0, await CountAsync(TakeDelivery.Untaken, cancellationToken), "The events not taken once");
    }

    private async Task<long> CountAsync(string sql, CancellationToken cancellationToken) => long.Parse(
        await platform.ReadAsync(sql, true, cancellationToken), CultureInfo.InvariantCulture);
}
