using System.Globalization;

namespace Souk.Simulation.Crashes;

/// <summary>The scenarios that a crash at any step must leave as they are.</summary>
public static class CrashScenarios
{
    /// <summary>The functions that die in them.</summary>
    public static IReadOnlyCollection<string> Functions { get; } = ["webhooks", "jobs", "marketplace"];

    /// <summary>All of them, on a platform with gates before <see cref="Functions"/>.</summary>
    public static IReadOnlyList<CrashScenario> On(CrashPlatform platform) =>
    [
        new TakeDelivery(platform), new RelayEvents(platform), new FollowHint(platform), new UnwindBlocks(platform),
    ];

    /// <summary>Runs so many cases of each, one platform for all.</summary>
    public static async Task RunAllAsync(
        int casesMax, int seed, Action<string> tell, CancellationToken cancellationToken)
    {
        await using CrashPlatform platform = await CrashPlatform.StartAsync(Functions, cancellationToken);
        foreach (CrashScenario scenario in On(platform))
        {
            CrashReport report =
                await CrashMatrix.RunAsync(platform, scenario, casesMax, seed, tell, cancellationToken);
            tell(string.Create(
                CultureInfo.InvariantCulture,
                $"{scenario.Name}: {report.Steps.Count} steps, {report.Crashes} crashes, {report.Unreached} not "
                + $"reached, {report.Elapsed.TotalSeconds:0.0} s (seed {seed})."));
        }
    }
}
