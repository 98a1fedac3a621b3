using System.Diagnostics;

namespace Souk.Benchmarks;

/// <summary>What a load came to.</summary>
/// <param name="PerSecond">Requests answered as they should be, a second.</param>
/// <param name="P50Ms">Half of them were answered within this.</param>
/// <param name="P99Ms">All but a hundredth were answered within this.</param>
/// <param name="Count">How many there were.</param>
internal sealed record LoadResult(double PerSecond, double P50Ms, double P99Ms, int Count);

/// <summary>One connection of a load; it sends one request at a time, and throws where the answer is not the
/// one awaited.</summary>
internal abstract class LoadConnection : IDisposable
{
    /// <summary>Sends a request and waits for its whole answer.</summary>
    internal abstract ValueTask SendAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Sends requests on so many connections at once, and times each.</summary>
internal static class Load
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>Each connection sends the next request as soon as the last is answered.</summary>
    internal static Task<LoadResult> PressAsync(
        int connections,
        TimeSpan duration,
        Func<CancellationToken, Task<LoadConnection>> open,
        CancellationToken cancellationToken) =>
        RunAsync(
            connections,
            (startedAt, _) => PressAsync(startedAt, duration, open, cancellationToken),
            cancellationToken);

    /// <summary>Requests fall due at an even rate; each is timed from when it was due, whenever it was sent.</summary>
    internal static Task<LoadResult> PaceAsync(
        int connections,
        TimeSpan duration,
        double perSecond,
        Func<CancellationToken, Task<LoadConnection>> open,
        CancellationToken cancellationToken) =>
        RunAsync(
            connections,
            (startedAt, connection) => PaceAsync(
                startedAt, duration, connections / perSecond, connection / perSecond, open, cancellationToken),
            cancellationToken);

    private static async Task<LoadResult> RunAsync(
        int connections, Func<long, int, Task<List<long>>> run, CancellationToken cancellationToken)
    {
        long startedAt = Stopwatch.GetTimestamp();
        List<long>[] times = await Task.WhenAll(Enumerable.Range(0, connections).Select(
            connection => Task.Run(() => run(startedAt, connection), cancellationToken)));
        double seconds = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;

        long[] all = [.. times.SelectMany(it => it).Order()];
        return new LoadResult(all.Length / seconds, Ms(all, 0.5), Ms(all, 0.99), all.Length);
    }

    private static async Task<List<long>> PressAsync(
        long startedAt,
        TimeSpan duration,
        Func<CancellationToken, Task<LoadConnection>> open,
        CancellationToken cancellationToken)
    {
        using LoadConnection connection = await open(cancellationToken);
        List<long> times = [];
        while (Stopwatch.GetElapsedTime(startedAt) < duration)
        {
            long sentAt = Stopwatch.GetTimestamp();
            await connection.SendAsync(cancellationToken);
            times.Add(Stopwatch.GetTimestamp() - sentAt);
        }

        return times;
    }

    private static async Task<List<long>> PaceAsync(
        long startedAt,
        TimeSpan duration,
        double intervalSeconds,
        double offsetSeconds,
        Func<CancellationToken, Task<LoadConnection>> open,
        CancellationToken cancellationToken)
    {
        using LoadConnection connection = await open(cancellationToken);
        using PeriodicTimer timer = new(Tick);
        List<long> times = [];
        for (double due = offsetSeconds; due < duration.TotalSeconds; due += intervalSeconds)
        {
            long dueAt = startedAt + (long)(due * Stopwatch.Frequency);
            while (Stopwatch.GetTimestamp() < dueAt) await timer.WaitForNextTickAsync(cancellationToken);
            await connection.SendAsync(cancellationToken);
            times.Add(Stopwatch.GetTimestamp() - dueAt);
        }

        return times;
    }

    private static double Ms(long[] sorted, double quantile) => sorted.Length == 0
        ? 0
        : sorted[(int)Math.Ceiling(quantile * sorted.Length) - 1] * 1000.0 / Stopwatch.Frequency;
}
