using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Database;

[Collection(SchemaTestGroup.Name)]
public sealed partial class SqlTests(SchemaFixture schema)
{
    // The slim client carries neither: values travel as text, and the statement casts them.
    private static readonly string[] SentAsText = ["numeric", "jsonb"];

    private static readonly string[] Rooms = [.. Repository.Services.Select(name => name.ToLowerInvariant())];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_statement_is_sound_against_the_schema()
    {
        await using NpgsqlConnection connection = await schema.OpenAsync(Token);
        List<string> faults = [];
        foreach (SqlStatement statement in SqlStatement.All)
        {
            if (await FaultOfAsync(connection, "postgres", statement) is { } fault)
                faults.Add($"{statement.Name}: {fault}");
        }

        Assert.True(SqlStatement.All.Count > 100, "The statements were not found.");
        Rule.Holds(faults, "Mend the statement, or add the migration that it waits for.");
    }

    [Fact]
    public async Task Every_room_has_the_grants_that_its_statements_need()
    {
        await using NpgsqlConnection connection = await schema.OpenAsync(Token);
        List<string> faults = [];
        foreach (SqlStatement statement in SqlStatement.All)
        {
            foreach (string room in statement.Rooms)
            {
                if (await FaultOfAsync(connection, room, statement) is { } fault)
                    faults.Add($"{statement.Name} as {room}: {fault}");
            }
        }

        Rule.Holds(faults, "Grant in a migration what the room must do with the table, and no more.");
    }

    [Fact]
    public async Task Every_statement_can_be_run_by_some_room()
    {
        await using NpgsqlConnection connection = await schema.OpenAsync(Token);
        List<string> faults = [];
        foreach (SqlStatement statement in SqlStatement.All.Where(statement => statement.Rooms.Count == 0))
        {
            List<string> refusals = [];
            foreach (string room in Rooms)
                refusals.AddRange(await FaultOfAsync(connection, room, statement) is { } fault ? [fault] : []);
            if (refusals.Count == Rooms.Length) faults.Add($"{statement.Name}: {refusals[0]}");
        }

        Rule.Holds(faults, "Grant it to the room that runs it, or delete the statement.");
    }

    [Fact]
    public async Task A_value_that_is_sent_as_text_is_cast()
    {
        await using NpgsqlConnection connection = await schema.OpenAsync(Token);
        List<string> faults = [];
        foreach (SqlStatement statement in SqlStatement.All)
        {
            // What does not prepare is told by the test above.
            if (await FaultOfAsync(connection, "postgres", statement) is not null) continue;
            string[] types = await ParametersOfAsync(connection, statement.Sql);
            faults.AddRange(types.Index()
                .Where(type => SentAsText.Contains(type.Item))
                .Where(type => !statement.Sql.Contains($"${type.Index + 1}::{type.Item}", StringComparison.Ordinal))
                .Select(type => $"{statement.Name}: ${type.Index + 1} is {type.Item}"));
        }

        Rule.Holds(faults, "Write $n::numeric or $n::jsonb wherever the parameter stands.");
    }

    [Fact]
    public void A_statement_names_its_columns()
    {
        Rule.Holds(
            SqlStatement.All.Where(statement => Star().IsMatch(statement.Sql)).Select(statement => statement.Name),
            "Name the columns: new code must run before and after the migration that adds one.");
    }

    // EXPLAIN checks the permissions that running it would need, and runs nothing.
    private static async Task<string?> FaultOfAsync(NpgsqlConnection connection, string role, SqlStatement statement)
    {
        await ExecuteAsync(connection, "DEALLOCATE ALL");
        await ExecuteAsync(connection, $"SET ROLE {role}");
        try
        {
            await ExecuteAsync(connection, $"PREPARE statement AS {statement.Sql}");
            int count = (await ReadParametersAsync(connection)).Length;
            string nulls = count == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("NULL", count))})";
            await ExecuteAsync(connection, $"EXPLAIN EXECUTE statement{nulls}");
            return null;
        }
        catch (PostgresException exception)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{exception.SqlState} {exception.MessageText}");
        }
        finally
        {
            await ExecuteAsync(connection, "RESET ROLE");
        }
    }

    private static async Task<string[]> ParametersOfAsync(NpgsqlConnection connection, string sql)
    {
        await ExecuteAsync(connection, "DEALLOCATE ALL");
        await ExecuteAsync(connection, $"PREPARE statement AS {sql}");
        return await ReadParametersAsync(connection);
    }

    private static async Task<string[]> ReadParametersAsync(NpgsqlConnection connection)
    {
        await using NpgsqlCommand command = new(
            "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'statement'", connection);
        return (string[])(await command.ExecuteScalarAsync(Token))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    [GeneratedRegex(@"(SELECT|RETURNING|\.)\s*\*", RegexOptions.IgnoreCase)]
    private static partial Regex Star();
}
