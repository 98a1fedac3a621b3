using Npgsql;
using Souk.Local.Servers;
using Souk.Migrate;

namespace Souk.Local.Tests.Migrations;

public sealed class MigratorTests : IAsyncLifetime
{
    private static readonly IReadOnlyList<MigrationScript> Two =
    [
        new("0001_create_t", "CREATE TABLE t (n integer)"),
        new("0002_fill_t", "INSERT INTO t VALUES (1)"),
    ];

    private LocalPostgres _postgres = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Connection => _postgres.AdminConnectionString("empty");

    public async ValueTask InitializeAsync()
    {
        _postgres = await LocalPostgres.StartAsync(new LocalPostgresOptions { IsDurable = false }, _ => { }, Token);
        await _postgres.CreateDatabaseAsync("empty", null, Token);
    }

    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    [Fact]
    public async Task Brings_an_empty_database_to_the_schema_and_finds_nothing_left_to_do()
    {
        List<string> applied = [];

        Assert.Equal(MigrationScript.All.Count, await RunAsync(MigrationScript.All, applied.Add));

        Assert.Equal(MigrationScript.All.Select(step => step.Name), applied);
        Assert.Equal(0, await RunAsync(MigrationScript.All));
    }

    [Fact]
    public async Task Refuses_a_step_that_was_changed_after_it_was_applied()
    {
        await RunAsync(Two);

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => RunAsync([Two[0] with { Sql = "CREATE TABLE t (n bigint)" }, Two[1]]));

        Assert.StartsWith("0001_create_t", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goes_on_after_a_step_that_failed_from_where_it_ended()
    {
        MigrationScript wrong = new("0002_fill_t", "INSERT INTO t VALUES (2); INSERT INTO absent VALUES (1)");
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync([Two[0], wrong]));

        Assert.Equal(1, await RunAsync(Two));

        Assert.Equal(1L, await CountAsync());
    }

    [Fact]
    public async Task Applies_each_step_once_when_two_run_at_the_same_time()
    {
        int[] counts = await Task.WhenAll(RunAsync(Two), RunAsync(Two));

        Assert.Equal([0, 2], counts.Order());
        Assert.Equal(1L, await CountAsync());
    }

    private Task<int> RunAsync(IReadOnlyList<MigrationScript> steps, Action<string>? applied = null) =>
        Migrator.RunAsync(Connection, steps, applied ?? (_ => { }), Token);

    private async Task<long> CountAsync()
    {
        await using NpgsqlConnection connection = new(Connection);
        await connection.OpenAsync(Token);
        await using NpgsqlCommand command = new("SELECT count(*) FROM t", connection);
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }
}
