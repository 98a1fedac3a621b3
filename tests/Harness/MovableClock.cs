namespace Souk.Harness;

/// <summary>The machine's clock, plus what it was moved on by: timers run as ever, and days pass in no time.</summary>
public sealed class MovableClock : TimeProvider
{
    private long _aheadTicks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _aheadTicks));

    /// <summary>Lets this much time pass.</summary>
    public void Advance(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);

    /// <summary>Moves on to this time, unless it is later already.</summary>
    public void Reach(DateTimeOffset time)
    {
        TimeSpan behind = time - GetUtcNow();
        if (behind > TimeSpan.Zero) Advance(behind);
    }
}
