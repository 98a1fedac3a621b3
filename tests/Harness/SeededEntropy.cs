using Souk.Platform.Randomness;

namespace Souk.Harness;

/// <summary>Randomness that a seed repeats, so that a failure can be replayed.</summary>
public sealed class SeededEntropy(int seed) : EntropySource
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);

    /// <inheritdoc/>
    public override void Fill(Span<byte> bytes)
    {
        lock (_gate) _random.NextBytes(bytes);
    }
}
