using System.Globalization;
using Souk.Harness;

namespace Souk.Benchmarks;

/// <summary>Makes a long history out of a short one: rows of the same shape, of other tokens in other blocks.</summary>
internal static class HistoryRows
{
    /// <summary>
    /// The tables that a movement of a token writes; what may not be the same twice in them, and how it is made
    /// different in the copy of number <c>k</c>.
    /// </summary>
    internal static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Tokens { get; } =
        new[] { "token_transfers", "token_balances", "activity" }.ToDictionary(
            table => table,
            _ => (IReadOnlyDictionary<string, string>)new Dictionary<string, string>
            {
                ["id"] = "gen_random_uuid()",
                ["block_hash"] = "sha256(block_hash || k::text::bytea)",
                ["transaction_hash"] = "sha256(transaction_hash || k::text::bytea)",
                ["token_id"] = "token_id + k * 1000000000",
            });

    private const string ColumnsSql = """
        SELECT column_name::text FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' AND is_identity = 'NO'
        ORDER BY ordinal_position
        """;

    /// <summary>Has each row so many times over.</summary>
    /// <remarks>
    /// References between rows are kept by <paramref name="tables"/>, not looked up for each row; and nothing waits for
    /// the disk but the end.
    /// </remarks>
    internal static async Task MultiplyAsync(
        TestDatabase database,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tables,
        int factor,
        CancellationToken cancellationToken)
    {
        foreach ((string table, IReadOnlyDictionary<string, string> changes) in tables)
        {
            IReadOnlyList<string> columns = await database.ListAsync<string>(ColumnsSql, cancellationToken, table);
            string list = string.Join(", ", columns);
            string values = string.Join(", ", columns.Select(column => changes.GetValueOrDefault(column, column)));
            string sql = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                BEGIN;
                SET LOCAL session_replication_role = replica;
                SET LOCAL synchronous_commit = off;
                INSERT INTO {table} ({list})
                SELECT {values} FROM {table}, generate_series(1::bigint, {factor - 1}) AS k;
                COMMIT
                """);
            await database.ExecuteAsync(sql, cancellationToken);
        }

        await database.ExecuteAsync("VACUUM ANALYZE", cancellationToken);
    }
}
