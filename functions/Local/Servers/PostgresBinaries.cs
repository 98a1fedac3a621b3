using System.Globalization;

namespace Souk.Local.Servers;

/// <summary>Finds PostgreSQL 15 or newer on this machine.</summary>
internal static class PostgresBinaries
{
    private const int MajorMin = 15;

    /// <summary>The folder with <c>postgres</c> and <c>initdb</c>.</summary>
    /// <exception cref="InvalidOperationException">There is none, or the configured folder holds none.</exception>
    public static async Task<string> FindAsync(string? configured, CancellationToken cancellationToken)
    {
        if (configured is not null && !Holds(configured))
            throw new InvalidOperationException($"{configured} holds no postgres and initdb.");
        return configured ?? FromDebian() ?? await FromPathAsync(cancellationToken)
            ?? throw new InvalidOperationException("No PostgreSQL 15 or newer was found.");
    }

    /// <summary>What the server in a folder says it is, such as <c>postgres (PostgreSQL) 15.18 (Debian ...)</c>.</summary>
    public static async Task<string> VersionAsync(string folder, CancellationToken cancellationToken) =>
        (await ShortCommand.RunAsync([Path.Combine(folder, "postgres"), "--version"], null, cancellationToken)).Trim();

    // Debian and Ubuntu keep one folder a major version, off the PATH.
    private static string? FromDebian()
    {
        const string root = "/usr/lib/postgresql";
        return !Directory.Exists(root) ? null : Directory.EnumerateDirectories(root)
            .Select(folder => (Folder: Path.Combine(folder, "bin"), Major: Major(Path.GetFileName(folder))))
            .Where(found => found.Major >= MajorMin && Holds(found.Folder))
            .OrderByDescending(found => found.Major)
            .Select(found => found.Folder)
            .FirstOrDefault();
    }

    private static async Task<string?> FromPathAsync(CancellationToken cancellationToken)
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (string folder in path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Holds))
        {
            string version = await VersionAsync(folder, cancellationToken);
            string number = version.Split(' ').FirstOrDefault(word => char.IsAsciiDigit(word.FirstOrDefault())) ?? "";
            if (Major(number) >= MajorMin) return folder;
        }

        return null;
    }

    private static int Major(string version) =>
        int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : 0;

    private static bool Holds(string folder) =>
        File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb"));
}
