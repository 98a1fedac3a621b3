namespace Souk.Architecture.Tests.Tree;

/// <summary>The repository around the tests, and the text files in it.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs =
        [".git", "artifacts", "node_modules", "bin", "obj", "TestResults", ".vs", ".idea"];

    private static readonly string[] Binary = [".png", ".jpg", ".ico", ".gz", ".zip", ".dll", ".so"];

    private static readonly Lazy<IReadOnlyList<string>> Listed = new(() => [.. List(new DirectoryInfo(Root!))]);

    /// <summary>Where Functions.sln is.</summary>
    public static string Root { get; } = Find();

    /// <summary>Every file of ours, relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Files => Listed.Value;

    /// <summary>Those of them that hold text.</summary>
    public static IEnumerable<string> TextFiles =>
        Files.Where(path => !Binary.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));

    /// <summary>The project files.</summary>
    public static IEnumerable<string> Projects =>
        Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>The functions' folders that are services: neither the machine itself nor the migration job.</summary>
    public static IReadOnlyList<string> Services { get; } =
    [
        .. Projects.Where(path => path.StartsWith("functions/", StringComparison.Ordinal))
            .Select(path => path.Split('/')[1]).Except(["Local", "Migrate"]).Order(StringComparer.Ordinal),
    ];

    /// <summary>A file's place on this machine.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>A file's text, with line feeds.</summary>
    public static string Read(string relative) => File.ReadAllText(PathOf(relative)).ReplaceLineEndings("\n");

    private static IEnumerable<string> List(DirectoryInfo folder)
    {
        foreach (FileInfo file in folder.EnumerateFiles())
            yield return Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
        foreach (DirectoryInfo child in folder.EnumerateDirectories())
        {
            if (NotOurs.Contains(child.Name)) continue;
            foreach (string path in List(child)) yield return path;
        }
    }

    private static string Find()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Functions.sln"))) at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("There is no Functions.sln above the tests.");
    }
}
