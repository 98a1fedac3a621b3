using Npgsql;
using Souk.Architecture.Tests.Database;
using Souk.Architecture.Tests.Tree;
using Souk.Domain.Events;

namespace Souk.Architecture.Tests.Functions;

[Collection(SchemaTestGroup.Name)]
public sealed class FunctionTableTests(SchemaFixture schema)
{
    // Every room's own rows in these come with the host; the table names what a room is for.
    private static readonly string[] Housekeeping = ["idempotency_keys", "inbox", "inbox_heads", "outbox", "leases"];

    private const string WrittenSql = """
        SELECT DISTINCT c.relname FROM pg_class c,
            LATERAL (
                SELECT w.grantee, w.privilege_type FROM aclexplode(c.relacl) w
                UNION ALL
                SELECT p.grantee, p.privilege_type FROM pg_attribute t, aclexplode(t.attacl) p
                WHERE t.attrelid = c.oid) a
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.grantee = $1::regrole
            AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE')
        ORDER BY c.relname
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_readme_says_what_each_function_takes_writes_and_reads()
    {
        await using NpgsqlConnection connection = await schema.OpenAsync(Token);
        List<string> rows = [];
        foreach (string folder in Repository.Services)
        {
            string function = folder.ToLowerInvariant();
            IEnumerable<string> tables = (await WrittenByAsync(connection, function)).Except(Housekeeping);
            rows.Add($"| {folder} | {Lines(Takes(function))} | {Lines(tables)} | {Lines(SecretNames.Of(folder))} |\n");
        }

        Golden.IsSection(
            "functions/README.md",
            "functions",
            "| function | takes | writes, besides its outbox, inbox, idempotency keys and leases | reads in Vault |\n"
                + "|---|---|---|---|\n" + string.Concat(rows),
            "what the functions take, write and read");
    }

    [Fact]
    public void Every_function_has_its_place_in_the_cluster_and_in_the_tests()
    {
        Rule.Holds(
            Repository.Services.SelectMany(folder => new[]
            {
                $"knative/base/{folder.ToLowerInvariant()}/service.yaml",
                $"tests/{folder}.Tests/{folder}.Tests.csproj",
                $"functions/{folder}/Program.cs",
                $"functions/{folder}/{folder}Function.cs",
            }).Except(Repository.Files),
            "A function is a folder here, in knative/base and in tests/: add what is missing.");
    }

    private static IEnumerable<string> Takes(string function)
    {
        IEnumerable<string> routes = FunctionHosts.Routes
            .Where(route => route.Function == function && route.Path != "/events")
            .Select(route => $"{route.Method} {route.Path}");
        IEnumerable<string> events = HandledEvents.All.Where(handled => handled.Function == function)
            .Select(handled => handled.Job is { } job ? $"schedule {job}" : $"event {NameOf(handled.EventType!)}");
        return routes.Concat(events);
    }

    private static string NameOf(string property) =>
        ((EventType)typeof(EventType).GetProperty(property)!.GetValue(null)!).Name;

    private static string Lines(IEnumerable<string> items) => string.Join("<br>", items.Select(item => $"`{item}`"));

    private static async Task<List<string>> WrittenByAsync(NpgsqlConnection connection, string role)
    {
        await using NpgsqlCommand command = new(WrittenSql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = role });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(Token);
        List<string> tables = [];
        while (await reader.ReadAsync(Token)) tables.Add(reader.GetString(0));
        return tables;
    }
}
