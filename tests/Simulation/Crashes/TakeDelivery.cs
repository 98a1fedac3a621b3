using System.Globalization;
using Souk.Local.Demo;

namespace Souk.Simulation.Crashes;

/// <summary>Webhooks takes a delivery: what was answered 200 is kept and announced, once.</summary>
public sealed class TakeDelivery(CrashPlatform platform) : CrashScenario
{
    private long _announcedBefore;
    private string _delivery = "";

    /// <inheritdoc/>
    public override string Name => "taking a delivery";

    /// <inheritdoc/>
    public override string Function => "webhooks";

    /// <inheritdoc/>
    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await platform.Spine.RestAsync(cancellationToken);
        _announcedBefore = await CountAnnouncedAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task ActAsync(CancellationToken cancellationToken)
    {
        _delivery = await platform.DeliverAsync(cancellationToken);
        await platform.Spine.RestAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task RequireAsync(CancellationToken cancellationToken)
    {
        string kept = await platform.ReadAsync(
            "SELECT count(*) FROM inbox WHERE consumer = 'webhooks' AND id = $1 AND payload IS NOT NULL",
            _delivery,
            cancellationToken);
        DemoFailedException.UnlessEqual("1", kept, "The rows of the delivery");
        DemoFailedException.UnlessEqual(
            _announcedBefore + 1, await CountAnnouncedAsync(cancellationToken), "The events announced");
        await platform.Spine.RequireOnceAsync(cancellationToken);
    }

    private async Task<long> CountAnnouncedAsync(CancellationToken cancellationToken) => long.Parse(
        await platform.ReadAsync("SELECT count(*) FROM outbox WHERE room = $1", Function, cancellationToken),
        CultureInfo.InvariantCulture);
}
