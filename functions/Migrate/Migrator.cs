using Npgsql;

namespace Souk.Migrate;

/// <summary>Brings a database to the newest schema: forward only, once a step, one runner at a time.</summary>
/// <remarks>
/// Each step commits together with its record, so that a run that dies goes on where it ended. The lock is the
/// session's: a second runner waits, finds nothing left to do and ends well.
/// </remarks>
public static class Migrator
{
    private const long LockKey = 7020110000;

    private const string CreateRecordSql = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            name       text PRIMARY KEY,
            checksum   bytea NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )
        """;

    private const string ReadRecordSql = "SELECT name, checksum FROM schema_migrations";

    private const string AddRecordSql = "INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)";

    /// <summary>Applies the steps that the database has not had.</summary>
    /// <param name="connectionString">Connects the role that owns the schema.</param>
    /// <param name="steps">All steps in order.</param>
    /// <param name="applied">Told each step's name once it is in.</param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    /// <returns>How many steps were applied.</returns>
    /// <exception cref="InvalidOperationException">An applied step differs from the one in hand.</exception>
    public static async Task<int> RunAsync(
        string connectionString,
        IReadOnlyList<MigrationScript> steps,
        Action<string> applied,
        CancellationToken cancellationToken)
    {
        string unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using NpgsqlConnection connection = new(unpooled);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_lock($1)", cancellationToken, LockKey);
        await ExecuteAsync(connection, CreateRecordSql, cancellationToken);
        Dictionary<string, byte[]> had = await ReadRecordAsync(connection, cancellationToken);
        int count = 0;
        foreach (MigrationScript step in steps)
        {
            if (had.TryGetValue(step.Name, out byte[]? checksum))
            {
                if (checksum.AsSpan().SequenceEqual(step.Checksum)) continue;
                throw new InvalidOperationException($"{step.Name} was changed after it was applied: add a new one.");
            }

            await ApplyAsync(connection, step, cancellationToken);
            applied(step.Name);
            count++;
        }

        return count;
    }

    private static async Task<Dictionary<string, byte[]>> ReadRecordAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        Dictionary<string, byte[]> had = [];
        await using NpgsqlCommand command = new(ReadRecordSql, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            had[reader.GetString(0)] = await reader.GetFieldValueAsync<byte[]>(1, cancellationToken);
        }

        return had;
    }

    private static async Task ApplyAsync(
        NpgsqlConnection connection, MigrationScript step, CancellationToken cancellationToken)
    {
        if (step.IsOutsideTransaction)
        {
            await ExecuteAsync(connection, step.Sql, cancellationToken);
            await ExecuteAsync(connection, AddRecordSql, cancellationToken, step.Name, step.Checksum);
            return;
        }

        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, step.Sql, cancellationToken);
        await ExecuteAsync(connection, AddRecordSql, cancellationToken, step.Name, step.Checksum);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
#pragma warning disable CA2100 // The steps are files of this repository, compiled into this program.
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        foreach (object value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
