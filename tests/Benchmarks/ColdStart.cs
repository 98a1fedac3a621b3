using System.Globalization;
using Souk.Local.Demo;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Local.Supervision;

namespace Souk.Benchmarks;

/// <summary>How long a function takes from nothing: to its first answer, and to its first useful one.</summary>
/// <remarks>
/// The function is Auth, with all its clients configured; the useful answer is <c>GET /v1/me</c>: a verified token, its
/// session's state looked up in Redis, and two reads of PostgreSQL, after the login to Vault and the reading of its
/// secrets. The world is warm and idle; each run is a new process, one at a time, the two programs taking turns.
/// </remarks>
internal static class ColdStart
{
    private const string Function = "auth";

    internal static async Task RunAsync(string aheadFolder, int runs, CancellationToken cancellationToken)
    {
        Console.WriteLine("| program | PostgreSQL | first 200, ms (p95) | first useful answer, ms (p95) "
            + "| resident, MiB | size, MiB |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (bool hasTls in new[] { false, true })
        {
            WorldOptions options = new()
            {
                Chains = [LocalChain.Ethereum],
                Postgres = new LocalPostgresOptions { HasTcp = true, RequiresTls = hasTls },
            };
            FleetOptions fleet = new() { Functions = [Function] };
            await using LocalPlatform platform =
                await LocalPlatform.StartAsync(options, fleet, _ => { }, cancellationToken);
            await MeasureAsync(
                platform, aheadFolder, runs, hasTls ? "TCP, SCRAM, TLS" : "TCP, SCRAM", cancellationToken);
        }
    }

    private static async Task MeasureAsync(
        LocalPlatform platform, string aheadFolder, int runs, string postgres, CancellationToken cancellationToken)
    {
        using ApiClient api = new(platform.Functions.UrlOf);
        Person person = new("bench", api, platform.World);
        await person.SignInAsync("user", cancellationToken);
        using FreePort port = FreePort.Take();
        FunctionPlace place = new(Function, port.Number, platform.World.TokenPathOf(Function));
        LeashedCommand ahead = FunctionPrograms.Separate(place, platform.World.SettingsPath, aheadFolder);
        LeashedCommand justInTime = FunctionPrograms.Separate(place, platform.World.SettingsPath, aheadFolder: null);

        List<ColdRun> aheadRuns = [];
        List<ColdRun> justInTimeRuns = [];
        for (int run = 0; run <= runs; run++)
        {
            ColdRun first = await ColdRun.MeasureAsync(ahead, port.Number, person.Token!, cancellationToken);
            ColdRun second = await ColdRun.MeasureAsync(justInTime, port.Number, person.Token!, cancellationToken);

            // The first of each fills the page cache and is not counted.
            if (run == 0)
                continue;
            aheadRuns.Add(first);
            justInTimeRuns.Add(second);
        }

        Print("Native AOT", postgres, aheadRuns, new FileInfo(ahead.FileName).Length);
        Print("JIT", postgres, justInTimeRuns, size: null);
        double ratio = Median(justInTimeRuns, run => run.UsefulMs) / Median(aheadRuns, run => run.UsefulMs);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"\nJIT / AOT to the first useful answer ({postgres}): {ratio:0.0}\n"));
    }

    private static void Print(string program, string postgres, List<ColdRun> runs, long? size)
    {
        string megabytes = size is { } bytes
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0}")
            : "the shared framework";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {program} | {postgres} | {Median(runs, it => it.FirstMs):0} ({P95(runs, it => it.FirstMs):0}) "
            + $"| {Median(runs, it => it.UsefulMs):0} ({P95(runs, it => it.UsefulMs):0}) "
            + $"| {Median(runs, it => it.ResidentMiB):0} | {megabytes} |"));
    }

    private static double Median(List<ColdRun> runs, Func<ColdRun, double> value) => Quantile(runs, value, 0.5);

    private static double P95(List<ColdRun> runs, Func<ColdRun, double> value) => Quantile(runs, value, 0.95);

    private static double Quantile(List<ColdRun> runs, Func<ColdRun, double> value, double quantile)
    {
        double[] sorted = [.. runs.Select(value).Order()];
        return sorted[(int)Math.Ceiling(quantile * sorted.Length) - 1];
    }
}
