using Souk.Local.Servers;

namespace Souk.Local.Supervision;

/// <summary>The platform's functions, running as children of this process and ending with it.</summary>
public sealed class FunctionFleet : IAsyncDisposable
{
    private readonly List<FunctionProcess> _processes;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly FunctionLogs _logs;

    internal FunctionFleet(
        FleetOptions options, IReadOnlyList<FunctionPlace> places, string settingsPath, string logFolder)
    {
        _logs = new FunctionLogs(logFolder, options.OnLine);
        _processes = options.Mode == FleetMode.Together
            ? [Process(HostedFunctions.Command, places, FunctionPrograms.Together(places, settingsPath))]
            : [.. places.Select(place => Process(
                place.Function, [place], Separate(options, place, settingsPath)))];
    }

    /// <summary>The functions it runs.</summary>
    public IEnumerable<string> Functions =>
        _processes.SelectMany(process => process.Places).Select(place => place.Function);

    /// <summary>Every line that the functions have written, in files of this folder.</summary>
    public string LogFolder => _logs.Folder;

    /// <summary>Starts all of them and waits until each answers its probe.</summary>
    /// <exception cref="InvalidOperationException">One ended or was not ready in time.</exception>
    public Task StartAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_processes.Select(process => process.StartAsync(cancellationToken)));

    /// <summary>Where a function listens.</summary>
    public Uri UrlOf(string function) => ProcessOf(function).Places.Single(place => place.Function == function).Url;

    /// <summary>The id of the process that a function runs in; 0 while it is down.</summary>
    public int ProcessIdOf(string function) => ProcessOf(function).ProcessId;

    /// <summary>Kills the process that a function runs in (with all others that share it) by SIGKILL.</summary>
    public Task KillAsync(string function, CancellationToken cancellationToken) =>
        ProcessOf(function).KillAsync(cancellationToken);

    /// <summary>Starts a killed function again on the same port and waits until it is ready.</summary>
    public Task RestartAsync(string function, CancellationToken cancellationToken) =>
        ProcessOf(function).StartAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_processes.Select(process => process.DisposeAsync().AsTask()));
        _http.Dispose();
        await _logs.DisposeAsync();
    }

    private static LeashedCommand Separate(FleetOptions options, FunctionPlace place, string settingsPath)
    {
        LeashedCommand command = FunctionPrograms.Separate(place, settingsPath, options.AheadFolder);
        Dictionary<string, string?> environment = new(command.Environment);
        foreach ((string name, string? value) in options.SettingsOf(place.Function)) environment[name] = value;
        return command with { Environment = environment };
    }

    private FunctionProcess ProcessOf(string function) =>
        _processes.Find(process => process.Places.Any(place => place.Function == function))
        ?? throw new ArgumentException($"{function} does not run here.", nameof(function));

    private FunctionProcess Process(string name, IReadOnlyList<FunctionPlace> places, LeashedCommand command) =>
        new(name, places, command, line => _logs.Write(name, line), _http);
}
