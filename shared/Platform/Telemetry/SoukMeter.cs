using System.Diagnostics.Metrics;

namespace Souk.Platform.Telemetry;

/// <summary>Souk's own counters; a counter nobody listens to costs nothing.</summary>
public static class SoukMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "souk";

    private static readonly Meter Meter = new(Name);

    /// <summary>Refusals by failure code; never rows, so that a flood of them fills no table.</summary>
    public static Counter<long> Refusals { get; } = Meter.CreateCounter<long>("souk.refusals");

    /// <summary>Webhook deliveries by provider and outcome.</summary>
    public static Counter<long> Deliveries { get; } = Meter.CreateCounter<long>("souk.webhook.deliveries");

    /// <summary>Webhooks at a provider that need somebody's eyes: gone, refused, or paused again and again.</summary>
    public static Counter<long> HookAlarms { get; } = Meter.CreateCounter<long>("souk.hook.alarms");

    /// <summary>Logs applied while following a chain.</summary>
    public static Counter<long> ChainLogs { get; } = Meter.CreateCounter<long>("souk.chain.logs");

    /// <summary>How many blocks each reorganisation undid.</summary>
    public static Histogram<long> ReorgDepth { get; } =
        Meter.CreateHistogram<long>("souk.chain.reorg.depth", "{block}");

    /// <summary>How far the cursor is behind the head at the end of a run, in blocks.</summary>
    public static Gauge<long> ChainLag { get; } = Meter.CreateGauge<long>("souk.chain.lag", "{block}");

    /// <summary>How far the cursor is behind the head at the end of a run, in the blocks' own time.</summary>
    public static Gauge<double> ChainLagTime { get; } = Meter.CreateGauge<double>("souk.chain.lag.time", "s");

    /// <summary>1 while a chain is halted until a person looks, else 0.</summary>
    public static Gauge<int> ChainHalted { get; } = Meter.CreateGauge<int>("souk.chain.halted");

    /// <summary>Webhook deliveries that an operator should look at, by mark and hook: raise an alarm by it.</summary>
    public static Counter<long> MarkedDeliveries { get; } =
        Meter.CreateCounter<long>("souk.webhook.marked_deliveries");
}
