using System.Globalization;

namespace Souk.Local.Servers;

/// <summary>Whom a server runs as when the supervisor is root: PostgreSQL refuses to run as root.</summary>
/// <param name="UserId">Its numeric user id.</param>
/// <param name="GroupId">Its numeric group id.</param>
internal sealed record UnprivilegedUser(int UserId, int GroupId)
{
    private const int NobodyId = 65_534;
    private static readonly string[] ProgramFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <summary>The user to step down to; null when the supervisor is no root and nothing has to be done.</summary>
    public static UnprivilegedUser? Find()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess) return null;
        foreach (string line in File.Exists("/etc/passwd") ? File.ReadLines("/etc/passwd") : [])
        {
            string[] fields = line.Split(':');
            if (fields.Length > 3 && fields[0] == "nobody") return new UnprivilegedUser(Id(fields[2]), Id(fields[3]));
        }

        return new UnprivilegedUser(NobodyId, NobodyId);
    }

    /// <summary>The command that becomes <paramref name="command"/> under this user, keeping its process id.</summary>
    /// <exception cref="InvalidOperationException">The machine has no program for it.</exception>
    public IReadOnlyList<string> Run(IReadOnlyList<string> command)
    {
        if (OnPath("setpriv") is { } setpriv)
            return [setpriv, $"--reuid={UserId}", $"--regid={GroupId}", "--clear-groups", .. command];
        if (OnPath("chroot") is { } chroot)
            return [chroot, $"--userspec={UserId}:{GroupId}", "--groups=", "/", .. command];
        throw new InvalidOperationException("Running as root needs setpriv (util-linux), to start PostgreSQL.");
    }

    /// <summary>Gives a folder and all in it to this user.</summary>
    public Task OwnAsync(string folder, CancellationToken cancellationToken) =>
        ShortCommand.RunAsync(["chown", "-R", $"{UserId}:{GroupId}", folder], null, cancellationToken);

    private static int Id(string text) => (int)uint.Parse(text, CultureInfo.InvariantCulture);

    private static string? OnPath(string name) =>
        ProgramFolders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
