using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Souk.Harness.Trading;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Local.StandIns;

namespace Souk.Benchmarks;

/// <summary>How fast Marketplace catches up with a chain, and whether a long history slows it.</summary>
/// <remarks>
/// Marketplace runs in this process, on a PostgreSQL that waits for its disk, behind Alchemy's stand-in with a paid
/// plan's limits (2,000 blocks, 10,000 logs). Each block has 200 ERC-721 movements, half of them mints. First it
/// follows them from nothing; then what it wrote is multiplied tenfold by SQL, and it follows as many again.
/// </remarks>
internal static class Following
{
    private const int HistoryFactor = 10;
    private const int Tenths = 10;
    private const int LogBlocksMax = 2_000;

    internal static async Task RunAsync(int logs, CancellationToken cancellationToken)
    {
        WorldOptions options = new() { Postgres = new LocalPostgresOptions() };
        await using World world = await World.StartAsync(options, _ => { }, cancellationToken);
        await using Market market = await Market.StartAsync(
            world,
            new MarketOptions { Alchemy = new AlchemyStandInOptions { LogBlocksMax = LogBlocksMax } },
            cancellationToken);
        LogSource source = await LogSource.DeployAsync(market.Node, cancellationToken);
        await market.HintAsync(cancellationToken);
        await market.App.Database.ExecuteAsync(
            """
            INSERT INTO collections (chain_id, contract, standard, name, registered_by, registered_at, followed_from,
                backfilled_to, is_live)
            SELECT chain_id, $1, 'erc721', 'Bench', gen_random_uuid(), now(), number, number, true FROM chain_cursors
            """,
            cancellationToken,
            source.Contract.ToArray());

        Measured fromNothing = await MeasureAsync(market, source, logs, cancellationToken);
        await HistoryRows.MultiplyAsync(
            market.App.Database, HistoryRows.Tokens, HistoryFactor, cancellationToken);
        Measured fromHistory = await MeasureAsync(market, source, logs, cancellationToken);

        // After all else: the function writes its own log to the same place.
        Console.WriteLine("\n| history, rows | logs | logs/s | us/log | first tenth, us/log | last tenth, us/log "
            + "| node reads, % | PostgreSQL, % | rest, % |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        Console.WriteLine(fromNothing.Line);
        Console.WriteLine(fromHistory.Line);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nCost per log with {HistoryFactor} times the history / with none: "
            + $"{fromHistory.PerLog / fromNothing.PerLog:0.00}"));
    }

    private static async Task<Measured> MeasureAsync(
        Market market, LogSource source, int logs, CancellationToken cancellationToken)
    {
        long history = await CountAsync(market, cancellationToken);
        long first = (long)await market.Node.Rpc.GetBlockNumberAsync(cancellationToken);
        int blocks = logs / LogSource.LogsPerBlock;
        await source.MineAsync(blocks, cancellationToken);
        long last = first + blocks;

        double busyBefore = await ReadBusyAsync(market, cancellationToken);
        using CallClock calls = new(market.Alchemy.Url.Port);
        List<(long Block, TimeSpan At)> points = await FollowAsync(market, first, last, cancellationToken);
        TimeSpan elapsed = points[^1].At;
        double node = calls.Elapsed.TotalMilliseconds;
        double busy = await ReadBusyAsync(market, cancellationToken) - busyBefore;

        long applied = await CountAsync(market, cancellationToken) - history;
        if (applied != logs)
            throw new InvalidOperationException($"{applied} of {logs} logs were applied.");
        double whole = elapsed.TotalMilliseconds;
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"| {history:N0} | {logs:N0} | {logs / elapsed.TotalSeconds:N0} | {1_000 * whole / logs:0} "
            + $"| {PerLog(points, first, last, 0, logs):0} | {PerLog(points, first, last, Tenths - 1, logs):0} "
            + $"| {100 * node / whole:0} | {100 * busy / whole:0} | {100 * (whole - node - busy) / whole:0} |");
        return new Measured(whole / logs, line);
    }

    /// <summary>What a log of a tenth cost, the tenths counted from 0, in microseconds.</summary>
    private static double PerLog(List<(long Block, TimeSpan At)> points, long first, long last, int tenth, int logs)
    {
        double begin = At(points, first + (last - first) * tenth / (double)Tenths);
        double end = At(points, first + (last - first) * (tenth + 1) / (double)Tenths);
        return (end - begin) * Tenths / logs;
    }

    /// <summary>When a block had been read, in microseconds; between two looks, in proportion.</summary>
    private static double At(List<(long Block, TimeSpan At)> points, double block)
    {
        int after = Math.Max(1, points.FindIndex(point => point.Block >= block));
        (long Block, TimeSpan At) low = points[after - 1];
        (long Block, TimeSpan At) high = points[after];
        double share = (block - low.Block) / (high.Block - low.Block);
        return low.At.TotalMicroseconds + share * (high.At - low.At).TotalMicroseconds;
    }

    /// <summary>Hints until the chain is read to its last block; answers how far it was when.</summary>
    private static async Task<List<(long Block, TimeSpan At)>> FollowAsync(
        Market market, long first, long last, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        List<(long Block, TimeSpan At)> points = [(first, TimeSpan.Zero)];
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        Task following = market.HintAsync(cancellationToken);
        while (points[^1].Block < last)
        {
            long cursor = await market.App.Database.FindAsync<long>(
                "SELECT number FROM chain_cursors", cancellationToken);
            if (cursor > points[^1].Block) points.Add((cursor, watch.Elapsed));
            if (following.IsCompleted && cursor < last)
            {
                await following;
                following = market.HintAsync(cancellationToken);
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        await following;
        return points;
    }

    private static Task<long> CountAsync(Market market, CancellationToken cancellationToken) =>
        market.App.Database.FindAsync<long>("SELECT count(*) FROM token_transfers", cancellationToken);

    /// <summary>How long PostgreSQL has run statements of this database, in milliseconds.</summary>
    private static async Task<double> ReadBusyAsync(Market market, CancellationToken cancellationToken)
    {
        // A session tells its figures when it has been idle for a second.
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(2));
        await timer.WaitForNextTickAsync(cancellationToken);
        return await market.App.Database.FindAsync<double>(
            "SELECT active_time FROM pg_stat_database WHERE datname = current_database()", cancellationToken);
    }

    /// <summary>One catching up: milliseconds a log, and the table's line.</summary>
    private sealed record Measured(double PerLog, string Line);

    /// <summary>Adds up how long this process waits for answers of one server.</summary>
    private sealed class CallClock : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly int _port;
        private long _ticks;

        internal CallClock(int port)
        {
            _port = port;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "http.client.request.duration") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>(Add);
            _listener.Start();
        }

        internal TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        public void Dispose() => _listener.Dispose();

        private void Add(
            Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == "server.port" && Equals(tag.Value, _port))
                    Interlocked.Add(ref _ticks, TimeSpan.FromSeconds(seconds).Ticks);
            }
        }
    }
}
