using System.Globalization;
using Souk.Harness;

namespace Souk.Benchmarks;

/// <summary>Makes a long history out of a short one: rows of the same shape, of other tokens in other blocks.</summary>
internal static class HistoryRows
{
    /// <summary>The tables that a movement of a token writes.</summary>
    private static readonly string[] Tables = ["token_transfers", "token_balances", "activity"];

    /// <summary>What may not be the same twice, and how it is made different in the copy of number <c>k</c>.</summary>
    private static readonly Dictionary<string, string> Changes = new()
    {
        ["id"] = "gen_random_uuid()",
        ["block_hash"] = "sha256(block_hash || k::text::bytea)",
        ["transaction_hash"] = "sha256(transaction_hash || k::text::bytea)",
        ["token_id"] = "token_id + k * 1000000000",
    };

    private const string ColumnsSql = """
        SELECT column_name::text FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position
        """;

    /// <summary>Has each row so many times over.</summary>
    internal static async Task MultiplyAsync(TestDatabase database, int factor, CancellationToken cancellationToken)
    {
        foreach (string table in Tables)
        {
            IReadOnlyList<string> columns = await database.ListAsync<string>(ColumnsSql, cancellationToken, table);
            string list = string.Join(", ", columns);
            string values = string.Join(", ", columns.Select(column => Changes.GetValueOrDefault(column, column)));
            string sql = string.Create(
                CultureInfo.InvariantCulture,
                $"INSERT INTO {table} ({list}) SELECT {values} FROM {table}, generate_series(1::bigint, {factor - 1}) AS k");
            await database.ExecuteAsync(sql, cancellationToken);
        }

        await database.ExecuteAsync("VACUUM ANALYZE", cancellationToken);
    }
}
