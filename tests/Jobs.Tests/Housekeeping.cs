using System.Text;
using Microsoft.Extensions.Time.Testing;
using Souk.Domain.Sessions;
using Souk.Harness;
using Souk.Local.Broker;

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

    /// <summary>An operator at the administrators' door.</summary>
    public async Task<TestPerson> OperatorAsync() =>
        await _app.SignInAsync(TokenAudience.Admin, Token, Role.Operator);

    /// <summary>Hands the dead-letter sink an event of marketplace's that a consumer refused.</summary>
    public Task<int> DieAsync(
        Guid id, string? consumer, int status = 422, string data = """{"a": 1}""", string source = "/marketplace") =>
        DieAsync(
            id.ToString(),
            data,
            [
                ("source", source), ("subject", "test"), ("knativeerrorcode", $"{status}"),
                .. consumer is null
                    ? Array.Empty<(string, string)>()
                    : [("knativeerrordest", $"http://{consumer}.apis.svc.cluster.local/events")],
            ]);

    /// <summary>Hands any event to the dead-letter sink.</summary>
    public async Task<int> DieAsync(string id, string data, params (string Name, string Value)[] more)
    {
        CloudEventMessage message = new(
            new Dictionary<string, string>
            {
                ["specversion"] = "1.0", ["id"] = id, ["source"] = "/test", ["type"] = "test.happened",
            },
            "application/json",
            Encoding.UTF8.GetBytes(data),
            null);
        foreach ((string name, string value) in more)
            message = message.With(name, value);
        using HttpClient http = new();
        using HttpRequestMessage request = message.ToRequest(new Uri(_app.Url, "dead-letters"));
        using HttpResponseMessage response = await http.SendAsync(request, Token);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Token));
        return (int)response.StatusCode;
    }

    /// <summary>The letter of an event's consumer, as <c>status reason deaths</c>.</summary>
    public Task<string?> LetterAsync(Guid id, string consumer) => _app.Database.FindAsync<string>(
        """
        SELECT concat_ws(' ', status, reason, deaths) FROM dead_letters
        WHERE id = $1 AND coalesce(consumer, '') = $2
        """,
        Token, id.ToString(), consumer);

    public Task<Guid> LetterIdAsync(Guid id, string consumer) => _app.Database.FindAsync<Guid>(
        "SELECT letter_id FROM dead_letters WHERE id = $1 AND coalesce(consumer, '') = $2",
        Token, id.ToString(), consumer);

    /// <summary>Whether the relay leaves an event to an operator.</summary>
    public Task<bool> IsParkedAsync(Guid id) => _app.Database.FindAsync<bool>(
        "SELECT done_at IS NULL AND due_at = 'infinity' FROM outbox WHERE id = $1", Token, id);

    public int SentCountOf(Guid id) => _app.Broker.Taken.Count(taken => taken.Id == id.ToString());

    public Task<bool> IsDoneAsync(Guid id) =>
        _app.Database.FindAsync<bool>("SELECT done_at IS NOT NULL FROM outbox WHERE id = $1", Token, id);

    public async Task<TimeSpan> DueInAsync(Guid id) =>
        await _app.Database.FindAsync<DateTime>("SELECT due_at FROM outbox WHERE id = $1", Token, id)
        - Now.UtcDateTime;

    public Task<long> CountAsync(string sql) => _app.Database.FindAsync<long>(sql, Token);
}
