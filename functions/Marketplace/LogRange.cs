namespace Souk.Marketplace;

/// <summary>
/// How many blocks one read of logs asks for: halved when the node refuses, doubled while it does not.
/// </summary>
internal sealed class LogRange
{
    private const int BlocksFirst = 500;

    /// <summary>What the widest plan allows (10,000), with room.</summary>
    private const int BlocksMax = 8_000;

    internal int Blocks { get; private set; } = BlocksFirst;

    internal void Grow() => Blocks = Math.Min(BlocksMax, Blocks * 2);

    internal bool TryShrink()
    {
        bool canShrink = Blocks > 1;
        Blocks = Math.Max(1, Blocks / 2);
        return canShrink;
    }
}
