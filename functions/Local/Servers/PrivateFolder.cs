using System.Globalization;

namespace Souk.Local.Servers;

/// <summary>A folder of this run alone, with a short path, that goes when the run ends.</summary>
/// <remarks>
/// Unix sockets allow about 100 octets of path, so the folder lies directly under the temp folder. A supervisor that
/// was killed cannot tidy up; whoever makes the next folder does it, for a lock says which folders are still in use.
/// </remarks>
internal sealed class PrivateFolder : IDisposable
{
    private const string Prefix = "souk-run-";
    private const int RootLengthMax = 40;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // A folder is made a moment before its lock; nobody sweeps one this young.
    private static readonly TimeSpan SweepAgeMin = TimeSpan.FromMinutes(2);

    private readonly FileStream _lock;

    private PrivateFolder(string path, FileStream @lock)
    {
        FullPath = path;
        _lock = @lock;
    }

    /// <summary>Where it is, without a trailing slash.</summary>
    public string FullPath { get; }

    /// <summary>Makes a folder that only this user can enter.</summary>
    public static PrivateFolder Create()
    {
        string temp = Path.TrimEndingDirectorySeparator(Path.GetTempPath());
        string root = temp.Length <= RootLengthMax ? temp : "/tmp";
        Sweep(root);
        string name = Prefix + Random.Shared.NextInt64(1L << 40).ToString("x10", CultureInfo.InvariantCulture);
        string path = Path.Combine(root, name);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
        return new PrivateFolder(path, Lock(path));
    }

    /// <summary>A folder inside, made if need be, that only this user can enter.</summary>
    public string Folder(string name)
    {
        string path = Path.Combine(FullPath, name);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
        Remove(FullPath);
    }

    private static FileStream Lock(string folder) =>
        new(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void Sweep(string root)
    {
        DateTime before = DateTime.UtcNow - SweepAgeMin;
        foreach (string folder in Directory.EnumerateDirectories(root, Prefix + "*"))
        {
            if (Directory.GetCreationTimeUtc(folder) > before) continue;
            try
            {
                Lock(folder).Dispose();
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another run uses it, or it is another user's.
            }
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Removed by hand: nothing is left to do.
        }
    }
}
