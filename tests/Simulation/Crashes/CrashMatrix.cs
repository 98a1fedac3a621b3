using System.Diagnostics;
using System.Globalization;
using Souk.Harness.Faults;
using Souk.Local.Demo;

namespace Souk.Simulation.Crashes;

/// <summary>What a run of a <see cref="CrashMatrix"/> did.</summary>
/// <param name="Steps">The steps of a run without a crash, in order.</param>
/// <param name="Crashes">How often the process was killed.</param>
/// <param name="Unreached">How many cases ended before their step came.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record CrashReport(IReadOnlyList<string> Steps, int Crashes, int Unreached, TimeSpan Elapsed);

/// <summary>Kills a function at each step of a scenario, before and after the step's effect.</summary>
public static class CrashMatrix
{
    /// <summary>Runs it.</summary>
    /// <param name="platform">Where.</param>
    /// <param name="scenario">What is done.</param>
    /// <param name="casesMax">How many of the cases to run, chosen by the seed; null for all.</param>
    /// <param name="seed">Chooses them.</param>
    /// <param name="tell">Told a line about each case.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DemoFailedException">A crash lost or repeated something; says at which step.</exception>
    public static async Task<CrashReport> RunAsync(
        CrashPlatform platform,
        CrashScenario scenario,
        int? casesMax,
        int seed,
        Action<string> tell,
        CancellationToken cancellationToken)
    {
        long startedAt = Stopwatch.GetTimestamp();

        // The first run opens connections and prepares statements; the second does what each later one does.
        await RunCleanAsync(platform, scenario, cancellationToken);
        IReadOnlyList<string> steps = await RunCleanAsync(platform, scenario, cancellationToken);
        List<(int Step, CrashMoment Moment)> cases =
        [
            .. Enumerable.Range(1, steps.Count)
                .SelectMany(step => Enum.GetValues<CrashMoment>().Select(moment => (step, moment))),
        ];
        int crashes = 0;
        foreach ((int step, CrashMoment moment) in Choose(cases, casesMax, seed))
        {
            string what = string.Create(
                CultureInfo.InvariantCulture, $"{scenario.Name}: {moment} of step {step} ({steps[step - 1]})");
            try
            {
                bool isCrash = await CrashAsync(platform, scenario, step, moment, cancellationToken);
                crashes += isCrash ? 1 : 0;
                tell($"{what}: {(isCrash ? "recovered" : "not reached")}");
            }
            catch (DemoFailedException exception)
            {
                throw new DemoFailedException($"{what}: {exception.Message}");
            }
        }

        int run = Math.Min(cases.Count, casesMax ?? cases.Count);
        return new CrashReport(steps, crashes, run - crashes, Stopwatch.GetElapsedTime(startedAt));
    }

    private static async Task<IReadOnlyList<string>> RunCleanAsync(
        CrashPlatform platform, CrashScenario scenario, CancellationToken cancellationToken)
    {
        CrashPoint point = platform.PointOf(scenario.Function);
        await scenario.PrepareAsync(cancellationToken);
        point.Count();
        await scenario.ActAsync(cancellationToken);
        IReadOnlyList<string> steps = point.Steps;
        await scenario.RequireAsync(cancellationToken);
        return steps;
    }

    private static async Task<bool> CrashAsync(
        CrashPlatform platform,
        CrashScenario scenario,
        int step,
        CrashMoment moment,
        CancellationToken cancellationToken)
    {
        CrashPoint point = platform.PointOf(scenario.Function);
        await scenario.PrepareAsync(cancellationToken);
        point.Arm(
            step, moment, () => platform.Platform.Functions.KillAsync(scenario.Function, CancellationToken.None));
        Task crashed = point.Crashed;
        Task acting = scenario.ActAsync(cancellationToken);
        await Task.WhenAny(acting, crashed);
        if (crashed.IsCompleted)
            await platform.Platform.Functions.RestartAsync(scenario.Function, cancellationToken);
        await acting;
        point.Count();
        await scenario.RequireAsync(cancellationToken);
        return crashed.IsCompleted;
    }

    private static List<(int Step, CrashMoment Moment)> Choose(
        List<(int Step, CrashMoment Moment)> cases, int? casesMax, int seed)
    {
        if (casesMax is not { } count || count >= cases.Count) return cases;
        (int Step, CrashMoment Moment)[] all = [.. cases];
        new Random(seed).Shuffle(all);
        return [.. all.Take(count).Order()];
    }
}
