using Npgsql;
using Souk.Local.Outside;
using Souk.Local.Servers;

namespace Souk.Architecture.Tests.Database;

/// <summary>
/// A real PostgreSQL with the schema that the migrations make, shared by the tests that only look at it.
/// </summary>
public sealed class SchemaFixture : IAsyncLifetime
{
    private WorldDatabase? _database;

    public async ValueTask InitializeAsync() => _database = await WorldDatabase.StartAsync(
        new LocalPostgresOptions { IsDurable = false }, [], _ => { }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
    }

    /// <summary>Connects the superuser.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        string text = _database!.Server.AdminConnectionString(WorldDatabase.Name);
        NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(text) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}

/// <summary>The tests that share the server.</summary>
[CollectionDefinition(Name)]
public sealed class SchemaTestGroup : ICollectionFixture<SchemaFixture>
{
    public const string Name = "schema";
}
