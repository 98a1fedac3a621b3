using Souk.Local.StandIns;

namespace Souk.Harness.Trading;

/// <summary>How a <see cref="Market"/> is made.</summary>
public sealed record MarketOptions
{
    /// <summary>The webhooks that its settings name, each for the purpose it is called by; none is created.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<string> Hooks { get; init; } = [];

    /// <summary>The deepest reorganisation that it unwinds by itself, in blocks.</summary>
    /// <value>The default is <see cref="Market.ReorgDepthMax"/>.</value>
    public int ReorgDepthMax { get; init; } = Market.ReorgDepthMax;

    /// <summary>How far the node's safe and final blocks lie apart, in blocks.</summary>
    /// <value>The default is 32, as on Ethereum.</value>
    public int EpochBlocks { get; init; } = 32;

    /// <summary>Settings over the market's.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>How Alchemy's stand-in delivers and what it refuses.</summary>
    /// <value>The default is a free plan that delivers at once.</value>
    public AlchemyStandInOptions Alchemy { get; init; } = new();
}
