using Souk.Domain.Failures;
using Souk.Platform.Http;
using Souk.Platform.Postgres;
using Souk.Platform.Tests.Hosting;

namespace Souk.Platform.Tests.Postgres;

public sealed class IdempotencyTests(RoomDatabases rooms) : IClassFixture<RoomDatabases>
{
    private const string Operation = "POST /v1/happenings";

    private readonly Guid _caller = Guid.NewGuid();
    private readonly Database _database = rooms.As("marketplace");
    private int _effects;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gives_a_repeat_the_first_answer_and_no_effect()
    {
        Happening first = await OnceAsync("a", new Happening("sold", 1));
        Happening second = await OnceAsync("a", new Happening("sold", 1));

        Assert.Equal(new Happening("sold by call 1", 1), first);
        Assert.Equal(first, second);
        Assert.Equal(1, _effects);
    }

    [Fact]
    public async Task Refuses_another_request_under_the_same_key()
    {
        await OnceAsync("b", new Happening("sold", 1));

        FailureException body = await Assert.ThrowsAsync<FailureException>(
            () => OnceAsync("b", new Happening("sold", 2)));
        FailureException route = await Assert.ThrowsAsync<FailureException>(
            () => OnceAsync("b", new Happening("sold", 1), "POST /v1/others"));

        Assert.Equal(FailureCode.IdempotencyKeyReused, body.Failure.Code);
        Assert.Equal(FailureCode.IdempotencyKeyReused, route.Failure.Code);
        Assert.Equal(1, _effects);
    }

    [Fact]
    public async Task Has_one_effect_and_one_answer_for_fifty_duplicates_at_once()
    {
        string marker = Guid.NewGuid().ToString();

        Happening[] answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => OnceAsync("c", new Happening(marker, 1), leaves: marker)));

        Assert.Single(answers.Distinct());
        Assert.Equal(1, _effects);
        Assert.Equal(1L, await rooms.Admin.FindAsync<long>("SELECT count(*) FROM inbox WHERE id = $1", Token, marker));
    }

    [Fact]
    public async Task Stores_no_refusal()
    {
        await Assert.ThrowsAsync<FailureException>(() => _database.OnceAsync<Happening, Happening>(
            _caller, Key("d"), Operation, new Happening("sold", 1), EdgeJson.Default.Happening,
            EdgeJson.Default.Happening, _ => throw new FailureException(FailureCode.ListingHeld, "held"), Token));

        Happening answer = await OnceAsync("d", new Happening("sold", 2));

        Assert.Equal(2, answer.Count);
    }

    [Fact]
    public async Task Keeps_callers_apart_and_rooms_apart()
    {
        Database signing = rooms.As("signing");

        await OnceAsync("e", new Happening("sold", 1));
        Happening other = await OnceAsync("e", new Happening("sold", 2), caller: Guid.NewGuid());
        Happening elsewhere = await OnceAsync("e", new Happening("sold", 3), database: signing);

        Assert.Equal((2, 3), (other.Count, elsewhere.Count));
        Assert.Equal(3, _effects);
    }

    [Fact]
    public async Task Finds_an_answer_without_running_anything()
    {
        Assert.Null(await FindAsync("f", new Happening("sold", 1)));
        await OnceAsync("f", new Happening("sold", 1));

        Assert.Equal("sold by call 1", (await FindAsync("f", new Happening("sold", 1)))!.What);
        FailureException reused = await Assert.ThrowsAsync<FailureException>(
            () => FindAsync("f", new Happening("sold", 2)));
        Assert.Equal(FailureCode.IdempotencyKeyReused, reused.Failure.Code);
    }

    [Fact]
    public async Task Keeps_answers_72_hours_and_signings_30_days()
    {
        string key = Guid.NewGuid().ToString();
        await OnceAsync(key, new Happening("sold", 1));
        await OnceAsync(key, new Happening("sold", 1), database: rooms.As("signing"));

        IReadOnlyList<double> hours = await rooms.Admin.ListAsync<double>(
            """
            SELECT extract(epoch FROM expires_at - created_at)::float8 / 3600 FROM idempotency_keys
            WHERE key = $1 ORDER BY room
            """,
            Token,
            key);

        Assert.Equal([72, 720], hours);
    }

    [Fact]
    public async Task Runs_again_after_a_serialization_failure_and_stores_the_key_once()
    {
        int runs = 0;

        Happening answer = await _database.OnceAsync(
            _caller, Key("g"), Operation, new Happening("sold", 1), EdgeJson.Default.Happening,
            EdgeJson.Default.Happening,
            async transaction =>
            {
                if (++runs < 3)
                    await transaction.ExecuteAsync("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", [], Token);
                return new Happening("sold", runs);
            },
            Token);

        Assert.Equal(3, answer.Count);
        Assert.Equal(3, (await FindAsync("g", new Happening("sold", 1)))!.Count);
    }

    private static IdempotencyKey Key(string text) => IdempotencyKey.Parse(text, null);

    private Task<Happening> OnceAsync(
        string key,
        Happening request,
        string operation = Operation,
        Guid? caller = null,
        Database? database = null,
        string? leaves = null) =>
        (database ?? _database).OnceAsync(
            caller ?? _caller, Key(key), operation, request, EdgeJson.Default.Happening, EdgeJson.Default.Happening,
            async transaction =>
            {
                int call = Interlocked.Increment(ref _effects);
                if (leaves is not null)
                    await Inbox.TryTakeAsync(transaction, "/test", leaves, Token);
                return request with { What = $"{request.What} by call {call}" };
            },
            Token);

    private Task<Happening?> FindAsync(string key, Happening request) => _database.FindAnswerAsync(
        _caller, Key(key), Operation, request, EdgeJson.Default.Happening, EdgeJson.Default.Happening, Token);
}
