using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Souk.Local.Servers;

namespace Souk.Benchmarks;

/// <summary>One start of a program.</summary>
/// <param name="FirstMs">From the start of the process to the whole first 200, in milliseconds.</param>
/// <param name="UsefulMs">From the start of the process to the whole first useful answer, in milliseconds.</param>
/// <param name="ResidentMiB">Resident memory right after it.</param>
internal sealed record ColdRun(double FirstMs, double UsefulMs, double ResidentMiB)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Starts the program twice: once for each clock, so that the one answer does not warm up the other.
    /// </summary>
    internal static async Task<ColdRun> MeasureAsync(
        LeashedCommand command, int port, string token, CancellationToken cancellationToken)
    {
        (double firstMs, _) = await TimeAsync(command, port, "/health/readiness", token, cancellationToken);
        (double usefulMs, double resident) = await TimeAsync(command, port, "/v1/me", token, cancellationToken);
        return new ColdRun(firstMs, usefulMs, resident);
    }

    private static async Task<(double Ms, double ResidentMiB)> TimeAsync(
        LeashedCommand command, int port, string path, string token, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(command.FileName, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = command.WorkingDirectory,
        };
        foreach ((string name, string? value) in command.Environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        long startedAt = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        try
        {
            await GetAsync(port, path, token, cancellationToken);
            double elapsed = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
            return (elapsed, ReadResidentMiB(process.Id));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(cancellationToken);
        }
    }

    private static async Task GetAsync(int port, string path, string token, CancellationToken cancellationToken)
    {
        byte[] request = Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
        using Socket socket = await ConnectAsync(port, cancellationToken);
        await socket.SendAsync(request, cancellationToken);
        byte[] buffer = new byte[8192];
        int length = 0;
        int read;
        while ((read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken)) > 0)
            length += read;
        string answer = Encoding.ASCII.GetString(buffer, 0, length);
        if (!answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
            throw new InvalidOperationException($"{path} answered {answer.Split('\r')[0]}.");
    }

    private static async Task<Socket> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Pause);
        while (true)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    private static double ReadResidentMiB(int processId)
    {
        string line = File.ReadLines($"/proc/{processId}/status")
            .First(it => it.StartsWith("VmRSS:", StringComparison.Ordinal));
        string kib = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return double.Parse(kib, CultureInfo.InvariantCulture) / 1024;
    }
}
