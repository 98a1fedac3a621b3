using Npgsql;
using Souk.Local.Outside;

namespace Souk.Harness;

/// <summary>A migrated database of one test class alone, seen as the superuser.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly WorldDatabase _server;
    private readonly NpgsqlDataSource _admin;

    private TestDatabase(WorldDatabase server, string name)
    {
        _server = server;
        Name = name;
        NpgsqlConnectionStringBuilder connection = new(server.Server.AdminConnectionString(name))
        {
            MaxPoolSize = 4,
            CommandTimeout = 600, // seconds: a bench makes millions of rows of thousands in one statement
        };
        _admin = NpgsqlDataSource.Create(connection.ConnectionString);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Copies the migrated template.</summary>
    public static async Task<TestDatabase> CreateAsync(World world, CancellationToken cancellationToken) =>
        new(world.Database, await world.Database.CreateCopyAsync(cancellationToken));

    /// <summary>Runs a statement with <c>$n</c> parameters; answers the rows affected.</summary>
    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using NpgsqlCommand command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first column of the first row; default when there is none or it is null.</summary>
    public async Task<T?> FindAsync<T>(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using NpgsqlCommand command = Command(sql, values);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }

    /// <summary>The first column of every row.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(
        string sql, CancellationToken cancellationToken, params object[] values)
    {
        List<T> found = [];
        await using NpgsqlCommand command = Command(sql, values);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            found.Add(await reader.GetFieldValueAsync<T>(0, cancellationToken));
        return found;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _server.Server.DropDatabaseAsync(Name, CancellationToken.None);
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        NpgsqlCommand command = _admin.CreateCommand(sql);
        foreach (object value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
