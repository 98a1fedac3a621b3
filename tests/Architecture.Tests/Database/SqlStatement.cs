using System.Reflection;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Database;

/// <summary>A statement of ours, and the roles that it runs as.</summary>
/// <param name="Name">The class and the constant.</param>
/// <param name="Sql">Its text.</param>
/// <param name="Rooms">The functions that were found to run it; empty when that cannot be read from the code.</param>
internal sealed record SqlStatement(string Name, string Sql, IReadOnlyList<string> Rooms)
{
    private static readonly Dictionary<string, HashSet<string>> Callers = CallersOf();

    /// <summary>Every string constant of Platform and the functions whose name ends in Sql.</summary>
    public static IReadOnlyList<SqlStatement> All { get; } =
    [
        .. OurAssemblies.All.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static
                | BindingFlags.DeclaredOnly))
            .Where(field => field.IsLiteral && field.FieldType == typeof(string)
                && field.Name.EndsWith("Sql", StringComparison.Ordinal))
            .Select(field => new SqlStatement(
                $"{field.DeclaringType!.Name}.{field.Name}",
                (string)field.GetRawConstantValue()!,
                RoomsOf(field)))
            .OrderBy(statement => statement.Name, StringComparer.Ordinal),
    ];

    private static IReadOnlyList<string> RoomsOf(FieldInfo field)
    {
        string assembly = field.DeclaringType!.Assembly.GetName().Name!;
        if (OurAssemblies.Functions.ContainsKey(assembly)) return [assembly.ToLowerInvariant()];

        string type = field.DeclaringType.Name;
        return
        [
            .. MethodsThatUse(type, field.Name)
                .SelectMany(method => Callers.GetValueOrDefault($"{type}.{method}") ?? []).Distinct(),
        ];
    }

    // Which functions say Class.Method: that is how a table's statics are called.
    private static Dictionary<string, HashSet<string>> CallersOf()
    {
        Dictionary<string, HashSet<string>> callers = [];
        foreach (string function in Repository.Services)
        {
            foreach (MemberAccessExpressionSyntax access in SourceFile.Under($"functions/{function}/")
                .SelectMany(file => file.Nodes<MemberAccessExpressionSyntax>()))
            {
                string name = access.ToString();
                if (!callers.TryGetValue(name, out HashSet<string>? rooms)) callers[name] = rooms = [];
                rooms.Add(function.ToLowerInvariant());
            }
        }

        return callers;
    }

    private static HashSet<string> MethodsThatUse(string type, string constant)
    {
        MethodDeclarationSyntax[] methods = [.. SourceFile.Under("shared/Platform/")
            .Where(file => file.Name == type).SelectMany(file => file.Nodes<MethodDeclarationSyntax>())];
        HashSet<string> found = [constant];
        int before;
        do
        {
            before = found.Count;
            found.UnionWith(methods
                .Where(method => method.DescendantNodes().OfType<IdentifierNameSyntax>()
                    .Any(name => found.Contains(name.Identifier.Text)))
                .Select(method => method.Identifier.Text));
        }
        while (found.Count > before);

        return found;
    }
}
