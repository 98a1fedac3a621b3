using System.Globalization;
using Souk.Local.Demo;

namespace Souk.Simulation.Crashes;

/// <summary>Webhooks takes a delivery: what was answered 200 is kept and announced, once.</summary>
public sealed class TakeDelivery(CrashPlatform platform) : CrashScenario
{
    private long _outboxBefore;
    private long _hintsBefore;
    private string _delivery = "";

    /// <inheritdoc/>
    public override string Name => "taking a delivery";

    /// <inheritdoc/>
    public override string Function => "webhooks";

    /// <inheritdoc/>
    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await platform.SettleAsync(cancellationToken);
        _outboxBefore = await CountAsync(Announced, cancellationToken);
        _hintsBefore = await CountAsync(Hints, cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task ActAsync(CancellationToken cancellationToken)
    {
        _delivery = await platform.DeliverAsync(cancellationToken);
        await platform.SettleAsync(cancellationToken);
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
            _outboxBefore + 1, await CountAsync(Announced, cancellationToken), "The events announced");
        DemoFailedException.UnlessEqual(
            _hintsBefore + 1, await CountAsync(Hints, cancellationToken), "The hints that took effect");
        DemoFailedException.UnlessEqual(0, await CountAsync(Untaken, cancellationToken), "The events not taken once");
    }

    internal const string Announced = "SELECT count(*) FROM outbox WHERE room = 'webhooks' AND $1";

    internal const string Hints = "SELECT coalesce(sum(hints), 0) FROM chain_cursors WHERE $1";

    /// <summary>Events that are done without a row in each consumer's inbox, or in that of nobody's.</summary>
    internal const string Untaken = """
        SELECT count(*) FROM outbox o WHERE $1 AND (done_at IS NULL OR cardinality(consumers) <> (
            SELECT count(*) FROM inbox i WHERE i.id = o.id::text AND i.source = '/' || o.room))
        """;

    private async Task<long> CountAsync(string sql, CancellationToken cancellationToken) => long.Parse(
        await platform.ReadAsync(sql, true, cancellationToken), CultureInfo.InvariantCulture);
}
