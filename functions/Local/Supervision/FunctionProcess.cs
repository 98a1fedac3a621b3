using Souk.Local.Servers;

namespace Souk.Local.Supervision;

/// <summary>A process that hosts one function or all of them: started, killed, and started again on the same
/// ports.</summary>
internal sealed class FunctionProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(20);

    private readonly LeashedCommand _command;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _turn = new(1);
    private LeashedProcess? _process;

    public FunctionProcess(
        string name,
        IReadOnlyList<FunctionPlace> places,
        LeashedCommand command,
        Action<string> onLine,
        HttpClient http)
    {
        Name = name;
        Places = places;
        _command = command with { OnLine = onLine };
        _http = http;
    }

    /// <summary>The function's name; of a shared process, <c>functions</c>.</summary>
    public string Name { get; }

    /// <summary>The functions in it.</summary>
    public IReadOnlyList<FunctionPlace> Places { get; }

    /// <summary>Its process id now; 0 when it does not run.</summary>
    public int ProcessId => _process is { Completion.IsCompleted: false } running ? running.ProcessId : 0;

    /// <summary>Starts it, unless it runs, and waits until its functions answer their probes.</summary>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time; says what it
    /// printed.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (ProcessId != 0) return;
            if (_process is not null) await _process.DisposeAsync();
            _process = await LeashedProcess.StartAsync(_command, cancellationToken);
            foreach (FunctionPlace place in Places) await WaitUntilReadyAsync(_process, place, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Kills it with SIGKILL and waits until it is gone; it stays down until it is started again.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_process is not null) await _process.KillAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _turn.Dispose();
    }

    private async Task WaitUntilReadyAsync(
        LeashedProcess process, FunctionPlace place, CancellationToken cancellationToken)
    {
        Uri probe = new(place.Url, "health/readiness");
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ReadyTimeout);
        try
        {
            while (!await AnswersAsync(probe, deadline.Token))
            {
                if (process.Completion.IsCompleted) throw NotReady("ended", place, process);
                await Task.Delay(ProbeInterval, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw NotReady("was not ready in time", place, process);
        }
    }

    private async Task<bool> AnswersAsync(Uri probe, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(probe, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static InvalidOperationException NotReady(string what, FunctionPlace place, LeashedProcess process) =>
        new($"{place.Function} {what}. Its last output:\n{string.Join('\n', process.RecentOutput)}");
}
