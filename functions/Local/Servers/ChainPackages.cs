namespace Souk.Local.Servers;

/// <summary>The npm packages that hold the EVM node and Seaport's bytecode, installed once a user.</summary>
public static class ChainPackages
{
    /// <summary>Makes sure that the packages are installed and answers the path of <c>node_modules</c>.</summary>
    /// <param name="progress">Told one line before a wait that a person would notice.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="InvalidOperationException">npm is missing, or it failed.</exception>
    public static Task<string> EnsureAsync(Action<string> progress, CancellationToken cancellationToken) =>
        LockedPackages.EnsureAsync("chain", progress, cancellationToken);

    /// <summary>The EVM node's program; on a platform that the packages have none for, anvil from PATH.</summary>
    internal static async Task<string> FindAnvilAsync(CancellationToken cancellationToken)
    {
        string modules = await EnsureAsync(_ => { }, cancellationToken);
        string shipped = Path.Combine(modules, "@foundry-rs", "anvil-linux-amd64", "bin", "anvil");
        return File.Exists(shipped) ? shipped : "anvil";
    }
}
