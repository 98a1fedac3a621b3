using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Harness.Trading;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Marketplace;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Benchmarks;

/// <summary>How fast logs that were read are stored, and whether a history of its own making slows that.</summary>
/// <remarks>
/// Logs are made in this process, as <see cref="LogSource"/>'s would be: half are mints, half are movements of those
/// tokens. They are applied in spans, a transaction each, by Marketplace's own applier, to a PostgreSQL that waits for
/// its disk. Each round is as long as the first; the last has nine rounds before it.
/// </remarks>
internal static class Applying
{
    private const int Rounds = 10;
    private const int LogsPerBlock = 200;
    private const int BlocksPerSpan = 25;

    private static readonly Address Contract = Address.Parse("0x00000000000000000000000000000000000000c0");

    internal static async Task RunAsync(int logsPerRound, CancellationToken cancellationToken)
    {
        WorldOptions options = new() { Postgres = new LocalPostgresOptions() };
        await using World world = await World.StartAsync(options, _ => { }, cancellationToken);
        await using Market market = await Market.StartAsync(world, cancellationToken);
        Database database = market.App.Services.GetRequiredService<Database>();
        ChainSettings chain = market.App.Services.GetRequiredService<ChainRegistry>().All[0];

        List<string> lines = [];
        long block = 1_000;
        for (int round = 0; round < Rounds; round++)
        {
            TimeSpan busy = TimeSpan.Zero;
            for (int done = 0; done < logsPerRound; done += LogsPerBlock * BlocksPerSpan)
            {
                List<TimedLog> span = SpanOf(block, BlocksPerSpan);
                block += BlocksPerSpan;
                Stopwatch watch = Stopwatch.StartNew();
                await database.WriteAsync(
                    transaction => new LogApplier(transaction, chain, chain.Seaport).ApplyAsync(
                        span, cancellationToken),
                    cancellationToken);
                busy += watch.Elapsed;
            }

            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"| {(long)round * logsPerRound:N0} | {logsPerRound:N0} | {logsPerRound / busy.TotalSeconds:N0} "
                + $"| {busy.TotalMicroseconds / logsPerRound:0.0} |"));
        }

        Console.WriteLine("\n| history, logs | logs | logs/s | us/log |\n|---|---|---|---|");
        lines.ForEach(Console.WriteLine);
    }

    private static List<TimedLog> SpanOf(long first, int blocks)
    {
        List<TimedLog> logs = new(blocks * LogsPerBlock);
        for (long number = first; number < first + blocks; number++)
        {
            BlockHash hash = new(Keccak256.HashText(FormattableString.Invariant($"block {number}")));
            TransactionHash transaction = new(Keccak256.HashText(FormattableString.Invariant($"call {number}")));
            long minted = number / 2 * LogsPerBlock;
            Address from = number % 2 == 0 ? Address.Zero : OwnerOf(minted);
            for (int index = 0; index < LogsPerBlock; index++)
            {
                ChainLog log = new(
                    Contract,
                    [
                        TokenEvents.TransferTopic, Word(from), Word(OwnerOf(minted + (number % 2))),
                        ((UInt256)(ulong)(minted + index)).ToBytes32(),
                    ],
                    [],
                    number,
                    hash,
                    transaction,
                    index,
                    Removed: false);
                logs.Add(new TimedLog(log, DateTimeOffset.FromUnixTimeSeconds(1_750_000_000 + number)));
            }
        }

        return logs;
    }

    private static Address OwnerOf(long number) =>
        new(Keccak256.HashText(FormattableString.Invariant($"owner {number}")).ToArray().AsSpan(12));

    private static Bytes32 Word(Address address) => new([.. new byte[12], .. address.ToArray()]);
}
