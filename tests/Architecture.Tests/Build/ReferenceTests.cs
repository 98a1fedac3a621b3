using System.Xml.Linq;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Build;

/// <summary>References go one way: functions to Platform, Platform to Domain.</summary>
public sealed class ReferenceTests
{
    // What an outcome may not depend on: the network, the disk, the machine.
    private static readonly string[] Effects =
    [
        "System.Net.Http", "System.Net.Sockets", "System.Net.Requests", "System.IO.FileSystem",
        "System.Diagnostics.Process", "Microsoft.AspNetCore", "Microsoft.Extensions", "Npgsql", "StackExchange",
    ];

    [Fact]
    public void Domain_references_no_project_and_one_package()
    {
        Assert.Empty(ProjectsOf("shared/Domain/Domain.csproj"));
        Assert.Equal(["BouncyCastle.Cryptography"], ItemsOf("shared/Domain/Domain.csproj", "PackageReference"));
        Assert.Empty(ItemsOf("shared/Domain/Domain.csproj", "FrameworkReference"));
    }

    [Fact]
    public void Domain_touches_nothing_outside()
    {
        Rule.Holds(
            typeof(Domain.Failures.Failure).Assembly.GetReferencedAssemblies().Select(name => name.Name!)
                .Where(name => Effects.Any(effect => name.StartsWith(effect, StringComparison.Ordinal))),
            "Domain is pure: do it in Platform, in the folder of the system it talks to, and hand Domain the facts.");
    }

    [Fact]
    public void Platform_references_Domain_alone() =>
        Assert.Equal(["shared/Domain/Domain.csproj"], ProjectsOf("shared/Platform/Platform.csproj"));

    [Fact]
    public void A_function_references_Platform_alone()
    {
        Rule.Holds(
            Repository.Projects.Where(path => path.StartsWith("functions/", StringComparison.Ordinal))
                .Where(path => path != "functions/Local/Local.csproj")
                .Where(path => !ProjectsOf(path).SequenceEqual(["shared/Platform/Platform.csproj"])
                    || ItemsOf(path, "PackageReference").Count > 0),
            "Functions meet in the database and in events: announce one, or put what both need into shared/.");
    }

    [Fact]
    public void Nothing_that_ships_references_the_tests()
    {
        Rule.Holds(
            Repository.Projects.Where(path => !path.StartsWith("tests/", StringComparison.Ordinal))
                .Where(path => ProjectsOf(path).Any(to => to.StartsWith("tests/", StringComparison.Ordinal))),
            "Move what is shared to functions/Local (stand-ins, servers) or to shared/.");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("Functions.sln").Replace('\\', '/');

        Rule.Holds(
            Repository.Projects.Where(path => !solution.Contains(path, StringComparison.Ordinal)),
            "Add it: dotnet sln Functions.sln add <project>.");
    }

    private static IReadOnlyList<string> ProjectsOf(string project) =>
    [
        .. ItemsOf(project, "ProjectReference").Select(to => Path.GetRelativePath(
            Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, to)).Replace('\\', '/')),
    ];

    private static IReadOnlyList<string> ItemsOf(string project, string item) =>
    [
        .. XDocument.Load(Repository.PathOf(project)).Descendants(item)
            .Select(element => element.Attribute("Include")?.Value).OfType<string>(),
    ];
}
