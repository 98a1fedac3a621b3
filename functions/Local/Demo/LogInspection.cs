using System.Text.RegularExpressions;
using Souk.Local.Supervision;

namespace Souk.Local.Demo;

/// <summary>Reads every line that the functions logged and looks for what must never be there.</summary>
public static partial class LogInspection
{
    /// <summary>Fails on the first secret, token, signature or e-mail in any log line, and counts the lines.</summary>
    public static Task RequireNoSecretsAsync(
        LocalPlatform platform, IEnumerable<string> sensitive, StepPrinter printer, CancellationToken cancellationToken)
    {
        string[] known =
        [
            platform.World.ZoneSignerKey,
            platform.World.Alchemy.ManagementToken,
            .. platform.World.Hooks.Values.Select(hook => hook.SigningKey),
            .. sensitive,
        ];
        return printer.RunAsync(async () =>
        {
            int lines = 0;
            foreach (string file in Directory.EnumerateFiles(platform.Functions.LogFolder))
            {
                await foreach (string line in ReadAsync(file, cancellationToken))
                {
                    lines++;
                    Inspect(line, known);
                }
            }

            DemoFailedException.Unless(lines > 0, "The functions logged something.");
            return $"None of {lines} log lines holds a secret, token, signature or e-mail";
        });
    }

    private static void Inspect(string line, string[] known)
    {
        string kind = line switch
        {
            _ when TokenPattern().IsMatch(line) => "a signed token",
            _ when SignaturePattern().IsMatch(line) => "a signature or call data",
            _ when EmailPattern().IsMatch(line) => "an e-mail address",
            _ when known.Any(secret => line.Contains(secret, StringComparison.Ordinal)) => "a secret of this run",
            _ => "",
        };
        DemoFailedException.Unless(kind.Length == 0, $"A log line holds {kind}.");
    }

    // The functions still hold the files open: share them.
    private static async IAsyncEnumerable<string> ReadAsync(
        string file, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            yield return line;
    }

    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")]
    private static partial Regex TokenPattern();

    [GeneratedRegex("(0x)?[0-9a-fA-F]{128,}")]
    private static partial Regex SignaturePattern();

    [GeneratedRegex("[A-Za-z0-9._-]+@[A-Za-z0-9-]+\\.[a-z]{2,}")]
    private static partial Regex EmailPattern();
}
