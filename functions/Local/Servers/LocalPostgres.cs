using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace Souk.Local.Servers;

/// <summary>A private PostgreSQL server in a temp folder: unix socket always, loopback TCP on request.</summary>
/// <remarks>
/// Every role proves itself by SCRAM-SHA-256, over the socket too, so that a function with another's password, or an
/// old one, is refused here as it would be in the cluster. The data go with the server.
/// </remarks>
public sealed class LocalPostgres : IAsyncDisposable
{
    // With no TCP the number only names the socket file in the private folder.
    private const int SocketOnlyPort = 5432;

    private readonly PrivateFolder _folder;
    private readonly FreePort? _port;
    private readonly string _password = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private LeashedProcess? _server;

    private LocalPostgres(PrivateFolder folder, FreePort? port)
    {
        _folder = folder;
        _port = port;
    }

    /// <summary>The folder of its unix socket, to be given to clients as the host.</summary>
    public string Host => _folder.FullPath;

    /// <summary>The port on loopback, and in the socket's name.</summary>
    public int Port => _port?.Number ?? SocketOnlyPort;

    /// <summary>Whether it listens on loopback TCP too.</summary>
    public bool HasTcp => _port is not null;

    /// <summary>The certificate to trust when TLS is asked for; null without TLS.</summary>
    public string? RootCertificatePath { get; private set; }

    /// <summary>The server's process id.</summary>
    public int ProcessId => _server?.ProcessId ?? 0;

    /// <summary>Starts a server with nothing in it but its superuser.</summary>
    /// <exception cref="InvalidOperationException">No PostgreSQL was found, or it would not start.</exception>
    public static async Task<LocalPostgres> StartAsync(
        LocalPostgresOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        LocalPostgres postgres = new(PrivateFolder.Create(), options.HasTcp ? FreePort.Take() : null);
        try
        {
            await postgres.StartServerAsync(options, progress, cancellationToken);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects the superuser to a database over the socket.</summary>
    public string AdminConnectionString(string database = "postgres") =>
        ConnectionString(database, PostgresTemplate.Superuser, _password);

    /// <summary>Connects a role to a database over the socket.</summary>
    public string ConnectionString(string database, string username, string password) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Database = database,
            Username = username,
            Password = password,
        }.ConnectionString;

    /// <summary>Makes an empty database, or a copy of <paramref name="template"/>, which nobody may be using.</summary>
    public Task CreateDatabaseAsync(string name, string? template, CancellationToken cancellationToken) =>
        ExecuteAsync($"CREATE DATABASE {Quote(name)} TEMPLATE {Quote(template ?? "template0")}", cancellationToken);

    /// <summary>Drops a database and ends the sessions in it.</summary>
    public Task DropDatabaseAsync(string name, CancellationToken cancellationToken) =>
        ExecuteAsync($"DROP DATABASE IF EXISTS {Quote(name)} WITH (FORCE)", cancellationToken);

    /// <summary>Runs a statement of our own making as the superuser.</summary>
    public Task ExecuteAsync(string sql, CancellationToken cancellationToken) =>
        ExecuteAsync(AdminConnectionString(), sql, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _port?.Dispose();
        _folder.Dispose();
    }

    private static string Quote(string identifier) =>
        $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task StartServerAsync(
        LocalPostgresOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        UnprivilegedUser? user = UnprivilegedUser.Find();
        if (user is not null) await user.OwnAsync(_folder.FullPath, cancellationToken);
        string found = await PostgresBinaries.FindAsync(options.BinFolder, progress, cancellationToken);
        string bin = await PostgresBinaries.MakeReachableAsync(found, user, _folder.FullPath, cancellationToken);
        PostgresTemplate template = await PostgresTemplate.EnsureAsync(bin, user, progress, cancellationToken);
        string data = Path.Combine(_folder.FullPath, "data");
        await template.CopyAsync(data, user, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(data, "pg_hba.conf"), AccessRules(options), cancellationToken);
        if (options.RequiresTls) RootCertificatePath = PostgresCertificate.Write(data);
        if (user is not null) await user.OwnAsync(_folder.FullPath, cancellationToken);

        string[] command = [Path.Combine(bin, "postgres"), "-D", data, .. Settings(options)];
        IReadOnlyList<string> asUser = user?.Run(command) ?? command;
        _server = await LeashedProcess.StartAsync(
            new LeashedCommand(asUser[0], [.. asUser.Skip(1)])
            {
                WorkingDirectory = _folder.FullPath,
                Environment = new Dictionary<string, string?> { ["LC_ALL"] = "C", ["PGDATA"] = null },
                StopSignal = StopSignal.Quit,
            },
            cancellationToken);
        await _server.WaitForLineAsync(
            line => line.Contains("ready to accept connections", StringComparison.Ordinal), cancellationToken);
        await ChangePasswordAsync(template.Password, cancellationToken);
    }

    private static string AccessRules(LocalPostgresOptions options) => $"""
        local all all scram-sha-256
        {(options.RequiresTls ? "hostssl" : "host")} all all 127.0.0.1/32 scram-sha-256

        """;

    private IEnumerable<string> Settings(LocalPostgresOptions options)
    {
        Dictionary<string, string> settings = new()
        {
            ["listen_addresses"] = options.HasTcp ? "127.0.0.1" : "",
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = _folder.FullPath,
            ["unix_socket_permissions"] = "0700",
            ["max_connections"] = options.ConnectionsMax.ToString(CultureInfo.InvariantCulture),
            ["shared_buffers"] = "64MB",
            ["max_wal_size"] = "1GB",
            ["wal_level"] = "minimal",
            ["max_wal_senders"] = "0",
            ["jit"] = "off",
            ["timezone"] = "UTC",
            ["fsync"] = OnOff(options.IsDurable),
            ["full_page_writes"] = OnOff(options.IsDurable),
            ["synchronous_commit"] = OnOff(options.IsDurable),
            ["ssl"] = OnOff(options.RequiresTls),
        };
        return settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" });
    }

    private static string OnOff(bool isOn) => isOn ? "on" : "off";

    // The cached template's password lies in a file; this run's own is known to this process alone.
    private async Task ChangePasswordAsync(string templatePassword, CancellationToken cancellationToken)
    {
        string connection = ConnectionString("postgres", PostgresTemplate.Superuser, templatePassword);
        await ExecuteAsync(
            connection, $"ALTER ROLE {Quote(PostgresTemplate.Superuser)} PASSWORD '{_password}'", cancellationToken);
    }

    // Unpooled: a pooled idle session would keep CREATE DATABASE ... TEMPLATE and DROP DATABASE from working.
    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        string unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using NpgsqlConnection connection = new(unpooled);
        await connection.OpenAsync(cancellationToken);
#pragma warning disable CA2100 // Names of databases cannot be parameters; they are quoted above.
        await using NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
