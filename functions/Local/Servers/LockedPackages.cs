using System.Security.Cryptography;

namespace Souk.Local.Servers;

/// <summary>npm packages that a lock file inside this assembly names, installed once a user.</summary>
/// <remarks>
/// They live in the user's cache under a name made of the lock file, so that clones and versions of this repository
/// neither install twice nor take each other's packages away.
/// </remarks>
internal static class LockedPackages
{
    private static readonly string[] Files = ["package.json", "package-lock.json"];

    /// <summary>Makes sure that they are installed and answers the path of <c>node_modules</c>.</summary>
    /// <param name="name">The folder's name under functions/Local/npm.</param>
    /// <param name="progress">Told one line before a wait that a person would notice.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="InvalidOperationException">npm is missing, or it failed.</exception>
    public static async Task<string> EnsureAsync(
        string name, Action<string> progress, CancellationToken cancellationToken)
    {
        byte[][] contents = [.. Files.Select(file => ReadResource($"npm/{name}/{file}"))];
        string version = Convert.ToHexStringLower(SHA256.HashData([.. contents[0], .. contents[1]]))[..12];
        string folder = CacheFolder.For($"{name}-{version}");
        for (int index = 0; index < Files.Length; index++)
        {
            string path = Path.Combine(folder, Files[index]);
            if (File.Exists(path)) continue;

            // Moved into place whole: another process may be reading it.
            string partial = $"{path}.{Guid.NewGuid():N}";
            await File.WriteAllBytesAsync(partial, contents[index], cancellationToken);
            File.Move(partial, path, overwrite: true);
        }

        return await NpmPackages.EnsureAsync(folder, progress, cancellationToken);
    }

    private static byte[] ReadResource(string resource)
    {
        using Stream stream = typeof(LockedPackages).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The build did not embed {resource}.");
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
