using Microsoft.CodeAnalysis.CSharp.Syntax;
using Souk.Architecture.Tests.Tree;
using Souk.Platform.Http;

namespace Souk.Architecture.Tests.Functions;

public sealed class SliceTests
{
    [Fact]
    public void Every_use_case_has_a_test_class_of_its_name()
    {
        HashSet<(string Function, string Name)> tested =
        [
            .. Repository.Services.SelectMany(function => SourceFile.Under($"tests/{function}.Tests/")
                .SelectMany(file => file.Nodes<ClassDeclarationSyntax>())
                .Select(type => (function, type.Identifier.Text))),
        ];

        Rule.Holds(
            Slice.All.Where(slice => !tested.Contains((slice.Function, $"{slice.Name}Tests")))
                .Select(slice => $"tests/{slice.Function}.Tests: {slice.Name}Tests"),
            "Prove the use case through HTTP or an event, in a class of its name:");
    }

    [Fact]
    public void Every_refusal_that_a_use_case_names_is_a_failure_code()
    {
        HashSet<string> known = [.. FailureStatus.All.Select(row => row.Name)];

        Rule.Holds(
            Slice.All.SelectMany(slice => slice.Refusals.Where(code => !known.Contains(code))
                .Select(code => $"{slice.Function}/{slice.Name}: {code}")),
            "Name a row of Platform/Http/FailureStatus.cs, by its wire name.");
    }

    [Fact]
    public void A_use_case_whose_refusals_no_test_names_stands_in_the_list()
    {
        IEnumerable<string> unproven = Slice.All.SelectMany(slice =>
        {
            string tests = string.Concat(SourceFile.Under("tests/")
                .Where(file => file.Nodes<ClassDeclarationSyntax>()
                    .Any(type => type.Identifier.Text == $"{slice.Name}Tests"))
                .Select(file => file.Text));
            return slice.Refusals.Where(code => !IsNamed(tests, code))
                .Select(code => $"{slice.Function}/{slice.Name} {code}");
        });

        Golden.IsFile(
            "tests/Architecture.Tests/Golden/unproven-refusals.txt",
            string.Concat(unproven.Select(line => $"{line}\n")),
            "the list of refusals that no test of their use case names");
    }

    private static bool IsNamed(string tests, string code)
    {
        FailureStatus? row = FailureStatus.All.FirstOrDefault(row => row.Name == code);
        return tests.Contains($"\"{code}\"", StringComparison.Ordinal)
            || (row is not null && tests.Contains($"FailureCode.{row.Code}", StringComparison.Ordinal));
    }
}
