using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Local.StandIns;

namespace Souk.Benchmarks;

/// <summary>How many deliveries a second Webhooks keeps durably, next to what the machine can commit at all.</summary>
/// <remarks>
/// The function is its own process with its log in a file; PostgreSQL waits for the disk at each commit
/// (<c>synchronous_commit</c> and <c>fsync</c> on), and its events go to a broker that takes them and does nothing. The
/// generator runs in this process, so all parties share the machine, as pgbench and its server do.
/// </remarks>
internal static class WebhookStorm
{
    private const string Function = "webhooks";
    private const string Hook = "storm";
    private static readonly int[] Connections = [1, 16, 64];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    internal static async Task RunAsync(string? aheadFolder, TimeSpan duration, CancellationToken cancellationToken)
    {
        WorldOptions options = new() { Postgres = new LocalPostgresOptions { IsDurable = true } };
        await using World world = await World.StartAsync(options, _ => { }, cancellationToken);
        await using BrokerSink broker = new();
        await broker.StartAsync(cancellationToken);
        string key = $"whsec_{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        string webhookId = $"wh_{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        world.Vault.PutKv(Function, new Dictionary<string, string>
        {
            [$"alchemy_{Hook}"] = $$"""{"webhookId":"{{webhookId}}","keys":["{{key}}"]}""",
        });

        await using SeparateFunction function = await SeparateFunction.StartAsync(
            world,
            Function,
            aheadFolder,
            new Dictionary<string, string> { ["Broker__Url"] = new Uri(broker.Url, "broker").ToString() },
            cancellationToken);
        StormLoad load = new(function.Place.Port, $"/v1/alchemy/{Hook}", webhookId, key);
        StormLimit limit = await StormLimit.PrepareAsync(world, load.BodyBytes, cancellationToken);
        await load.RunAsync(connections: 16, WarmUp, cancellationToken);
        await MeasureAsync(world, function.ProcessId, load, limit, duration, cancellationToken);
    }

    private static async Task MeasureAsync(
        World world,
        int functionId,
        StormLoad load,
        StormLimit limit,
        TimeSpan duration,
        CancellationToken cancellationToken)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Deliveries of {load.BodyBytes} bytes, {duration.TotalSeconds:0} s each; {Environment.ProcessorCount} "
            + $"cores for generator, function and PostgreSQL together.\n"));
        Console.WriteLine("| connections | accepted a second | p50, ms | p99, ms | pgbench a second | ratio "
            + "| p99 at half pgbench's load, ms | processor a delivery, µs: function, PostgreSQL, generator "
            + "| idle | deliveries a commit |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        int postmasterId = world.Database.Server.ProcessId;
        foreach (int connections in Connections)
        {
            long commitsBefore = await CommitsAsync(world, cancellationToken);
            RunCost before = RunCost.Read(functionId, postmasterId);
            long startedAt = Stopwatch.GetTimestamp();
            LoadResult full = await load.RunAsync(connections, duration, cancellationToken);
            double available = Stopwatch.GetElapsedTime(startedAt).TotalSeconds * Environment.ProcessorCount;
            RunCost cost = RunCost.Read(functionId, postmasterId).Since(before, full.Count);
            long commits = await CommitsAsync(world, cancellationToken) - commitsBefore;
            double most = await limit.RunAsync(connections, duration, cancellationToken);
            LoadResult half = await load.RunAtAsync(connections, duration, most / 2, cancellationToken);

            double used = (cost.Function + cost.Postgres + cost.Generator) * full.Count / 1e6;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {connections} | {full.PerSecond:0} | {full.P50Ms:0.00} | {full.P99Ms:0.00} | {most:0} "
                + $"| {full.PerSecond / most:0 %} | {half.P99Ms:0.0} at {half.PerSecond:0} a second "
                + $"| {cost.Function:0}, {cost.Postgres:0}, {cost.Generator:0} | {1 - (used / available):0 %} "
                + $"| {(double)full.Count / commits:0.0} |"));
        }
    }

    private static async Task<long> CommitsAsync(World world, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = new(world.Database.Server.AdminConnectionString(WorldDatabase.Name));
        await connection.OpenAsync(cancellationToken);

        // A session reports what it did a second late at most, or when it ends.
        await Task.Delay(TimeSpan.FromSeconds(1.5), cancellationToken);
        await using NpgsqlCommand command = new(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>A broker that takes every event and delivers none.</summary>
    private sealed class BrokerSink : StandInServer
    {
        protected override Task WriteErrorAsync(HttpContext context, int status)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }

        protected override void Map(IEndpointRouteBuilder routes) => routes.MapPost("/{**path}", context =>
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        });
    }
}
