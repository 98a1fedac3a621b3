using Npgsql;

namespace Souk.Harness.Faults;

/// <summary>What Marketplace made of a chain, as rows of text that two databases of the same people can be compared
/// by.</summary>
/// <remarks>
/// Every table that Marketplace writes takes part unless it is named here, so that a new one is compared from its first
/// day. Left out is what must differ between two runs (when a row was written, which ranges were read) and what nobody
/// ever changes: a listing's order and signature.
/// </remarks>
public static class DerivedRows
{
    private const int DifferencesShownMax = 20;

    private static readonly string[] OthersTables =
    [
        "outbox", "inbox", "leases", "idempotency_keys", "prepared_listings", "chain_blocks", "watched_wallets",
        "hooks",
        "chain_resyncs", "chain_resync_logs",
    ];

    private static readonly string[] OthersColumns = ["updated_at", "finalized_at", "sequence", "order", "signature"];

    /// <summary>Of a cursor only where it stands; all else of it tells how it got there.</summary>
    private const string CursorsSql = """
        SELECT 'chain_cursors ' || jsonb_build_object('chain_id', chain_id, 'number', number, 'hash', hash,
            'parent_hash', parent_hash, 'block_time', block_time, 'halted_reason', halted_reason)::text
        FROM chain_cursors WHERE $1::text[] IS NOT NULL
        """;

    private const string TablesSql = """
        SELECT table_name FROM information_schema.tables
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL ($1)
            AND has_table_privilege('marketplace', format('%I.%I', table_schema, table_name), 'INSERT')
        ORDER BY table_name
        """;

    /// <summary>Reads them in one snapshot, sorted.</summary>
    /// <param name="connection">Connects the superuser to the database.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<IReadOnlyList<string>> ReadAsync(string connection, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection opened = new(connection);
        await opened.OpenAsync(cancellationToken);
        await using NpgsqlTransaction snapshot = await opened.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        List<string> rows = [];
        foreach (string table in await ListAsync(opened, TablesSql, [OthersTables], cancellationToken))
        {
            // One who has none of something need not have a row that says so.
            bool isBalance = table.EndsWith("_balances", StringComparison.Ordinal);
            string sql = $"SELECT '{table} ' || (to_jsonb(t) - $1::text[])::text FROM \"{table}\" AS t "
                + (isBalance ? "WHERE coalesce(to_jsonb(t) ->> 'quantity', to_jsonb(t) ->> 'amount_wei') <> '0'" : "");
            rows.AddRange(await ListAsync(
                opened, table == "chain_cursors" ? CursorsSql : sql, [OthersColumns], cancellationToken));
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    /// <summary>The first column, a text, of a statement without parameters.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<IReadOnlyList<string>> ListAsync(
        string connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection opened = new(connection);
        await opened.OpenAsync(cancellationToken);
        return await ListAsync(opened, sql, [], cancellationToken);
    }

    /// <summary>The first rows that only one of the two has; empty when they are equal.</summary>
    public static string Difference(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual);
        Dictionary<string, int> counts = [];
        foreach (string row in expected) counts[row] = counts.GetValueOrDefault(row) - 1;
        foreach (string row in actual) counts[row] = counts.GetValueOrDefault(row) + 1;
        IEnumerable<string> differing = counts
            .Where(row => row.Value != 0)
            .OrderBy(row => row.Key, StringComparer.Ordinal)
            .Select(row => $"{(row.Value < 0 ? "missing" : "not expected")}: {row.Key}")
            .Take(DifferencesShownMax);
        return string.Join('\n', differing);
    }

    private static async Task<List<string>> ListAsync(
        NpgsqlConnection connection, string sql, string[][] parameters, CancellationToken cancellationToken)
    {
        List<string> found = [];
#pragma warning disable CA2100 // Names of tables that PostgreSQL itself told.
        await using NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        foreach (string[] parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found.Add(reader.GetString(0));
        return found;
    }
}
