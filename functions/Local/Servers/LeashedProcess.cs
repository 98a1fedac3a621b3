using System.Diagnostics;
using System.Globalization;

namespace Souk.Local.Servers;

/// <summary>A child process that cannot outlive the supervisor, however the supervisor dies.</summary>
/// <remarks>
/// A small shell stands between the two and holds the reading end of a pipe. The kernel closes the writing end
/// when the supervisor ends, also after <c>kill -9</c>, when no handler runs; the shell then signals the child and
/// kills it after its grace. Both run in a session of their own where <c>setsid</c> exists, so that Ctrl-C in a
/// terminal, or a signal to its process group, reaches the supervisor alone, which stops its children in order.
/// </remarks>
public sealed class LeashedProcess : IAsyncDisposable
{
    /// <summary>Lines kept for messages about a child that would not start.</summary>
    private const int RecentLinesMax = 200;

    // $1 signal, $2 grace in tenths of a second, then the command. The inner shell tells its process id and then
    // becomes the program, so the first line of output is always that id.
    internal const string Leash = """
        signal=$1; tenths=$2; shift 2
        trap : INT HUP TERM
        exec 3<&0
        /bin/sh -c 'echo "$$"; exec "$@"' leash "$@" </dev/null 3<&- &
        child=$!
        (
            trap '' INT HUP TERM
            read -r _ <&3
            kill -s "$signal" "$child" || exit 0
            while [ "$tenths" -gt 0 ] && kill -0 "$child"; do sleep 0.1; tenths=$((tenths - 1)); done
            kill -s KILL "$child"
        ) >/dev/null 2>&1 &
        watcher=$!
        while :; do
            wait "$child"; code=$?
            kill -0 "$child" 2>/dev/null || break
        done
        kill -s KILL "$watcher" 2>/dev/null
        exit "$code"
        """;

    private const string SetSid = "/usr/bin/setsid";

    private readonly Process _shell;
    private readonly Action<string>? _onLine;
    private readonly Lock _gate = new();
    private readonly Queue<string> _recentLines = new();
    private readonly List<(Predicate<string> Matches, TaskCompletionSource<string> Found)> _waiters = [];
    private readonly TaskCompletionSource<int> _started = NewSource<int>();
    private bool _hasEnded;
    private bool _isReleased;

    private LeashedProcess(Process shell, Action<string>? onLine)
    {
        _shell = shell;
        _onLine = onLine;
    }

    /// <summary>The process id of the program itself, not of the shell that leashes it.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Ends when the program has ended and its output is read; the result is its exit code (128 + n after
    /// signal n).</summary>
    public Task<int> Completion { get; private set; } = Task.FromResult(0);

    /// <summary>The last lines of output and error, oldest first.</summary>
    public IReadOnlyList<string> RecentOutput
    {
        get
        {
            lock (_gate) return [.. _recentLines];
        }
    }

    /// <summary>Starts the program and answers once its process exists; whether it is ready is for the caller to
    /// ask.</summary>
    /// <exception cref="InvalidOperationException">No shell could be started.</exception>
    public static async Task<LeashedProcess> StartAsync(LeashedCommand command, CancellationToken cancellationToken)
    {
        bool isApart = File.Exists(SetSid);
        ProcessStartInfo start = new(isApart ? SetSid : "/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        string[] leash =
            [.. isApart ? ["/bin/sh"] : Array.Empty<string>(), "-c", Leash, "leash",
                SignalName(command.StopSignal), Tenths(command.StopGrace), command.FileName, .. command.Arguments];
        foreach (string argument in leash) start.ArgumentList.Add(argument);
        foreach ((string name, string? value) in command.Environment) start.Environment[name] = value;

        Process shell = Process.Start(start) ?? throw new InvalidOperationException("The shell did not start.");
        LeashedProcess process = new(shell, command.OnLine);
        process.Completion = process.ReadToEndAsync();
        try
        {
            process.ProcessId = await process._started.Task.WaitAsync(cancellationToken);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for a line of output or error, also one that has already come.</summary>
    /// <exception cref="InvalidOperationException">The program ended without such a line; says what it
    /// printed.</exception>
    public async Task<string> WaitForLineAsync(Predicate<string> matches, CancellationToken cancellationToken)
    {
        TaskCompletionSource<string> found = NewSource<string>();
        lock (_gate)
        {
            foreach (string line in _recentLines)
            {
                if (matches(line)) return line;
            }

            if (_hasEnded) throw Ended();
            _waiters.Add((matches, found));
        }

        return await found.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Lets go of the leash: the program gets its stop signal, and SIGKILL after its grace.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Release();
        await Completion.WaitAsync(cancellationToken);
    }

    /// <summary>Kills the program with SIGKILL, as a crash would, and waits until it is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (!Completion.IsCompleted)
        {
            try
            {
                using Process program = Process.GetProcessById(ProcessId);
                program.Kill();
            }
            catch (ArgumentException)
            {
                // It ended by itself since the question was asked.
            }
        }

        await Completion.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _shell.Dispose();
    }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string Tenths(TimeSpan grace) =>
        ((long)(grace.TotalSeconds * 10)).ToString(CultureInfo.InvariantCulture);

    private static string SignalName(StopSignal signal) => signal switch
    {
        StopSignal.Terminate => "TERM",
        StopSignal.Interrupt => "INT",
        StopSignal.Quit => "QUIT",
        StopSignal.Kill => "KILL",
        _ => throw new UnreachableException(),
    };

    private void Release()
    {
        lock (_gate)
        {
            if (_isReleased) return;
            _isReleased = true;
        }

        _shell.StandardInput.Close();
    }

    private async Task<int> ReadToEndAsync()
    {
        // Off the caller's context and thread before the first line, so that StartAsync can never wait for itself.
        await Task.Yield();
        await Task.WhenAll(ReadAsync(_shell.StandardOutput, isFirst: true), ReadAsync(_shell.StandardError, false));
        await _shell.WaitForExitAsync(CancellationToken.None);
        lock (_gate)
        {
            _hasEnded = true;
            foreach ((_, TaskCompletionSource<string> found) in _waiters) found.TrySetException(Ended());
            _waiters.Clear();
        }

        _started.TrySetException(Ended());
        return _shell.ExitCode;
    }

    private async Task ReadAsync(StreamReader reader, bool isFirst)
    {
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (isFirst)
            {
                isFirst = false;
                _started.TrySetResult(int.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture));
                continue;
            }

            Keep(line);
            _onLine?.Invoke(line);
        }
    }

    private void Keep(string line)
    {
        lock (_gate)
        {
            _recentLines.Enqueue(line);
            if (_recentLines.Count > RecentLinesMax) _recentLines.Dequeue();
            for (int index = _waiters.Count - 1; index >= 0; index--)
            {
                if (!_waiters[index].Matches(line)) continue;
                _waiters[index].Found.TrySetResult(line);
                _waiters.RemoveAt(index);
            }
        }
    }

    private InvalidOperationException Ended() =>
        new($"The program ended (exit code {_shell.ExitCode}). Its last output:\n{string.Join('\n', RecentOutput)}");
}
