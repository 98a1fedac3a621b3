using System.Diagnostics;
using System.Globalization;

namespace Souk.Benchmarks;

/// <summary>How the transactions of a run are asked for.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Wallets">By how many wallets in turn.</param>
/// <param name="Connections">On how many connections.</param>
/// <param name="Duration">For how long.</param>
/// <param name="PerSecond">At which rate; null: as fast as they are answered.</param>
internal sealed record SigningAsk(
    string Name, int Wallets, int Connections, TimeSpan Duration, double? PerSecond = null);

/// <summary>One run: transactions are asked for, sent, mined and finished, while blocks come once a second.</summary>
/// <param name="Ask">How they were asked for.</param>
/// <param name="Accepted">How they were accepted.</param>
/// <param name="MinedPerSecond">From the first request until the chain counted the last.</param>
/// <param name="Cost">Processor time a transaction, until then.</param>
/// <param name="StagesMs">p50 and p99 of: accept to broadcast; of it waiting for a nonce, signing, sending.</param>
/// <param name="SignerMs">p50 and p99 of one signature at the provider's stand-in.</param>
internal sealed record SigningRun(
    SigningAsk Ask,
    LoadResult Accepted,
    double MinedPerSecond,
    RunCost Cost,
    double[] StagesMs,
    (double P50, double P99) SignerMs)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan HintEach = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    // What is told as broadcast is told for a batch, after its last was sent: the time is an upper bound.
    private const string StagesSql = """
        WITH moves AS (
            SELECT t.created_at AS asked,
                min(h.happened_at) FILTER (WHERE h.status = 'allocated') AS allocated,
                min(h.happened_at) FILTER (WHERE h.status = 'signed') AS signed,
                min(h.happened_at) FILTER (WHERE h.status = 'broadcast') AS broadcast
            FROM transactions AS t JOIN transaction_history AS h ON h.transaction_id = t.id
            WHERE t.id > $1 GROUP BY t.id, t.created_at),
        stages AS (
            SELECT stage, 1000 * extract(epoch FROM length)::float8 AS ms FROM moves CROSS JOIN LATERAL (VALUES
                (1, broadcast - asked), (2, allocated - asked), (3, signed - allocated), (4, broadcast - signed)
            ) AS lengths (stage, length)),
        quantiles AS (
            SELECT stage, percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) AS p50,
                percentile_disc(0.99) WITHIN GROUP (ORDER BY ms) AS p99
            FROM stages GROUP BY stage)
        SELECT array_agg(value ORDER BY stage, quantile)
        FROM quantiles CROSS JOIN LATERAL (VALUES (1, p50), (2, p99)) AS listed (quantile, value)
        """;

    internal static async Task<SigningRun> MeasureAsync(
        SigningWorld world, SigningAsk ask, CancellationToken cancellationToken)
    {
        SigningLoad load = await world.SignInAsync(ask.Wallets, cancellationToken);
        Guid last = await world.Database.FindAsync<Guid>(
            "SELECT id FROM transactions ORDER BY id DESC LIMIT 1", cancellationToken);
        long minedBefore = await world.CountMinedAsync(cancellationToken);
        using SignerClock signer = new();
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task hints = HintAsync(world, done.Token);

        RunCost costBefore = world.Cost;
        long startedAt = Stopwatch.GetTimestamp();
        LoadResult accepted = ask.PerSecond is { } perSecond
            ? await load.RunAtAsync(ask.Connections, ask.Duration, perSecond, cancellationToken)
            : await load.RunAsync(ask.Connections, ask.Duration, cancellationToken);
        await WaitAsync(
            async () => await world.CountMinedAsync(cancellationToken) >= minedBefore + accepted.Count,
            world,
            cancellationToken);
        double seconds = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        RunCost cost = world.Cost.Since(costBefore, accepted.Count);

        await WaitAsync(
            async () => await world.Database.FindAsync<long>(
                "SELECT count(*) FROM transactions WHERE finalized_at IS NULL", cancellationToken) == 0,
            world,
            cancellationToken);
        await done.CancelAsync();
        await hints;
        await CheckAsync(world, last, accepted.Count, cancellationToken);
        double[] stages = (await world.Database.FindAsync<double[]>(StagesSql, cancellationToken, last))!;
        return new SigningRun(
            ask, accepted, accepted.Count / seconds, cost, stages, (signer.Ms(0.5), signer.Ms(0.99)));
    }

    /// <summary>A figure of nothing but final transactions, one for each request.</summary>
    private static async Task CheckAsync(
        SigningWorld world, Guid last, int count, CancellationToken cancellationToken)
    {
        string found = (await world.Database.FindAsync<string>(
            """
            SELECT coalesce(string_agg(concat(status, ' ', count), ', '), 'none')
            FROM (SELECT status, count(*) FROM transactions WHERE id > $1 GROUP BY status) AS counted
            """,
            cancellationToken,
            last))!;
        if (found != string.Create(CultureInfo.InvariantCulture, $"final {count}"))
            throw new InvalidOperationException($"{count} were asked for; there are: {found}.");
    }

    private static async Task WaitAsync(
        Func<Task<bool>> until, SigningWorld world, CancellationToken cancellationToken)
    {
        long startedAt = Stopwatch.GetTimestamp();
        using PeriodicTimer timer = new(Look);
        while (!await until())
        {
            if (Stopwatch.GetElapsedTime(startedAt) > WaitMax)
            {
                throw new TimeoutException(await world.Database.FindAsync<string>(
                    """
                    SELECT string_agg(concat_ws(' ', status, waits_for, reason, count), ', ')
                    FROM (SELECT status, waits_for, reason, count(*) FROM transactions GROUP BY 1, 2, 3) AS counted
                    """,
                    cancellationToken));
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Tells of the chain's news once a second, as a webhook of each block does; nobody waits for the
    /// answers.</summary>
    private static async Task HintAsync(SigningWorld world, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(HintEach);
        List<Task> answers = [];
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) answers.Add(world.HintAsync());
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(answers);
        }
    }
}
