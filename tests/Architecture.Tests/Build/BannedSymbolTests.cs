using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Build;

/// <summary>One deliberate violation of each ban, so that a list or an analyzer that went silent is noticed.</summary>
public sealed class BannedSymbolTests
{
    private static readonly MetadataReference[] Runtime =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static TheoryData<string> Lists => ["BannedSymbols.txt", "tests/BannedSymbols.txt"];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Every_line_names_a_symbol_that_exists_and_what_to_use_instead(string list)
    {
        CSharpCompilation compilation = Compile("");

        Rule.Holds(
            Repository.Read(list).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => line.Split(';', 2) is not [string id, { Length: > 0 }]
                    || DocumentationCommentId.GetFirstSymbolForDeclarationId(id, compilation) is null),
            "Write <documentation id>;<what to use instead>; an id that names nothing bans nothing.");
    }

    [Theory]
    [InlineData("System.DateTime.UtcNow", "TimeProvider")]
    [InlineData("System.DateTimeOffset.Now", "TimeProvider")]
    [InlineData("System.Guid.NewGuid()", "EntropySource")]
    [InlineData("System.Guid.CreateVersion7()", "EntropySource")]
    [InlineData("new System.Random()", "EntropySource")]
    [InlineData("System.Security.Cryptography.RandomNumberGenerator.GetBytes(1)", "EntropySource")]
    [InlineData("System.Environment.GetEnvironmentVariable(\"HOME\")", "XOptions")]
    [InlineData("System.Threading.Tasks.Task.Delay(1)", "TimeProvider")]
    [InlineData("System.Threading.Tasks.Task.Run(() => { })", "await")]
    [InlineData("new System.Net.Http.HttpClient()", "OutboundHttp")]
    [InlineData("System.Threading.Tasks.Task.FromResult(1).Result", "Await")]
    public async Task A_violation_fails_and_says_what_to_do_instead(string expression, string instead)
    {
        AnalyzerFileReference file = new(
            Path.Combine(AppContext.BaseDirectory, "analyzers", "Microsoft.CodeAnalysis.CSharp.BannedApiAnalyzers.dll"),
            new Loader());
        CompilationWithAnalyzers analyzed = Compile($"class C {{ object M() => {expression}; }}").WithAnalyzers(
            file.GetAnalyzers(LanguageNames.CSharp), new AnalyzerOptions([new BannedSymbols()]));

        ImmutableArray<Diagnostic> found =
            await analyzed.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        Diagnostic ban = Assert.Single(found, diagnostic => diagnostic.Id == "RS0030");
        Assert.Contains(instead, ban.GetMessage(), StringComparison.Ordinal);
    }

    private static CSharpCompilation Compile(string code) => CSharpCompilation.Create(
        "Violation",
        [CSharpSyntaxTree.ParseText(code)],
        Runtime,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    private sealed class BannedSymbols : AdditionalText
    {
        public override string Path => "BannedSymbols.txt";

        public override SourceText GetText(CancellationToken cancellationToken = default) =>
            SourceText.From(Repository.Read(Path));
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public System.Reflection.Assembly LoadFromPath(string fullPath) =>
            System.Reflection.Assembly.LoadFrom(fullPath);
    }
}
