using System.Diagnostics;
using System.Globalization;

namespace Souk.Benchmarks;

/// <summary>How many transactions a second Signing accepts and has mined, next to what the node takes at all.</summary>
/// <remarks>
/// Signing is its own process with its log in a file; PostgreSQL waits for the disk at each commit; anvil mines a block
/// a second, large enough for all; the broker's and the provider's stand-ins and the generator are in this process. So
/// all parties share the machine, and the provider's stand-in pays for its signatures there too.
/// </remarks>
internal static class SigningPipeline
{
    private const int Connections = 32;
    private const double AcceptRate = 200;

    /// <summary>What the provider documents for one app, which is one wallet.</summary>
    private const int ProviderMax = 100;

    /// <param name="aheadFolder">Where Signing was published ahead of time; null: compiled as it runs.</param>
    /// <param name="isQuick">Whether runs and history are a tenth as long, to see that all of it works.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task RunAsync(string? aheadFolder, bool isQuick, CancellationToken cancellationToken)
    {
        TimeSpan duration = TimeSpan.FromSeconds(isQuick ? 2 : 8);
        long history = isQuick ? 50_000 : 1_000_000;
        int raw = isQuick ? 500 : 4_000;
        PolicyBench.Run();

        await using SigningWorld world = await SigningWorld.StartAsync(aheadFolder, cancellationToken);
        world.LimitProvider(int.MaxValue);
        (double Sent, double Mined) one = await SigningCeiling.MeasureAsync(world.Node, 1, raw, cancellationToken);
        (double Sent, double Mined) ten = await SigningCeiling.MeasureAsync(
            world.Node, SigningWorld.Wallets, raw, cancellationToken);

        SigningAsk all = new("ten wallets", SigningWorld.Wallets, Connections, duration);
        SigningAsk paced = all with { Name = "ten wallets, 200 a second", PerSecond = AcceptRate };
        await SigningRun.MeasureAsync(
            world, all with { Duration = TimeSpan.FromSeconds(1) }, cancellationToken);
        SigningRun single = await SigningRun.MeasureAsync(
            world, new SigningAsk("one wallet", 1, Connections, duration), cancellationToken);
        SigningRun empty = await SigningRun.MeasureAsync(world, all, cancellationToken);
        SigningRun emptyPaced = await SigningRun.MeasureAsync(world, paced, cancellationToken);
        world.LimitProvider(ProviderMax);
        SigningRun limited = await SigningRun.MeasureAsync(
            world, all with { Name = "ten wallets, provider limited" }, cancellationToken);
        SigningRun limitedSingle = await SigningRun.MeasureAsync(
            world,
            new SigningAsk("one wallet, provider limited", 1, Connections, duration / 2),
            cancellationToken);
        world.LimitProvider(int.MaxValue);

        long grownAt = Stopwatch.GetTimestamp();
        long rows = await SigningHistory.GrowAsync(world, history, cancellationToken);
        TimeSpan grownIn = Stopwatch.GetElapsedTime(grownAt);
        SigningRun full = await SigningRun.MeasureAsync(
            world, all with { Name = "ten wallets, history" }, cancellationToken);
        SigningRun fullPaced = await SigningRun.MeasureAsync(
            world, paced with { Name = "ten wallets, 200 a second, history" }, cancellationToken);

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{Environment.ProcessorCount} cores for all. The node alone, raw sends: one account {one.Sent:0} taken "
            + $"and {one.Mined:0} mined a second; ten accounts {ten.Sent:0} and {ten.Mined:0}. History: {rows:N0} "
            + $"finished transactions, grown in {grownIn.TotalSeconds:0} s. Provider limited: {ProviderMax} requests a "
            + $"second for each wallet; else not at all.\n"));
        Console.WriteLine("| run | requests | accepted a second (of the node's) | accept p50, p99, ms "
            + "| mined a second (of the node's) | accept to broadcast p50, p99, ms | waiting for a nonce "
            + "| signing, storing | sending | provider, one signature p50, p99, ms "
            + "| processor a transaction, µs: Signing, PostgreSQL, node, this |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (SigningRun run in new[] { single, empty, emptyPaced, limitedSingle, limited, full, fullPaced })
            Print(run, run.Ask.Wallets == 1 ? one : ten);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nWith {rows:N0} finished transactions / with none: accepted a second "
            + $"{full.Accepted.PerSecond / empty.Accepted.PerSecond:0.00}, mined a second "
            + $"{full.MinedPerSecond / empty.MinedPerSecond:0.00}; at {AcceptRate:0} a second accept p50 "
            + $"{fullPaced.Accepted.P50Ms / emptyPaced.Accepted.P50Ms:0.00}, processor a transaction of Signing "
            + $"{fullPaced.Cost.Function / emptyPaced.Cost.Function:0.00}, of PostgreSQL "
            + $"{fullPaced.Cost.Postgres / emptyPaced.Cost.Postgres:0.00}"));
    }

    private static void Print(SigningRun run, (double Sent, double Mined) ceiling)
    {
        double[] ms = run.StagesMs;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {run.Ask.Name} | {run.Accepted.Count} "
            + $"| {run.Accepted.PerSecond:0} ({run.Accepted.PerSecond / ceiling.Sent:0 %}) "
            + $"| {run.Accepted.P50Ms:0.0}, {run.Accepted.P99Ms:0.0} "
            + $"| {run.MinedPerSecond:0} ({run.MinedPerSecond / ceiling.Mined:0 %}) "
            + $"| {ms[0]:0}, {ms[1]:0} | {ms[2]:0}, {ms[3]:0} | {ms[4]:0}, {ms[5]:0} | {ms[6]:0}, {ms[7]:0} "
            + $"| {run.SignerMs.P50:0.0}, {run.SignerMs.P99:0.0} "
            + $"| {run.Cost.Function:0}, {run.Cost.Postgres:0}, {run.Cost.Node:0}, {run.Cost.Generator:0} |"));
    }
}
