using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>How many blocks one read of logs asks for: doubled until the node refuses, then raised by little.</summary>
/// <remarks>
/// A node that says how many it takes is believed at once, and for a day: then its plan may be another. What was
/// learned is stored with the cursor, so an instance that starts cold does not learn it again.
/// </remarks>
internal sealed class LogRange
{
    private const int BlocksFirst = 500;

    /// <summary>After a refusal, so that about one read in ten is refused again and not every second.</summary>
    private const int GrowthPercent = 10;

    private static readonly TimeSpan LimitLifetime = TimeSpan.FromDays(1);

    private readonly long _ceiling;
    private bool _wasRefused;
    private long? _limit;
    private DateTimeOffset? _limitAt;

    /// <param name="ceiling">The most that is ever asked for: the chain's setting.</param>
    /// <param name="learned">What was learned before; null for nothing.</param>
    /// <param name="now">The time.</param>
    internal LogRange(long ceiling, LearnedRange? learned, DateTimeOffset now)
    {
        _ceiling = ceiling;
        _wasRefused = learned?.WasRefused ?? false;
        if (learned?.LimitAt is { } toldAt && now - toldAt < LimitLifetime)
            (_limit, _limitAt) = (learned.Limit, toldAt);
        Blocks = Math.Clamp(learned?.Blocks ?? BlocksFirst, 1, Most);
    }

    /// <summary>How many blocks the next read asks for.</summary>
    internal long Blocks { get; private set; }

    /// <summary>What is to be stored.</summary>
    internal LearnedRange Learned => new(Blocks, _wasRefused, _limit, _limitAt);

    private long Most => Math.Max(1, Math.Min(_ceiling, _limit ?? _ceiling));

    /// <summary>A read of this many blocks was answered: one that asked for all it might allows more.</summary>
    internal void Grow(long asked)
    {
        if (asked < Blocks)
            return;
        long more = _wasRefused ? Math.Max(1, Blocks * GrowthPercent / 100) : Blocks;
        Blocks = Math.Min(Most, Blocks + more);
    }

    /// <summary>A read of this many blocks was refused.</summary>
    /// <returns>False when it was one block already: less cannot be asked for.</returns>
    internal bool TryShrink(long asked, LogRangeRefusedException refused, DateTimeOffset now)
    {
        if (asked <= 1)
            return false;
        long half = asked / 2;
        long told = refused.Blocks is { } said && said < asked ? Math.Max(1, said) : half;
        if (refused.Why == LogRangeRefusal.TooManyBlocks && told != half)
            (_limit, _limitAt) = (told, now);

        // A node that was slow once is fast again: only what it answers by rule makes the steps small.
        _wasRefused |= refused.Why != LogRangeRefusal.TooSlow;
        Blocks = Math.Min(Most, told);
        return true;
    }
}
