using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Souk.Harness;
using Souk.Local.Outside;
using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;
using Souk.Platform.Randomness;
using Souk.Platform.Vault;

namespace Souk.Platform.Tests.Postgres;

/// <summary>One database seen as each room's own login user, and as the superuser: a fixture of a test class.</summary>
public sealed class RoomDatabases(SharedWorld shared) : IAsyncLifetime
{
    private readonly List<Database> _opened = [];
    private World? _world;
    private VaultClient? _vault;
    private TestDatabase? _admin;

    internal static IReadOnlyList<string> Rooms { get; } = ["auth", "marketplace", "signing", "webhooks", "jobs"];

    internal TestDatabase Admin => _admin!;

    internal World World => _world!;

    public async ValueTask InitializeAsync()
    {
        _world = await shared.GetAsync();
        _admin = await TestDatabase.CreateAsync(_world, TestContext.Current.CancellationToken);
        _vault = VaultRegistration.CreateClient(
            new VaultOptions
            {
                Address = _world.Vault.Url,
                LoginMethod = VaultLoginMethod.Token,
                Token = _world.Vault.RootToken,
            },
            TimeProvider.System,
            NullLogger<VaultClient>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Database database in _opened)
            await database.DisposeAsync();
        await Admin.DisposeAsync();
        _vault?.Dispose();
    }

    /// <summary>The database as this room's code uses it.</summary>
    internal Database As(string room, CloudEventSender? sender = null, TimeProvider? clock = null)
    {
        Database database = new(
            room,
            Options(),
            (isFresh, cancellationToken) => _vault!.ReadDatabaseCredentialAsync(room, isFresh, cancellationToken),
            clock ?? TimeProvider.System,
            EntropySource.System,
            sender,
            NullLogger<Database>.Instance);
        _opened.Add(database);
        return database;
    }

    /// <summary>A bare connection of this room's login user, for statements that no code of ours contains.</summary>
    internal async Task<NpgsqlConnection> ConnectAsync(string room)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        DatabaseCredential login = await _vault!.ReadDatabaseCredentialAsync(room, cancellationToken);
        NpgsqlConnection connection = new(
            World.Database.Server.ConnectionString(Admin.Name, login.UserName, login.Password) + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>Runs a statement as a room; answers the rows affected.</summary>
    internal async Task<int> ExecuteAsync(string room, string sql)
    {
        await using NpgsqlConnection connection = await ConnectAsync(room);
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The number that a room's query yields.</summary>
    internal async Task<long> CountAsync(string room, string sql)
    {
        await using NpgsqlConnection connection = await ConnectAsync(room);
        await using NpgsqlCommand command = new(sql, connection);
        return Convert.ToInt64(
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }

    /// <summary>The SQLSTATE that a room's statement is refused with; null when it is not.</summary>
    internal async Task<string?> RefusalOfAsync(string room, string sql)
    {
        try
        {
            await ExecuteAsync(room, sql);
            return null;
        }
        catch (PostgresException exception)
        {
            return exception.SqlState;
        }
    }

    /// <summary>Waits until some session of this database waits for another's lock.</summary>
    internal async Task WaitForBlockedAsync()
    {
        const string Blocked =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'";
        while (await Admin.FindAsync<long>(Blocked, TestContext.Current.CancellationToken, Admin.Name) == 0)
            await Task.Yield();
    }

    internal PostgresOptions Options() => new()
    {
        Host = World.Database.Server.Host,
        Port = World.Database.Server.Port,
        Database = Admin.Name,
    };
}
