using Microsoft.Extensions.Time.Testing;
using Souk.Harness;

[assembly: AssemblyFixture(typeof(SharedWorld))]

namespace Souk.Jobs.Tests;

/// <summary>The jobs function with a database, a broker and a clock of its own: made anew for each test.</summary>
internal sealed class Housekeeping : IAsyncDisposable
{
    private readonly FunctionApp<JobsFunction> _app;

    private Housekeeping(FunctionApp<JobsFunction> app, FakeTimeProvider clock) => (_app, Clock) = (app, clock);

    public FunctionApp<JobsFunction> App => _app;

    public FakeTimeProvider Clock { get; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Housekeeping> StartAsync(
        SharedWorld world, IReadOnlyDictionary<string, string?>? settings = null)
    {
        FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
        FunctionAppOptions options = new() { Clock = clock, Settings = settings ?? new Dictionary<string, string?>() };
        return new Housekeeping(
            await FunctionApp.StartAsync<JobsFunction>(await world.GetAsync(), options, Token), clock);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public Task<int> TickAsync(string job) => _app.TakeTickAsync(job, Token);

    /// <summary>Adds an outbox row of marketplace's, due now unless told otherwise, and answers its id.</summary>
    public async Task<Guid> AddEventAsync(
        string[] consumers, TimeSpan dueIn = default, string type = "test.happened", DateTimeOffset? doneAt = null)
    {
        Guid id = Guid.NewGuid();
        await _app.Database.ExecuteAsync(
            """
            INSERT INTO outbox (id, room, type, subject, data, consumers, created_at, due_at, done_at, sent_at)
            VALUES ($1, 'marketplace', $2, 'test', '{"a": 1}', $3, $4, $5, $6, $6)
            """,
            Token, id, type, consumers, Now, Now + dueIn, (object?)doneAt ?? DBNull.Value);
        return id;
    }

    /// <summary>Leaves the inbox row of a consumer that has taken an event.</summary>
    public Task TakeAsync(Guid id, string consumer, string source = "/marketplace", DateTimeOffset? takenAt = null) =>
        _app.Database.ExecuteAsync(
            "INSERT INTO inbox (consumer, source, id, taken_at) VALUES ($1, $2, $3, $4)",
            Token, consumer, source, id.ToString(), takenAt ?? Now);

    public int SentCountOf(Guid id) => _app.Broker.Taken.Count(taken => taken.Id == id.ToString());

    public Task<bool> IsDoneAsync(Guid id) =>
        _app.Database.FindAsync<bool>("SELECT done_at IS NOT NULL FROM outbox WHERE id = $1", Token, id);

    public async Task<TimeSpan> DueInAsync(Guid id) =>
        await _app.Database.FindAsync<DateTime>("SELECT due_at FROM outbox WHERE id = $1", Token, id)
        - Now.UtcDateTime;

    public Task<long> CountAsync(string sql) => _app.Database.FindAsync<long>(sql, Token);
}
