using Souk.Local.Supervision;

namespace Souk.Local.Demo;

/// <summary>Waits for something that happens by itself: a webhook, a confirmation.</summary>
public static class Patience
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// After so long without it the schedules are fired: what a lost hint costs is latency, nothing else.
    /// </summary>
    private static readonly TimeSpan FireAfter = TimeSpan.FromSeconds(3);

    /// <summary>Asks again until the answer satisfies.</summary>
    /// <exception cref="DemoFailedException">It never did.</exception>
    public static async Task<T> UntilAsync<T>(
        LocalPlatform platform,
        string what,
        string[] jobs,
        Func<Task<T>> ask,
        Func<T, bool> isEnough,
        CancellationToken cancellationToken)
    {
        DateTimeOffset start = DateTimeOffset.UtcNow;
        DateTimeOffset fired = start;
        while (true)
        {
            T answer = await ask();
            if (isEnough(answer))
                return answer;
            DateTimeOffset now = DateTimeOffset.UtcNow;
            DemoFailedException.Unless(now - start < Longest, $"{what} within {Longest.TotalSeconds} s");
            if (now - fired >= FireAfter)
            {
                fired = now;
                foreach (string job in jobs)
                    platform.World.Schedules.Fire(job);
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
