using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Souk.Architecture.Tests.Tree;

/// <summary>A use case: the class of a function's file that maps a route or takes an event.</summary>
/// <param name="Function">The function's folder.</param>
/// <param name="Name">The class, which is also the file.</param>
/// <param name="Remarks">What its documentation says besides the summary, without line breaks.</param>
internal sealed partial record Slice(string Function, string Name, string Remarks)
{
    private static readonly string[] Maps = ["MapGet", "MapPost", "MapPut", "MapPatch", "MapDelete", "MapMethods"];

    /// <summary>All of them, by function and name.</summary>
    public static IReadOnlyList<Slice> All { get; } =
    [
        .. Repository.Services.SelectMany(function => SourceFile.Under($"functions/{function}/")
            .SelectMany(file => file.Nodes<ClassDeclarationSyntax>())
            .Where(IsSlice)
            .Select(type => new Slice(function, type.Identifier.Text, RemarksOf(type)))),
    ];

    /// <summary>The failure codes that it says it refuses with, in its order.</summary>
    public IReadOnlyList<string> Refusals =>
    [
        .. Sentence().Matches(Remarks).SelectMany(sentence => Code().Matches(sentence.Value))
            .Select(code => code.Groups[1].Value),
    ];

    private static bool IsSlice(ClassDeclarationSyntax type) =>
        type.Members.OfType<MethodDeclarationSyntax>().Any(method =>
            method.ParameterList.Parameters.Any(parameter => parameter.Type?.ToString() == "EventContext")
            || method.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
                .Any(access => Maps.Contains(access.Name.Identifier.Text)));

    private static string RemarksOf(ClassDeclarationSyntax type)
    {
        string documentation = LineStart().Replace(type.GetLeadingTrivia().ToFullString(), " ");
        int from = documentation.IndexOf("<remarks>", StringComparison.Ordinal);
        return from < 0 ? "" : documentation[from..];
    }

    [GeneratedRegex(@"\s*\n\s*///\s*")]
    private static partial Regex LineStart();

    [GeneratedRegex("[Rr]efuse[sd]? with[^.]*")]
    private static partial Regex Sentence();

    [GeneratedRegex("<c>([^<]+)</c>")]
    private static partial Regex Code();
}
