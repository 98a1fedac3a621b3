using Souk.Domain.Chain;

namespace Souk.Local.Servers;

/// <summary>How an <see cref="EvmNode"/> runs.</summary>
/// <param name="ChainId">The chain it says it is.</param>
public sealed record EvmNodeOptions(ChainId ChainId)
{
    /// <summary>Time between blocks, in whole seconds; null mines a block for each transaction at once.</summary>
    /// <value>The default is null.</value>
    public TimeSpan? BlockTime { get; init; }

    /// <summary>How far the node's "safe" block is behind its head, and "finalized" behind that, in blocks.</summary>
    /// <value>The default is 32, as on Ethereum: blocks may be orphaned without touching a final one.</value>
    public int EpochBlocks { get; init; } = 32;

    /// <summary>The port to listen on, on loopback; 0 lets the kernel choose.</summary>
    /// <value>The default is 0.</value>
    public int Port { get; init; }

    /// <summary>The genesis block's time, in whole seconds; null for now.</summary>
    /// <value>The default is null.</value>
    public DateTimeOffset? GenesisAt { get; init; }
}
