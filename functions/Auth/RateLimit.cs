using Souk.Domain.Failures;
using Souk.Platform.Redis;

namespace Souk.Auth;

/// <summary>Bounds how often somebody may try something within a minute.</summary>
/// <remarks>
/// Counted in Redis, for all instances together. While Redis is down each instance counts for itself and lets only a
/// quarter through, so that all of them together stay near the limit: stricter, never open.
/// </remarks>
internal sealed class RateLimit(RedisClient redis, TimeProvider clock)
{
    /// <summary>The services' max-scale in knative/base/auth: so many instances count for themselves at most.</summary>
    private const int InstancesMax = 4;

    /// <summary>More subjects than this in one minute without Redis is an attack, not a rush.</summary>
    private const int SubjectsMax = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _counts = [];
    private long _countedWindow;

    /// <summary>Counts one more try of <paramref name="subject"/>.</summary>
    /// <exception cref="FailureException"><c>rate_limited</c>: it is one too many.</exception>
    internal async Task PassAsync(string kind, string subject, int countMax, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        (long window, long passedTicks) = Math.DivRem(now.UtcTicks, Window.Ticks);

        // The window is in the key, so that a counter whose expiry was lost never locks anybody out for good.
        string key = string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"rate:{kind}:{subject}:{window}");
        long? count = await redis.CountAsync(key, Window, cancellationToken);
        if (count is { } counted ? counted <= countMax : CountHere(key, window) <= countMax / InstancesMax)
            return;

        throw new FailureException(new Failure(FailureCode.RateLimited, "Too many tries: wait a little.")
        {
            RetryAfter = Window - TimeSpan.FromTicks(passedTicks),
        });
    }

    private int CountHere(string key, long window)
    {
        lock (_lock)
        {
            if (window != _countedWindow)
            {
                _counts.Clear();
                _countedWindow = window;
            }

            int count = _counts.GetValueOrDefault(key) + 1;
            if (count == 1 && _counts.Count >= SubjectsMax)
                return int.MaxValue;
            _counts[key] = count;
            return count;
        }
    }
}
