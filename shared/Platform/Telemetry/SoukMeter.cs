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

    /// <summary>Webhook deliveries by outcome.</summary>
    public static Counter<long> Deliveries { get; } = Meter.CreateCounter<long>("souk.webhook.deliveries");

    /// <summary>Webhooks at a provider that need somebody's eyes: gone, refused, or paused again and again.</summary>
    public static Counter<long> HookAlarms { get; } = Meter.CreateCounter<long>("souk.hook.alarms");
}
