using System.Diagnostics;

namespace Souk.Local.Servers;

/// <summary>Runs a program to its end: for commands of a second or so, such as initdb or chown.</summary>
internal static class ShortCommand
{
    /// <summary>Runs it and answers its standard output.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; says what it
    /// printed.</exception>
    public static async Task<string> RunAsync(
        IReadOnlyList<string> command, string? folder, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (string argument in command.Skip(1)) start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]}: no start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode == 0) return await output;
        throw new InvalidOperationException(
            $"{Path.GetFileName(command[0])} ended with code {process.ExitCode}.\n{await output}{await error}");
    }
}
