using System.Security.Cryptography;
using System.Text;

namespace Souk.Local.Servers;

/// <summary>A data folder fresh from initdb, kept in the cache: copying it takes a tenth of making it.</summary>
/// <param name="DataFolder">The folder to copy.</param>
/// <param name="Password">The superuser's password in it; whoever starts a copy changes it first.</param>
internal sealed record PostgresTemplate(string DataFolder, string Password)
{
    /// <summary>Part of the cache's key: raise it when the arguments of initdb change.</summary>
    private const int Revision = 1;

    /// <summary>The superuser's name.</summary>
    public const string Superuser = "postgres";

    /// <summary>Finds the template for this server in the cache, or makes it there.</summary>
    public static async Task<PostgresTemplate> EnsureAsync(
        string binFolder, UnprivilegedUser? user, Action<string> progress, CancellationToken cancellationToken)
    {
        string version = await PostgresBinaries.VersionAsync(binFolder, cancellationToken);
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Revision} {version}")))[..16];
        string kept = Path.Combine(CacheFolder.For("postgres"), key);
        if (!Directory.Exists(kept))
        {
            progress($"PostgreSQL: initdb, once for {version}");
            await MakeAsync(binFolder, user, kept, cancellationToken);
        }

        string password = await File.ReadAllTextAsync(Path.Combine(kept, "password"), cancellationToken);
        return new PostgresTemplate(Path.Combine(kept, "data"), password);
    }

    /// <summary>Copies it to where a server will run, under the user that will run it.</summary>
    public async Task CopyAsync(string target, UnprivilegedUser? user, CancellationToken cancellationToken)
    {
        await ShortCommand.RunAsync(["cp", "-Rp", DataFolder, target], null, cancellationToken);
        if (user is not null) await user.OwnAsync(target, cancellationToken);
    }

    private static async Task MakeAsync(
        string binFolder, UnprivilegedUser? user, string kept, CancellationToken cancellationToken)
    {
        using PrivateFolder work = PrivateFolder.Create();
        string made = work.Folder("made");
        string passwordFile = Path.Combine(made, "password");
        await File.WriteAllTextAsync(
            passwordFile, RandomNumberGenerator.GetHexString(32, lowercase: true), cancellationToken);
        if (user is not null) await user.OwnAsync(work.FullPath, cancellationToken);

        // 1 MiB segments: the copy is 24 MiB instead of 40.
        string[] initdb =
        [
            Path.Combine(binFolder, "initdb"), "--pgdata=" + Path.Combine(made, "data"), "--username=" + Superuser,
            "--pwfile=" + passwordFile, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--wal-segsize=1",
            "--no-sync", "--no-instructions",
        ];
        await ShortCommand.RunAsync(user?.Run(initdb) ?? initdb, work.FullPath, cancellationToken);

        // Built beside its place and renamed into it: another copy of the supervisor may do the same right now.
        string staged = $"{kept}.{Path.GetFileName(work.FullPath)}";
        await ShortCommand.RunAsync(["cp", "-Rp", made, staged], null, cancellationToken);
        try
        {
            Directory.Move(staged, kept);
        }
        catch (IOException) when (Directory.Exists(kept))
        {
            Directory.Delete(staged, recursive: true);
        }
    }
}
