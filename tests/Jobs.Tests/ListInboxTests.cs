using System.Text.Json;
using Souk.Harness;

namespace Souk.Jobs.Tests;

public sealed class ListInboxTests(SharedWorld world) : IAsyncLifetime
{
    private Housekeeping _jobs = null!;
    private TestPerson _operator = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _jobs = await Housekeeping.StartAsync(world);
        _operator = await _jobs.OperatorAsync();
    }

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public async Task Says_what_was_delivered_and_what_was_taken_and_never_a_body()
    {
        await DeliverAsync("whevt_1", "ADDRESS_ACTIVITY", secondsAgo: 1);
        Guid id = Guid.NewGuid();
        await _jobs.TakeAsync(id, "signing");

        ApiAnswer answer = await _operator.Api.GetAsync("v1/admin/inbox", Token);

        List<JsonElement> rows = [.. answer.Json.GetProperty("inbox").EnumerateArray()];
        Assert.Equal(
            [("signing", "/marketplace", $"{id}", null), ("webhooks", "alchemy/main", "whevt_1", "ADDRESS_ACTIVITY")],
            rows.Select(row => (
                Text(row, "consumer"), Text(row, "source"), Text(row, "eventId"), Text(row, "type"))));
        Assert.DoesNotContain("c2VjcmV0", answer.Json.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Json.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("consumer=webhooks", "c b a")]
    [InlineData("consumer=signing", "e")]
    [InlineData("consumer=nobody", "")]
    [InlineData("source=alchemy/main", "c b a")]
    [InlineData("type=NFT_ACTIVITY", "b")]
    [InlineData("consumer=webhooks&type=ADDRESS_ACTIVITY&limit=1", "c")]
    [InlineData("", "e d c b a")]
    public async Task Lists_what_was_asked_for_newest_first(string filter, string expected)
    {
        await DeliverAsync("a", "ADDRESS_ACTIVITY", secondsAgo: 5);
        await DeliverAsync("b", "NFT_ACTIVITY", secondsAgo: 4);
        await DeliverAsync("c", "ADDRESS_ACTIVITY", secondsAgo: 3);
        await TakeAsync("marketplace", "d", secondsAgo: 2);
        await TakeAsync("signing", "e", secondsAgo: 1);

        Assert.Equal(expected, string.Join(' ', await ListAsync(filter)));
    }

    [Fact]
    public async Task Shows_marked_deliveries_for_what_they_are()
    {
        await DeliverAsync("plain", "ADDRESS_ACTIVITY", secondsAgo: 3);
        await DeliverAsync("new", "SOMETHING_NEW", secondsAgo: 2, "unknown_type");
        await DeliverAsync("error", "ERROR", secondsAgo: 1, "provider_error");

        ApiAnswer all = await _operator.Api.GetAsync("v1/admin/inbox?consumer=webhooks", Token);

        Assert.Equal(
            ["provider_error", "unknown_type", null],
            all.Json.GetProperty("inbox").EnumerateArray().Select(row => Text(row, "mark")));
        Assert.Equal(["new"], await ListAsync("mark=unknown_type"));
        Assert.Equal(["new"], await ListAsync("mark=unknown_type&consumer=webhooks&type=SOMETHING_NEW&limit=1"));
        Assert.Empty(await ListAsync("mark=unknown_type&source=elsewhere"));
        Assert.Empty(await ListAsync("mark=none"));
    }

    [Fact]
    public async Task Lists_what_came_since_a_time()
    {
        await DeliverAsync("old", "ADDRESS_ACTIVITY", secondsAgo: 61);
        await DeliverAsync("new", "ADDRESS_ACTIVITY", secondsAgo: 59);
        string since = Uri.EscapeDataString($"{_jobs.Now.AddMinutes(-1):O}");

        Assert.Equal(["new"], await ListAsync($"since={since}"));
    }

    [Fact]
    public async Task Pages_through_rows_of_one_moment_without_losing_or_repeating_any()
    {
        for (int i = 0; i < 5; i++)
        {
            await DeliverAsync($"w{i}", "ADDRESS_ACTIVITY", secondsAgo: 1);
            await TakeAsync("signing", $"s{i}", secondsAgo: 1);
        }

        List<string> seen = [];
        string? cursor = null;
        do
        {
            ApiAnswer answer = await _operator.Api.GetAsync($"v1/admin/inbox?limit=3&cursor={cursor}", Token);
            seen.AddRange(Ids(answer));
            cursor = answer.Json.GetProperty("next").GetString();
        }
        while (cursor is not null);

        Assert.Equal(10, seen.Count);
        Assert.Equal(10, seen.Distinct().Count());
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("cursor=nowhere")]
    [InlineData("since=yesterday")]
    public async Task Refuses_a_question_that_makes_no_sense(string query)
    {
        ApiAnswer answer = await _operator.Api.GetAsync($"v1/admin/inbox?{query}", Token);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Reads_the_newest_rows_by_their_index_however_many_there_are()
    {
        await _jobs.App.Database.ExecuteAsync(
            """
            INSERT INTO inbox (consumer, source, id, taken_at, type, mark)
            SELECT c, '/many', n::text, now() - n * interval '1 second', 'T',
                CASE WHEN c = 'webhooks' AND n % 1000 = 0 THEN 'unknown_type' END
            FROM generate_series(1, 20000) AS n, unnest(ARRAY['webhooks', 'signing']) AS c
            """,
            Token);
        await _jobs.App.Database.ExecuteAsync("ANALYZE inbox", Token);

        string all = await ExplainAsync(ListInbox.ListSql);
        string marked = await ExplainAsync(ListInbox.ListMarkedSql);

        Assert.DoesNotContain("Seq Scan", all + marked, StringComparison.Ordinal);
        Assert.Matches(@"Scan[^\n]* using inbox_delivered", all);
        Assert.Matches(@"Scan[^\n]* using inbox_taken", all);
        Assert.Matches(@"Scan[^\n]* (using|on) inbox_marked", marked);
    }

    private async Task<string> ExplainAsync(string sql)
    {
        string[] values =
            ["NULL", "NULL", "NULL", "NULL", "now()", $"'{Guid.AllBitsSet}'", "50", "'unknown_type'"];
        string literal = values.Index().Aggregate(
            sql, (text, value) => text.Replace($"${value.Index + 1}", value.Item, StringComparison.Ordinal));
        return string.Join('\n', await _jobs.App.Database.ListAsync<string>("EXPLAIN (COSTS OFF) " + literal, Token));
    }

    private Task DeliverAsync(string id, string type, int secondsAgo, string? mark = null) =>
        _jobs.App.Database.ExecuteAsync(
            """
            INSERT INTO inbox (consumer, source, id, taken_at, type, mark, payload)
            VALUES ('webhooks', 'alchemy/main', $1, $2, $3, $4, 'secret')
            """,
            Token, id, _jobs.Now.AddSeconds(-secondsAgo), type, (object?)mark ?? DBNull.Value);

    private Task TakeAsync(string consumer, string id, int secondsAgo) => _jobs.App.Database.ExecuteAsync(
        "INSERT INTO inbox (consumer, source, id, taken_at) VALUES ($1, '/auth', $2, $3)",
        Token, consumer, id, _jobs.Now.AddSeconds(-secondsAgo));

    private async Task<IEnumerable<string>> ListAsync(string filter)
    {
        ApiAnswer answer = await _operator.Api.GetAsync($"v1/admin/inbox?{filter}", Token);
        Assert.Equal(200, answer.Status);
        return Ids(answer);
    }

    private static IEnumerable<string> Ids(ApiAnswer answer) =>
        answer.Json.GetProperty("inbox").EnumerateArray().Select(row => Text(row, "eventId")!);

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
