using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Source;

public sealed partial class CommentTests
{
    private static readonly string[] OtherText = [".sql", ".sol", ".yaml", ".yml", ".mjs", ".sh", ".props", ".csproj"];

    [Fact]
    public void No_comment_puts_work_off()
    {
        IEnumerable<string> inCode = SourceFile.All.SelectMany(file => file.Comments()
            .Where(comment => PutOff().IsMatch(comment.ToString()))
            .Select(comment => file.At(comment.GetLocation())));
        IEnumerable<string> elsewhere = Repository.TextFiles.Where(path => OtherText.Contains(Path.GetExtension(path)))
            .SelectMany(path => Repository.Read(path).Split('\n')
                .Select((line, index) => (At: $"{path}:{index + 1}", Line: line))
                .Where(line => PutOff().IsMatch(line.Line))
                .Select(line => line.At));

        Rule.Holds(inCode.Concat(elsewhere), "Do it now, or open an issue and say nothing here.");
    }

    [Fact]
    public void No_code_is_commented_out()
    {
        Rule.Holds(
            SourceFile.All.SelectMany(file => file.Comments()
                .Where(comment => comment.IsKind(SyntaxKind.SingleLineCommentTrivia))
                .Where(comment => Statement().IsMatch(comment.ToString()))
                .Select(comment => $"{file.At(comment.GetLocation())}: {comment}")),
            "Delete it: git keeps what was.");
    }

    [Fact]
    public void No_file_is_folded_into_regions_or_banners()
    {
        Rule.Holds(
            SourceFile.All.SelectMany(file => file.Root.DescendantTrivia()
                .Where(trivia => trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)
                    || (trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) && Banner().IsMatch(trivia.ToString())))
                .Select(trivia => file.At(trivia.GetLocation()))),
            "What needs a heading is a file, a type or a method: give it that.");
    }

    [Fact]
    public void Every_suppression_is_at_its_line_and_gives_its_reason()
    {
        IEnumerable<string> pragmas = SourceFile.All.SelectMany(file => Breaches(file));
        IEnumerable<string> attributes = SourceFile.All.SelectMany(file => file.Nodes<AttributeSyntax>()
            .Where(attribute => attribute.Name.ToString().EndsWith("SuppressMessage", StringComparison.Ordinal))
            .Where(attribute => attribute.ArgumentList?.Arguments
                .Any(argument => argument.NameEquals?.Name.Identifier.Text == "Justification") != true)
            .Select(attribute => $"{file.At(attribute)}: SuppressMessage needs a Justification"));

        Rule.Holds(
            pragmas.Concat(attributes),
            "Suppress at the line: #pragma warning disable X // why this line may, and restore after it.");
    }

    [Fact]
    public void The_lines_that_may_use_a_banned_symbol_are_known()
    {
        IEnumerable<string> lines = SourceFile.Production.SelectMany(file => Disables(file)
            .Where(pragma => pragma.ErrorCodes.ToString().Contains("RS0030", StringComparison.Ordinal))
            .Select(pragma => $"{file.Path}: {ReasonOf(pragma)}"));

        Golden.IsFile(
            "tests/Architecture.Tests/Golden/banned-symbol-uses.txt",
            string.Concat(lines.Select(line => $"{line}\n")),
            "the list of lines that use a banned symbol");
    }

    private static IEnumerable<PragmaWarningDirectiveTriviaSyntax> Disables(SourceFile file) => Pragmas(file)
        .Where(pragma => pragma.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword));

    private static IEnumerable<PragmaWarningDirectiveTriviaSyntax> Pragmas(SourceFile file) => file.Root
        .DescendantNodes(descendIntoTrivia: true).OfType<PragmaWarningDirectiveTriviaSyntax>();

    private static string ReasonOf(PragmaWarningDirectiveTriviaSyntax pragma) =>
        pragma.ToFullString().Split("// ", 2) is [_, string reason] ? reason.Trim() : "";

    private static IEnumerable<string> Breaches(SourceFile file)
    {
        PragmaWarningDirectiveTriviaSyntax[] disabled = [.. Disables(file)];
        foreach (PragmaWarningDirectiveTriviaSyntax pragma in disabled)
        {
            if (pragma.ErrorCodes.Count == 0) yield return $"{file.At(pragma)}: names no rule";
            if (ReasonOf(pragma).Length == 0) yield return $"{file.At(pragma)}: gives no reason";
        }

        if (Pragmas(file).Count() != 2 * disabled.Length) yield return $"{file.Path}: a rule is not restored";
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex PutOff();

    [GeneratedRegex(@"^//\s*(if\s*\(|return\b.*;$|await\s.*;$|[\w.<>\[\]]+(\s\w+)?\s*=\s.*;$|[\w.]+\(.*\);$|[{}]$)")]
    private static partial Regex Statement();

    [GeneratedRegex(@"^//\s*[-=*#/]{3,}")]
    private static partial Regex Banner();
}
