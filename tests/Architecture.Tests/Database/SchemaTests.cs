using System.Text.RegularExpressions;
using Npgsql;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Database;

[Collection(SchemaTestGroup.Name)]
public sealed partial class SchemaTests(SchemaFixture schema)
{
    private const string Folder = "shared/Platform/Postgres/Migrations/";

    private const string Header = """
        -- What all migrations together make, written by a test from the catalog: read it, never edit or run it.


        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_golden_schema_is_what_the_migrations_make()
    {
        await using NpgsqlConnection connection = await schema.OpenAsync(Token);

        Golden.IsFile(
            $"{Folder}schema.sql",
            Header.ReplaceLineEndings("\n") + await SchemaText.ReadAsync(connection, Token),
            "what the migrations make");
    }

    [Fact]
    public async Task Nobody_may_change_or_delete_what_the_audit_log_holds()
    {
        await using NpgsqlConnection connection = await schema.OpenAsync(Token);

        string[] grants = [.. (await SchemaText.ReadAsync(connection, Token)).Split('\n')
            .Where(line => line.StartsWith("GRANT", StringComparison.Ordinal)
                && line.Contains(" ON audit TO ", StringComparison.Ordinal))];

        Assert.NotEmpty(grants);
        Assert.All(grants, grant => Assert.StartsWith("GRANT SELECT ON", grant, StringComparison.Ordinal));
    }

    [Fact]
    public void A_migration_is_named_by_its_number_verb_and_noun()
    {
        string[] names = [.. Migrations().Select(path => Path.GetFileName(path))];

        Rule.Holds(names.Where(name => !Name().IsMatch(name)), "Name it NNNN_verb_noun.sql.");
        Rule.Holds(
            names.GroupBy(name => name[..4]).Where(group => group.Count() > 1).SelectMany(group => group),
            "Two migrations have one number: take the next free one.");
    }

    [Fact]
    public void Every_table_is_introduced_by_a_comment()
    {
        Rule.Holds(
            Migrations().SelectMany(path => Uncommented().Matches("\n" + Repository.Read(path))
                .Select(match => $"{path}: {match.Groups[2].Value}")),
            "Say above the table what a row is, who writes it and when it is deleted.");
    }

    private static IEnumerable<string> Migrations() => Repository.Files.Where(path =>
        path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(".sql", StringComparison.Ordinal)
        && !path.EndsWith("/schema.sql", StringComparison.Ordinal));

    [GeneratedRegex("^[0-9]{4}_[a-z]+(_[a-z0-9]+)+\\.sql$")]
    private static partial Regex Name();

    [GeneratedRegex(@"\n(?!--)([^\n]*)\nCREATE TABLE (\w+)")]
    private static partial Regex Uncommented();
}
