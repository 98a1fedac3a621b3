using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Souk.Local.Servers;

/// <summary>Installs the packages that a folder's <c>package-lock.json</c> names, once for all processes.</summary>
/// <remarks>
/// <c>npm ci</c> deletes <c>node_modules</c> before it fills it, so two at once destroy each other's work: one lock
/// file a folder lets one process install while the others wait. A stamp holding the lock file's hash tells them
/// that nothing is left to do; it is written last, so a killed installation is done again. Depends on the base
/// class library alone, for test projects that do not reference Local compile this one file in.
/// </remarks>
public static class NpmPackages
{
    /// <summary>How often a waiting process looks whether the installing one has finished.</summary>
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How much of npm's answer goes into the exception: it says what is wrong, then how it is used.</summary>
    private const int ErrorCharactersMax = 4000;

    /// <summary>Makes sure that <c>node_modules</c> holds what the lock file says.</summary>
    /// <param name="folderWithLock">The folder of <c>package.json</c> and <c>package-lock.json</c>.</param>
    /// <param name="progress">Told one line before a wait that a person would notice.</param>
    /// <param name="cancellationToken">Stops the wait, and npm with it.</param>
    /// <returns>The full path of <c>node_modules</c>.</returns>
    /// <exception cref="InvalidOperationException">npm is not installed, or it failed.</exception>
    public static async Task<string> EnsureAsync(
        string folderWithLock, Action<string> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        string folder = Path.GetFullPath(folderWithLock);
        string modules = Path.Combine(folder, "node_modules");
        string stamp = Path.Combine(modules, ".souk-stamp");
        string wanted = await HashAsync(folder, cancellationToken);
        if (await IsStampedAsync(stamp, wanted, cancellationToken)) return modules;

        await using FileStream held = await LockAsync(folder, progress, cancellationToken);
        if (await IsStampedAsync(stamp, wanted, cancellationToken)) return modules;

        progress($"Installing the npm packages of {folder} ...");
        await InstallAsync(folder, cancellationToken);
        Directory.CreateDirectory(modules);
        await File.WriteAllTextAsync(stamp, wanted, cancellationToken);
        return modules;
    }

    private static async Task<string> HashAsync(string folder, CancellationToken cancellationToken)
    {
        byte[] package = await File.ReadAllBytesAsync(Path.Combine(folder, "package.json"), cancellationToken);
        byte[] locked = await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"), cancellationToken);
        return Convert.ToHexStringLower(SHA256.HashData([.. SHA256.HashData(package), .. SHA256.HashData(locked)]));
    }

    private static async Task<bool> IsStampedAsync(string stamp, string wanted, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(stamp, cancellationToken) == wanted;
        }
        catch (IOException)
        {
            // Absent, or being deleted by an installation under way: then the lock decides.
            return false;
        }
    }

    private static async Task<FileStream> LockAsync(
        string folder, Action<string> progress, CancellationToken cancellationToken)
    {
        // Outside the folder, for npm deletes node_modules and anything else in it would need an ignore rule.
        // One a user: another user's file could not be opened.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.UserName}:{folder}"));
        string path = Path.Combine(Path.GetTempPath(), $"souk-npm-{Convert.ToHexStringLower(hash)[..16]}.lock");
        bool isTold = false;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                if (!isTold) progress($"Waiting for another process that installs the packages of {folder} ...");
                isTold = true;
                await Task.Delay(LockPollInterval, TimeProvider.System, cancellationToken);
            }
        }
    }

    private static async Task InstallAsync(string folder, CancellationToken cancellationToken)
    {
        using Process npm = Start(folder);
        try
        {
            Task<string> output = npm.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = npm.StandardError.ReadToEndAsync(cancellationToken);
            string said = await errors + await output;
            await npm.WaitForExitAsync(cancellationToken);
            if (npm.ExitCode == 0) return;

            string start = said[..Math.Min(said.Length, ErrorCharactersMax)];
            throw new InvalidOperationException($"npm ci in {folder} ended with {npm.ExitCode}: {start}");
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(string folder)
    {
        var start = new ProcessStartInfo
        {
            // The prefix keeps npm in this folder even where a parent holds a package.json.
            FileName = OperatingSystem.IsWindows() ? "npm.cmd" : "npm",
            ArgumentList = { "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund" },
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("npm did not start.");
        }
        catch (Win32Exception absent)
        {
            throw new InvalidOperationException("npm is not installed: Node.js 20 or later is needed.", absent);
        }
    }
}
