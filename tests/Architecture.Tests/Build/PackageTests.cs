using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Build;

public sealed partial class PackageTests
{
    // Split, so that this file does not name them itself.
    private static readonly string[] Registries =
    [
        "registry." + "npmjs.org", "registry." + "yarnpkg.com", "api." + "nuget.org", "www." + "nuget.org",
        "npm.pkg." + "github.com", "pypi" + ".org",
    ];

    [Fact]
    public void No_file_names_a_package_registry_or_a_folder_of_somebodys_machine()
    {
        Rule.Holds(
            Repository.TextFiles.SelectMany(path => Repository.Read(path).Split('\n').Index()
                .Where(line => Registries.Any(host => line.Item.Contains(host, StringComparison.OrdinalIgnoreCase))
                    || MachinePath().IsMatch(line.Item))
                .Select(line => $"{path}:{line.Index + 1}")),
            "Where packages come from and where things lie is the machine's own setting: leave it out of here.");
    }

    [Fact]
    public void An_npm_lock_file_holds_hashes_and_no_addresses()
    {
        string[] locks = [.. Repository.Files.Where(path => Path.GetFileName(path) == "package-lock.json")];

        Assert.NotEmpty(locks);
        Rule.Holds(
            locks.SelectMany(AddressesIn), "Keep .npmrc beside it (omit-lockfile-registry-resolved) and lock anew.");
    }

    [Fact]
    public void Every_package_json_has_its_lock_file()
    {
        Rule.Holds(
            Repository.Files.Where(path => Path.GetFileName(path) == "package.json")
                .Select(path => path.Replace("package.json", "package-lock.json", StringComparison.Ordinal))
                .Except(Repository.Files),
            "Run npm install --package-lock-only there and commit the lock file.");
    }

    [Fact]
    public void Every_project_has_its_lock_file()
    {
        Rule.Holds(
            Repository.Projects.Select(path => $"{Path.GetDirectoryName(path)!.Replace('\\', '/')}/packages.lock.json")
                .Except(Repository.Files),
            "Run dotnet restore and commit packages.lock.json.");
    }

    [Fact]
    public void A_projects_version_of_a_package_is_the_whole_repositorys()
    {
        Rule.Holds(
            Repository.Projects.SelectMany(path => XDocument.Load(Repository.PathOf(path))
                .Descendants("PackageReference")
                .Where(package => package.Attribute("Version") is not null
                    || package.Attribute("VersionOverride") is not null)
                .Select(package => $"{path}: {package.Attribute("Include")?.Value}")),
            "Give the version in Directory.Packages.props.");
    }

    [Fact]
    public void Every_package_has_a_line_in_the_decisions()
    {
        string decisions = Repository.Read("shared/DECISIONS.md");

        Rule.Holds(
            XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("PackageVersion")
                .Select(package => package.Attribute("Include")!.Value)
                .Concat(Repository.Files
                    .Where(path => Path.GetFileName(path) == "package.json").SelectMany(NpmPackages))
                .Where(name => !decisions.Contains($"`{name}`", StringComparison.Ordinal)),
            "Add a line to the packages in shared/DECISIONS.md that says what it is needed for, or do without it.");
    }

    private static IEnumerable<string> AddressesIn(string path)
    {
        using JsonDocument document = JsonDocument.Parse(Repository.Read(path));
        foreach (JsonProperty package in document.RootElement.GetProperty("packages").EnumerateObject())
        {
            if (package.Name.Length == 0) continue;
            if (package.Value.TryGetProperty("resolved", out _)) yield return $"{path}: {package.Name} has an address";
            if (!package.Value.TryGetProperty("integrity", out _)) yield return $"{path}: {package.Name} has no hash";
        }
    }

    private static IEnumerable<string> NpmPackages(string path)
    {
        using JsonDocument document = JsonDocument.Parse(Repository.Read(path));
        List<string> names = [];
        foreach (string kind in (string[])["dependencies", "devDependencies", "optionalDependencies"])
        {
            if (document.RootElement.TryGetProperty(kind, out JsonElement packages))
                names.AddRange(packages.EnumerateObject().Select(package => package.Name));
        }

        return names;
    }

    [GeneratedRegex(@"(?<![\w.$/{}-])([/]home/\w|[/]Users/\w|[/]root/|[/]work/|[A-Z]:[\\]Users)")]
    private static partial Regex MachinePath();
}
