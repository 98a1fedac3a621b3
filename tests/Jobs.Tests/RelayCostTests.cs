using System.Text.RegularExpressions;
using Souk.Harness;

namespace Souk.Jobs.Tests;

/// <summary>What a claim of the relay reads, by PostgreSQL's own count of pages.</summary>
public sealed partial class RelayCostTests(SharedWorld world) : IAsyncLifetime
{
    private const int DueRows = 50;

    private Housekeeping _jobs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _jobs = await Housekeeping.StartAsync(world);

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public async Task Reads_no_more_pages_with_a_hundred_thousand_events_done_than_with_a_thousand()
    {
        await AddHistoryAsync(1, 1_000);
        (long pagesBefore, _) = await ClaimAsync();
        await AddHistoryAsync(1_001, 100_000);
        (long pagesAfter, string plan) = await ClaimAsync();

        Assert.DoesNotContain("Seq Scan on outbox", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on inbox", plan, StringComparison.Ordinal);
        Assert.True(pagesAfter < (2 * pagesBefore) + 200, $"{pagesBefore} pages became {pagesAfter}:\n{plan}");
    }

    [Fact]
    public async Task Reads_one_batch_and_not_the_whole_backlog()
    {
        await AddHistoryAsync(1, 1_000);
        (long pagesBefore, _) = await ClaimAsync();
        await _jobs.App.Database.ExecuteAsync(
            """
            INSERT INTO outbox (id, room, type, subject, data, consumers, created_at, due_at)
            SELECT gen_random_uuid(), 'marketplace', 't', 't', '{}', '{signing}', $1, $1 + n * interval '1 microsecond'
            FROM generate_series(1, 50000) AS n
            """,
            Token,
            _jobs.Now.AddSeconds(-1));
        await AnalyzeAsync();
        (long pagesAfter, string plan) = await ClaimAsync();

        Assert.True(pagesAfter < (6 * pagesBefore) + 200, $"{pagesBefore} pages became {pagesAfter}:\n{plan}");
    }

    private async Task AddHistoryAsync(int from, int to)
    {
        await _jobs.App.Database.ExecuteAsync(
            """
            WITH done AS (
                INSERT INTO outbox (id, room, type, subject, data, consumers, created_at, due_at, done_at)
                SELECT gen_random_uuid(), 'marketplace', 't', 't', '{}', '{signing}', $3, $3, $3
                FROM generate_series($1::int, $2::int)
                RETURNING id)
            INSERT INTO inbox (consumer, source, id, taken_at) SELECT 'signing', '/marketplace', id::text, $3 FROM done
            """,
            Token, from, to, _jobs.Now.AddHours(-1));
        for (int i = 0; i < DueRows; i++)
            await _jobs.AddEventAsync(["marketplace", "signing"], TimeSpan.FromSeconds(-60));
        await AnalyzeAsync();
    }

    private Task<int> AnalyzeAsync() =>
        _jobs.App.Database.ExecuteAsync("VACUUM (ANALYZE) outbox, inbox, dead_letters", Token);

    /// <summary>Runs a claim; it leaves what it claimed due much later.</summary>
    private async Task<(long Pages, string Plan)> ClaimAsync()
    {
        string sql = RelayOutbox.ClaimSql.Replace("$3", "150", StringComparison.Ordinal)
            .Replace("$2", "100", StringComparison.Ordinal)
            .Replace("$1", $"'{_jobs.Now.AddSeconds(-30):O}'::timestamptz", StringComparison.Ordinal);
        IReadOnlyList<string> plan = await _jobs.App.Database.ListAsync<string>(
            "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) " + sql, Token);
        string text = string.Join('\n', plan);
        Match pages = Pages().Match(text);
        long hit = long.Parse(pages.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        return (hit, text);
    }

    // The first line of buffers is the whole statement's.
    [GeneratedRegex(@"Buffers: shared hit=(\d+)")]
    private static partial Regex Pages();
}
