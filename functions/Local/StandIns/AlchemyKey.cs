namespace Souk.Local.StandIns;

/// <summary>An API key and how much of its throughput this second has used.</summary>
internal sealed class AlchemyKey(int computeUnitsPerSecond)
{
    private readonly Lock _gate = new();
    private long _second;
    private int _used;

    /// <summary>Set when the month's compute units are used up: every call is refused with 403.</summary>
    internal bool IsOverCapacity { get; set; }

    /// <summary>Takes a call's cost from this second; false when too little is left.</summary>
    internal bool TrySpend(int computeUnits, DateTimeOffset now)
    {
        lock (_gate)
        {
            long second = now.ToUnixTimeSeconds();
            if (second != _second) (_second, _used) = (second, 0);
            if (_used + computeUnits > computeUnitsPerSecond) return false;
            _used += computeUnits;
            return true;
        }
    }
}
