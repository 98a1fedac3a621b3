using Npgsql;

namespace Souk.Harness.Faults;

/// <summary>Makes one migrated database hold exactly the rows of another, whoever is connected to either.</summary>
public static class DatabaseCopy
{
    private const string TablesSql = """
        SELECT quote_ident(table_name), string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
        GROUP BY table_name
        """;

    private const string GoOnSql = """
        SELECT format('SELECT setval(pg_get_serial_sequence(%L, %L), max(%I)) FROM %I',
            table_name, column_name, column_name, table_name)
        FROM information_schema.columns WHERE table_schema = 'public' AND is_identity = 'YES'
        """;

    /// <summary>Copies every row but leases in one snapshot; what was in the target is gone.</summary>
    /// <remarks>A lease is held by a process that does not know the copy.</remarks>
    /// <param name="from">Connects the superuser to the database that is copied.</param>
    /// <param name="to">Connects the superuser to the database that becomes the same.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection source = new(from);
        await using NpgsqlConnection target = new(to);
        await source.OpenAsync(cancellationToken);
        await target.OpenAsync(cancellationToken);
        await using NpgsqlTransaction reading = await source.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using NpgsqlTransaction writing = await target.BeginTransactionAsync(cancellationToken);
        List<(string Name, string Columns)> tables = await ListAsync(
            source, TablesSql, reader => (reader.GetString(0), reader.GetString(1)), cancellationToken);

        // No trigger checks a foreign key meanwhile: all rows come over, in whatever order.
        await ExecuteAsync(target, "SET LOCAL session_replication_role = replica", cancellationToken);
        string all = string.Join(", ", tables.Select(table => table.Name));
        await ExecuteAsync(target, $"TRUNCATE {all}", cancellationToken);
        foreach ((string name, string columns) in tables.Where(table => table.Name != "leases"))
        {
            await using NpgsqlRawCopyStream read = await source.BeginRawBinaryCopyAsync(
                $"COPY {name} ({columns}) TO STDOUT (FORMAT binary)", cancellationToken);
            await using NpgsqlRawCopyStream write = await target.BeginRawBinaryCopyAsync(
                $"COPY {name} ({columns}) FROM STDIN (FORMAT binary)", cancellationToken);
            await read.CopyToAsync(write, cancellationToken);
        }

        foreach (string goOn in await ListAsync(target, GoOnSql, reader => reader.GetString(0), cancellationToken))
            await ExecuteAsync(target, goOn, cancellationToken);
        await writing.CommitAsync(cancellationToken);
    }

    private static async Task<List<T>> ListAsync<T>(
        NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        List<T> rows = [];
#pragma warning disable CA2100 // The two constants above.
        await using NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection target, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Names of tables, quoted by PostgreSQL itself.
        await using NpgsqlCommand command = new(sql, target);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
