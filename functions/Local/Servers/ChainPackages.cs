using System.Security.Cryptography;

namespace Souk.Local.Servers;

/// <summary>The npm packages that hold the EVM node and Seaport's bytecode, installed once a user.</summary>
/// <remarks>
/// They live in the user's cache under a name made of the lock file, so that clones and versions of this repository
/// neither install twice nor take each other's packages away.
/// </remarks>
public static class ChainPackages
{
    private static readonly string[] Files = ["package.json", "package-lock.json"];

    /// <summary>Makes sure that the packages are installed and answers the path of <c>node_modules</c>.</summary>
    /// <param name="progress">Told one line before a wait that a person would notice.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="InvalidOperationException">npm is missing, or it failed.</exception>
    public static async Task<string> EnsureAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        byte[][] contents = [.. Files.Select(ReadResource)];
        string version = Convert.ToHexStringLower(SHA256.HashData([.. contents[0], .. contents[1]]))[..12];
        string folder = CacheFolder.For($"chain-{version}");
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

    /// <summary>The EVM node's program; on a platform that the packages have none for, anvil from PATH.</summary>
    internal static async Task<string> FindAnvilAsync(CancellationToken cancellationToken)
    {
        string modules = await EnsureAsync(_ => { }, cancellationToken);
        string shipped = Path.Combine(modules, "@foundry-rs", "anvil-linux-amd64", "bin", "anvil");
        return File.Exists(shipped) ? shipped : "anvil";
    }

    private static byte[] ReadResource(string file)
    {
        using Stream stream = typeof(ChainPackages).Assembly.GetManifestResourceStream($"npm/chain/{file}")
            ?? throw new InvalidOperationException($"The build did not embed npm/chain/{file}.");
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
