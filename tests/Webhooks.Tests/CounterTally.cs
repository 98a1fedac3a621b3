using System.Diagnostics.Metrics;

namespace Souk.Webhooks.Tests;

/// <summary>Adds up one of our counters while it lives, by one of its tags.</summary>
internal sealed class CounterTally : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _sums = [];

    internal CounterTally(Instrument counter, string tag)
    {
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add(value, tags, tag));
        _listener.EnableMeasurementEvents(counter);
    }

    /// <summary>The sum so far under this value of the tag; other tests of this process may add to it.</summary>
    internal long this[string value]
    {
        get
        {
            lock (_gate) return _sums.GetValueOrDefault(value);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, string tag)
    {
        lock (_gate)
        {
            foreach (KeyValuePair<string, object?> given in tags)
            {
                if (given.Key == tag) _sums[$"{given.Value}"] = _sums.GetValueOrDefault($"{given.Value}") + value;
            }
        }
    }
}
