using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Souk.Architecture.Tests.Tree;

/// <summary>A C# file of ours, parsed.</summary>
/// <param name="Path">Its path from the root, with forward slashes.</param>
/// <param name="Text">Its text.</param>
/// <param name="Root">Its syntax.</param>
internal sealed record SourceFile(string Path, string Text, CompilationUnitSyntax Root)
{
    private static readonly Lazy<IReadOnlyList<SourceFile>> Parsed = new(() =>
    [
        .. Repository.Files
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal))
            .AsParallel().AsOrdered().Select(Parse),
    ]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SourceFile> All => Parsed.Value;

    /// <summary>What runs in the cluster: shared/ and functions/ without Local.</summary>
    public static IEnumerable<SourceFile> Production => All.Where(file =>
        !file.IsUnder("tests/") && !file.IsUnder("functions/Local/"));

    /// <summary>The file's name without folder and extension.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The project it is compiled into: the folder below the top one.</summary>
    public string Project => Path.Split('/')[1];

    /// <summary>The files below a folder.</summary>
    public static IEnumerable<SourceFile> Under(string folder) => All.Where(file => file.IsUnder(folder));

    /// <summary>Whether it is below a folder.</summary>
    public bool IsUnder(string folder) => Path.StartsWith(folder, StringComparison.Ordinal);

    /// <summary>All nodes of a kind.</summary>
    public IEnumerable<T> Nodes<T>()
        where T : SyntaxNode => Root.DescendantNodes().OfType<T>();

    /// <summary>Its comments, documentation included.</summary>
    public IEnumerable<SyntaxTrivia> Comments() => Root.DescendantTrivia().Where(trivia => trivia.Kind() is
        SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
        or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia);

    /// <summary>A place in it, as compilers write places.</summary>
    public string At(SyntaxNode node) => At(node.GetLocation());

    /// <summary>A place in it, as compilers write places.</summary>
    public string At(Location location) => $"{Path}:{location.GetLineSpan().StartLinePosition.Line + 1}";

    private static SourceFile Parse(string path)
    {
        string text = Repository.Read(path);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(
            text, CSharpParseOptions.Default.WithDocumentationMode(DocumentationMode.Parse));
        return new SourceFile(path, text, tree.GetCompilationUnitRoot());
    }
}
