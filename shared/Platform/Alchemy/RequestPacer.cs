using System.Buffers.Binary;
using Souk.Platform.Randomness;

namespace Souk.Platform.Alchemy;

/// <summary>How many calls to one node run at once, and when the next may start, by what the node refuses.</summary>
/// <remarks>
/// Additive increase, multiplicative decrease: each refusal for rate halves the calls that run at once and has all of
/// them wait, each refusal in a row for twice as long; as many successes as calls may run allow one more. Source:
/// Alchemy "Throughput" (exponential back-off with jitter).
/// </remarks>
internal sealed class RequestPacer
{
    /// <summary>No wait of ours is longer; what the node asks for is kept whatever it is.</summary>
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(8);

    private readonly int _concurrencyMax;
    private readonly TimeSpan _delayFirst;
    private readonly TimeProvider _clock;
    private readonly EntropySource _entropy;
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _concurrency;
    private int _running;
    private int _successes;
    private int _refusals;
    private long _pausedAt;
    private TimeSpan _pause;

    /// <param name="concurrencyMax">How many calls run at once while none is refused.</param>
    /// <param name="delayFirst">The wait after the first refusal; it doubles.</param>
    /// <param name="clock">What waits go by.</param>
    /// <param name="entropy">Where jitter comes from.</param>
    internal RequestPacer(int concurrencyMax, TimeSpan delayFirst, TimeProvider clock, EntropySource entropy)
    {
        (_concurrencyMax, _concurrency) = (concurrencyMax, concurrencyMax);
        (_delayFirst, _clock, _entropy) = (delayFirst, clock, entropy);
    }

    /// <summary>How many calls may run at once now.</summary>
    internal int Concurrency
    {
        get
        {
            lock (_gate) return _concurrency;
        }
    }

    /// <summary>How long the next call has to wait before it may start.</summary>
    internal TimeSpan Pause
    {
        get
        {
            lock (_gate)
            {
                TimeSpan left = _pause - (_pause > TimeSpan.Zero ? _clock.GetElapsedTime(_pausedAt) : TimeSpan.Zero);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Waits for a place among the calls that run; give it back with <see cref="Leave"/>.</summary>
    internal async Task EnterAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource? turn = null;
        lock (_gate)
        {
            if (_running < _concurrency)
            {
                _running++;
            }
            else
            {
                turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue(turn);
            }
        }

        if (turn is null)
            return;
        await using CancellationTokenRegistration ended =
            cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        await turn.Task;
    }

    /// <summary>Gives a place back.</summary>
    internal void Leave()
    {
        lock (_gate)
        {
            _running--;
            while (_running < _concurrency && _waiting.TryDequeue(out TaskCompletionSource? next))
            {
                if (next.TrySetResult())
                    _running++;
            }
        }
    }

    /// <summary>A call was let through.</summary>
    internal void Succeeded()
    {
        lock (_gate)
        {
            _refusals = 0;
            if (++_successes < _concurrency)
                return;
            _successes = 0;
            _concurrency = Math.Min(_concurrencyMax, _concurrency + 1);
        }
    }

    /// <summary>A call was refused for rate: all wait, at least as long as the node asks for.</summary>
    internal void Refused(TimeSpan? retryAfter)
    {
        lock (_gate)
        {
            _successes = 0;
            _concurrency = Math.Max(1, _concurrency / 2);
            double factor = Math.Pow(2, Math.Min(_refusals++, 10));
            TimeSpan own = TimeSpan.FromTicks((long)Math.Min(DelayMax.Ticks, _delayFirst.Ticks * factor));
            TimeSpan least = retryAfter is { } asked && asked > own ? asked : own;
            TimeSpan pause = least + (own * NextFraction());
            if (pause <= _pause - _clock.GetElapsedTime(_pausedAt))
                return;
            (_pause, _pausedAt) = (pause, _clock.GetTimestamp());
        }
    }

    /// <summary>At least 0, less than 1: jitter, so that instances that were refused together do not come back
    /// together.</summary>
    private double NextFraction()
    {
        Span<byte> bytes = stackalloc byte[4];
        _entropy.Fill(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) / (uint.MaxValue + 1.0);
    }
}
