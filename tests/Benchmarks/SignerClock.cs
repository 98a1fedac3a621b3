using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Souk.Benchmarks;

/// <summary>Times the signatures that the provider's stand-in, which is in this process, answers.</summary>
internal sealed class SignerClock : IDisposable
{
    private const string Route = "/v2/app/sign/transaction";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<double> _seconds = new();

    internal SignerClock()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "http.server.request.duration") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>(Add);
        _listener.Start();
    }

    /// <summary>The time that so large a share of the signatures stayed within, in milliseconds.</summary>
    internal double Ms(double quantile)
    {
        double[] sorted = [.. _seconds.Order()];
        return sorted.Length == 0 ? 0 : 1000 * sorted[(int)Math.Ceiling(quantile * sorted.Length) - 1];
    }

    public void Dispose() => _listener.Dispose();

    private void Add(
        Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == "http.route" && Equals(tag.Value, Route)) _seconds.Enqueue(seconds);
        }
    }
}
