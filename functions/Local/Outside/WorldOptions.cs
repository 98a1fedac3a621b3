using Souk.Local.Servers;
using Souk.Local.StandIns;

namespace Souk.Local.Outside;

/// <summary>What the outside world of the functions is made of.</summary>
public sealed record WorldOptions
{
    /// <summary>The chains; each is a node with Seaport, the zone and the demo collection on it.</summary>
    /// <value>The default is none: a world of servers alone, which starts fastest.</value>
    public IReadOnlyList<LocalChain> Chains { get; init; } = [];

    /// <summary>How many wallets the platform has on each chain.</summary>
    /// <value>The default is 1.</value>
    public int SignersPerChain { get; init; } = 1;

    /// <summary>Time between blocks, in whole seconds; null mines a block for each transaction at once.</summary>
    /// <value>The default is null.</value>
    public TimeSpan? BlockTime { get; init; }

    /// <summary>How PostgreSQL runs.</summary>
    /// <value>The default waits for no disk and has no TCP.</value>
    public LocalPostgresOptions Postgres { get; init; } = new() { IsDurable = false };

    /// <summary>Whether the schedules fire by themselves at their times.</summary>
    /// <value>The default is false: they fire when told to.</value>
    public bool HasRunningSchedules { get; init; }

    /// <summary>Multiplies the broker's waits between attempts.</summary>
    /// <value>The default is 0.1; 1 is as in the cluster.</value>
    public double BrokerWaitFactor { get; init; } = 0.1;

    /// <summary>How Alchemy's stand-in delivers and what it refuses.</summary>
    /// <value>The default is a free plan that delivers at once.</value>
    public AlchemyStandInOptions Alchemy { get; init; } = new();

    /// <summary>The stand-ins' clock.</summary>
    /// <value>The default is the machine's.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
