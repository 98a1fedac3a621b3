using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Souk.Migrate;

/// <summary>One step of the schema, from <c>Migrations/NNNN_verb_noun.sql</c>.</summary>
/// <param name="Name">The file's name without its extension; its four digits order the steps.</param>
/// <param name="Sql">Its text.</param>
public sealed record MigrationScript(string Name, string Sql)
{
    private const string Prefix = "migrations/";

    // CREATE INDEX CONCURRENTLY cannot run in a transaction; such a file says so in its first line and holds that one
    // statement, written so that it may run twice.
    private const string OutsideTransaction = "-- outside a transaction";

    /// <summary>Whether it runs by itself instead of in a transaction with its own record.</summary>
    public bool IsOutsideTransaction => Sql.StartsWith(OutsideTransaction, StringComparison.Ordinal);

    /// <summary>SHA-256 of the text: an applied step must never change.</summary>
    public byte[] Checksum => SHA256.HashData(Encoding.UTF8.GetBytes(Sql));

    /// <summary>All steps that this program was built with, in order.</summary>
    public static IReadOnlyList<MigrationScript> All { get; } =
    [
        .. typeof(MigrationScript).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new MigrationScript(name[Prefix.Length..], Read(name))),
    ];

    private static string Read(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
