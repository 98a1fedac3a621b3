using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Source;

public sealed class SizeTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 70;
    private const int LineColumnsMax = 120;
    private const int ProgramLinesMax = 25;

    [Fact]
    public void No_file_is_longer_than_a_sitting()
    {
        Rule.Holds(
            SourceFile.All.Select(file => (file.Path, Lines: file.Text.Count(letter => letter == '\n')))
                .Where(file => file.Lines > FileLinesMax)
                .Select(file => $"{file.Path}: {file.Lines} lines"),
            $"A file has at most {FileLinesMax} lines: move what has a name of its own to a file of its own.");
    }

    [Fact]
    public void No_method_is_longer_than_a_screen()
    {
        Rule.Holds(
            SourceFile.All.SelectMany(file => file.Root.DescendantNodes()
                .Where(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax
                    or AccessorDeclarationSyntax)
                .Select(node => (At: file.At(node), Lines: LinesOf(node))))
                .Where(method => method.Lines > MethodLinesMax)
                .Select(method => $"{method.At}: {method.Lines} lines"),
            $"A method has at most {MethodLinesMax} lines: keep the control flow here, move the leaves out.");
    }

    [Fact]
    public void No_line_is_wider_than_a_reviewers_window()
    {
        Rule.Holds(
            SourceFile.All.SelectMany(file => file.Text.Split('\n')
                .Select((line, index) => (At: $"{file.Path}:{index + 1}", line.Length)))
                .Where(line => line.Length > LineColumnsMax)
                .Select(line => $"{line.At}: {line.Length} columns"),
            $"A line has at most {LineColumnsMax} columns: break it after an opening bracket or before an operator.");
    }

    [Fact]
    public void A_functions_program_is_a_table_of_contents()
    {
        Rule.Holds(
            Repository.Services.Select(name => $"functions/{name}/Program.cs")
                .Where(path => Repository.Read(path).Count(letter => letter == '\n') > ProgramLinesMax),
            $"Program.cs has at most {ProgramLinesMax} lines: composition belongs in the function's class.");
    }

    private static int LinesOf(SyntaxNode node)
    {
        FileLinePositionSpan span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
