namespace Souk.Marketplace;

/// <summary>
/// How many blocks one read of logs asks for: doubled until the node refuses, then halved and raised by little.
/// </summary>
internal sealed class LogRange
{
    private const int BlocksFirst = 500;

    /// <summary>What the widest plan allows (10,000), with room.</summary>
    private const int BlocksMax = 8_000;

    /// <summary>After a refusal, so that about one read in ten is refused again and not every second.</summary>
    private const int GrowthPercent = 10;

    private bool _wasRefused;

    internal int Blocks { get; private set; } = BlocksFirst;

    internal void Grow()
    {
        int more = _wasRefused ? Math.Max(1, Blocks * GrowthPercent / 100) : Blocks;
        Blocks = Math.Min(BlocksMax, Blocks + more);
    }

    internal bool TryShrink()
    {
        bool canShrink = Blocks > 1;
        _wasRefused = true;
        Blocks = Math.Max(1, Blocks / 2);
        return canShrink;
    }
}
