using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Source;

public sealed class CodeTests
{
    private static readonly string[] Background =
        ["BackgroundService", "IHostedService", "PeriodicTimer", "Timer", "AddHostedService"];

    // The edges that answer for every exception; each says why beside its pragma.
    private static readonly string[] CatchesAll =
    [
        "shared/Platform/Hosting/Warmup.cs",
        "shared/Platform/Hosting/RequestPipeline.cs",
        "shared/Platform/CloudEvents/EventEndpoint.cs",
        "shared/Platform/Postgres/Database.cs",
    ];

    [Fact]
    public void No_test_is_skipped()
    {
        Rule.Holds(
            SourceFile.Under("tests/").SelectMany(file => file.Nodes<AttributeArgumentSyntax>()
                .Where(argument => argument.NameEquals?.Name.Identifier.Text == "Skip")
                .Select(argument => file.At(argument))
                .Concat(file.Nodes<MemberAccessExpressionSyntax>()
                    .Where(access => access.ToString() == "Assert.Skip")
                    .Select(access => file.At(access)))),
            "Mend the test or delete it: a skipped one guards nothing.");
    }

    [Fact]
    public void Nothing_runs_in_the_background()
    {
        Rule.Holds(
            SourceFile.Production.SelectMany(file => file.Nodes<IdentifierNameSyntax>()
                .Where(name => Background.Contains(name.Identifier.Text))
                .Select(name => $"{file.At(name)}: {name}")),
            "A function scales to zero: start work with a request, an event, or a PingSource in knative/.");
    }

    [Fact]
    public void A_cancellation_token_comes_last_and_is_never_left_out()
    {
        Rule.Holds(
            SourceFile.Production.SelectMany(file => file.Nodes<ParameterListSyntax>()
                .Where(list => list.Parent is MethodDeclarationSyntax or LocalFunctionStatementSyntax)
                .Where(list => list.Parameters.Any(IsToken))
                .Where(list => list.Parameters.Any(each => IsToken(each) && each.Default is not null)
                    || !IsToken(list.Parameters.Last(each => !each.Modifiers.Any(SyntaxKind.ParamsKeyword))))
                .Select(list => file.At(list))),
            "Take the CancellationToken as the last parameter, without a default.");
    }

    [Fact]
    public void Every_exception_that_is_caught_is_named()
    {
        Rule.Holds(
            SourceFile.Production.Where(file => !CatchesAll.Contains(file.Path))
                .SelectMany(file => file.Nodes<CatchClauseSyntax>()
                    .Where(clause => clause.Filter is null && !EndsInThrow(clause))
                    .Where(clause => clause.Declaration?.Type.ToString() is null or "Exception")
                    .Select(clause => file.At(clause))),
            "Catch what you can name and handle; the host maps the rest.");
    }

    [Fact]
    public void The_domain_waits_for_nothing()
    {
        Rule.Holds(
            SourceFile.Under("shared/Domain/").SelectMany(file => file.Root.DescendantTokens()
                .Where(token => token.IsKind(SyntaxKind.AsyncKeyword) || token.ValueText is "Task" or "TimeProvider")
                .Select(token => file.At(token.GetLocation()))),
            "Domain is pure: take the facts and the time as parameters, and leave the waiting to Platform.");
    }

    [Fact]
    public void Every_option_says_its_default()
    {
        Rule.Holds(
            SourceFile.Production.SelectMany(file => file.Nodes<ClassDeclarationSyntax>()
                .Where(type => type.Identifier.Text.EndsWith("Options", StringComparison.Ordinal))
                .SelectMany(type => type.Members.OfType<PropertyDeclarationSyntax>())
                .Where(property => property.Initializer is { } given && given.Value.ToString() is not ("\"\"" or "[]"))
                .Where(property => !DocOf(property).Contains("<value>", StringComparison.Ordinal))
                .Select(property => $"{file.At(property)}: {property.Identifier.Text}")),
            "Say an option's default, its unit and why in <value>.");
    }

    private static string DocOf(PropertyDeclarationSyntax property) => property.GetLeadingTrivia().ToFullString();

    private static bool IsToken(ParameterSyntax parameter) => parameter.Type?.ToString() == "CancellationToken";

    private static bool EndsInThrow(CatchClauseSyntax clause) =>
        clause.Block.Statements.LastOrDefault() is ThrowStatementSyntax;
}
