using System.Xml.Linq;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Build;

public sealed class SettingsTests
{
    private static readonly XDocument Props = XDocument.Load(Repository.PathOf("Directory.Build.props"));

    [Theory]
    [InlineData("TargetFramework", "net10.0")]
    [InlineData("Nullable", "enable")]
    [InlineData("TreatWarningsAsErrors", "true")]
    [InlineData("Features", "strict")]
    [InlineData("CheckForOverflowUnderflow", "true")]
    [InlineData("AnalysisLevel", "latest")]
    [InlineData("AnalysisMode", "Recommended")]
    [InlineData("AnalysisModeSecurity", "All")]
    [InlineData("AnalysisModeReliability", "All")]
    [InlineData("AnalysisModePerformance", "All")]
    [InlineData("AnalysisModeGlobalization", "All")]
    [InlineData("EnforceCodeStyleInBuild", "true")]
    [InlineData("GenerateDocumentationFile", "true")]
    [InlineData("ManagePackageVersionsCentrally", "true")]
    [InlineData("CentralPackageTransitivePinningEnabled", "true")]
    [InlineData("RestorePackagesWithLockFile", "true")]
    [InlineData("NuGetAuditMode", "all")]
    [InlineData("UseArtifactsOutput", "true")]
    [InlineData("InvariantGlobalization", "true")]
    [InlineData("JsonSerializerIsReflectionEnabledByDefault", "false")]
    public void Every_project_is_built_alike(string property, string value) =>
        Assert.Equal(value, Props.Descendants(property).Single().Value);

    [Fact]
    public void No_project_takes_a_setting_back()
    {
        string[] settings =
            [.. Props.Descendants("PropertyGroup").Elements().Select(element => element.Name.LocalName)];

        Rule.Holds(
            Repository.Projects.SelectMany(path => XDocument.Load(Repository.PathOf(path)).Descendants()
                .Where(element => element.Parent?.Name.LocalName == "PropertyGroup")
                .Where(element => settings.Contains(element.Name.LocalName)
                    || element.Name.LocalName is "NoWarn" or "WarningsNotAsErrors")
                .Select(element => $"{path}: {element.Name.LocalName}")),
            "Settings are the whole repository's: change Directory.Build.props, or suppress at the line and say why.");
    }

    [Fact]
    public void A_rule_is_switched_off_only_with_its_reason_above_it()
    {
        string[] lines = Repository.Read(".editorconfig").Split('\n');

        Rule.Holds(
            lines.Index().Where(line => line.Item.EndsWith("severity = none", StringComparison.Ordinal))
                .Where(line => !HasReason(lines, line.Index))
                .Select(line => $".editorconfig:{line.Index + 1}: {line.Item}"),
            "Say in a comment above it why the rule does not pay here.");
    }

    [Fact]
    public void A_banned_symbol_is_an_error()
    {
        string editor = Repository.Read(".editorconfig");

        Assert.Contains("dotnet_diagnostic.RS0030.severity = error", editor, StringComparison.Ordinal);
        Assert.Equal(1, editor.Split("RS0030").Length - 1);
    }

    [Theory]
    [InlineData("shared/Directory.Build.props", "$(MSBuildThisFileDirectory)../BannedSymbols.txt", null)]
    [InlineData(
        "functions/Directory.Build.props",
        "$(MSBuildThisFileDirectory)../BannedSymbols.txt",
        "'$(MSBuildProjectName)' != 'Local'")]
    [InlineData("tests/Directory.Build.props", "$(MSBuildThisFileDirectory)BannedSymbols.txt", null)]
    public void The_banned_symbols_reach_every_project(string props, string list, string? condition)
    {
        XElement files = XDocument.Load(Repository.PathOf(props)).Descendants("AdditionalFiles").Single();

        Assert.Equal(list, files.Attribute("Include")?.Value);
        Assert.Equal(condition, files.Attribute("Condition")?.Value);
        Assert.Contains(
            Props.Descendants("PackageReference"),
            package => package.Attribute("Include")?.Value == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
    }

    // A comment may stand over several rules that share its reason.
    private static bool HasReason(string[] lines, int index)
    {
        while (index >= 0 && lines[index].StartsWith("dotnet_diagnostic", StringComparison.Ordinal)) index--;
        return index >= 0 && lines[index].StartsWith('#');
    }
}
