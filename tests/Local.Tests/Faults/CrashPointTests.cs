using System.Net;
using Npgsql;
using Souk.Harness;
using Souk.Harness.Faults;
using Souk.Local.Outside;

namespace Souk.Local.Tests.Faults;

/// <summary>
/// The gates that let a process die at a step: what passed them has its effect, what did not has none.
/// </summary>
public sealed class CrashPointTests(SharedWorld shared) : IClassFixture<SharedWorld>, IAsyncLifetime
{
    private World _world = null!;
    private TestDatabase _database = null!;
    private FunctionGates _gates = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private CrashPoint Point => _gates.Point;

    public async ValueTask InitializeAsync()
    {
        _world = await shared.GetAsync();
        _database = await TestDatabase.CreateAsync(_world, Cancelled);
        _gates = await FunctionGates.StartAsync(_world, Cancelled);
        await _database.ExecuteAsync("CREATE TABLE marks (mark integer)", Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _gates.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Counts_each_statement_and_the_commit_and_not_the_beginning()
    {
        await using NpgsqlConnection connection = await ConnectAsync();
        Point.Count();

        await MarkAsync(connection);

        Assert.Equal(["postgres: INSERT INTO marks VALUES ($1)", "postgres: COMMIT"], Point.Steps);
        Assert.Equal(1, await MarksAsync());
    }

    [Theory]
    [InlineData(1, CrashMoment.BeforeEffect, 0)]
    [InlineData(1, CrashMoment.AfterEffect, 0)]
    [InlineData(2, CrashMoment.BeforeEffect, 0)]
    [InlineData(2, CrashMoment.AfterEffect, 1)]
    public async Task A_commit_that_passed_stands_and_one_that_did_not_never_was(
        int step, CrashMoment moment, int marks)
    {
        await using NpgsqlConnection connection = await ConnectAsync();
        int kills = 0;
        Point.Arm(step, moment, () =>
        {
            kills++;
            return Task.CompletedTask;
        });

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => MarkAsync(connection));

        Assert.True(Point.Crashed.IsCompletedSuccessfully);
        Assert.Equal(1, kills);
        Assert.Equal(marks, await MarksAsync());
    }

    [Theory]
    [InlineData(CrashMoment.BeforeEffect, 0)]
    [InlineData(CrashMoment.AfterEffect, 1)]
    public async Task A_request_that_passed_reached_its_server(CrashMoment moment, int calls)
    {
        using HttpClient http = new();
        Uri vault = new(new Uri(_gates.Settings["Vault__Address"]!), $"v1/sys/{Guid.NewGuid()}");
        Point.Arm(1, moment, () => Task.CompletedTask);

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(vault, Cancelled));

        Assert.Equal(calls, _world.Vault.Calls.Count(call => call.Path == vault.AbsolutePath));
    }

    [Fact]
    public async Task A_request_that_nobody_dies_of_is_answered_by_its_server()
    {
        using HttpClient http = new();
        Uri health = new(new Uri(_gates.Settings["Vault__Address"]!), "v1/sys/health");
        Point.Count();

        HttpResponseMessage answer = await http.GetAsync(health, Cancelled);

        HttpResponseMessage direct = await http.GetAsync(new Uri(_world.Vault.Url, "v1/sys/health"), Cancelled);
        Assert.Equal(direct.StatusCode, answer.StatusCode);
        Assert.NotEqual(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(["vault: GET /v1/sys/health"], Point.Steps);
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        NpgsqlConnectionStringBuilder through =
            new(_world.Database.Server.AdminConnectionString(_database.Name))
            {
                Host = _gates.Settings["Postgres__Host"],
                Pooling = false,
                SslMode = SslMode.Disable,
                GssEncryptionMode = GssEncryptionMode.Disable,
            };
        NpgsqlConnection connection = new(through.ConnectionString);
        await connection.OpenAsync(Cancelled);
        return connection;
    }

    private static async Task MarkAsync(NpgsqlConnection connection)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Cancelled);
        await using NpgsqlCommand insert = new("INSERT INTO marks VALUES ($1)", connection, transaction);
        insert.Parameters.Add(new NpgsqlParameter { Value = 1 });
        await insert.ExecuteNonQueryAsync(Cancelled);
        await transaction.CommitAsync(Cancelled);
    }

    private Task<long> MarksAsync() => _database.FindAsync<long>("SELECT count(*) FROM marks", Cancelled);
}
