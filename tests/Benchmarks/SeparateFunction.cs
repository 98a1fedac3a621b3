using System.Diagnostics;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Local.Supervision;

namespace Souk.Benchmarks;

/// <summary>A function as a process of its own, with its log in a file: a reader of a pipe would take its share of the
/// machine.</summary>
internal sealed class SeparateFunction : IAsyncDisposable
{
    private readonly Process _process;

    private SeparateFunction(FunctionPlace place, Process process) => (Place, _process) = (place, process);

    /// <summary>Where it listens.</summary>
    internal FunctionPlace Place { get; }

    /// <summary>Its process id.</summary>
    internal int ProcessId => _process.Id;

    /// <summary>Starts it where the world expects it, and waits until it is ready.</summary>
    /// <param name="world">Its world.</param>
    /// <param name="function">Its name.</param>
    /// <param name="aheadFolder">Where it was published ahead of time; null: compiled as it runs.</param>
    /// <param name="settings">What is set other than in the world's file, such as <c>Broker__Url</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task<SeparateFunction> StartAsync(
        World world,
        string function,
        string? aheadFolder,
        IReadOnlyDictionary<string, string> settings,
        CancellationToken cancellationToken)
    {
        FunctionPlace place = world.Places.Single(it => it.Function == function);
        LeashedCommand command = FunctionPrograms.Separate(place, world.SettingsPath, aheadFolder);
        ProcessStartInfo start = new("/bin/sh")
        {
            ArgumentList = { "-c", "log=$1; shift; exec \"$@\" > \"$log\"", "sh" },
            WorkingDirectory = command.WorkingDirectory,
        };
        string log = Path.Combine(world.Folder("benchmark"), "log");
        foreach (string argument in new[] { log, command.FileName }.Concat(command.Arguments))
            start.ArgumentList.Add(argument);
        foreach ((string name, string? value) in command.Environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        foreach ((string name, string value) in settings) start.Environment[name] = value;
        SeparateFunction started = new(place, Process.Start(start)!);
        await started.WaitUntilReadyAsync(cancellationToken);
        return started;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using HttpClient http = new();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (_process.HasExited) throw new InvalidOperationException($"{Place.Function} did not start.");
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(
                    new Uri(Place.Url, "health/readiness"), cancellationToken);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }
    }
}
