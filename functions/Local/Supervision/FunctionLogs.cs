namespace Souk.Local.Supervision;

/// <summary>Keeps what the functions write, one file a process.</summary>
internal sealed class FunctionLogs(string folder, Action<string, string>? onLine) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StreamWriter> _files = [];
    private bool _isClosed;

    /// <summary>Where the files are.</summary>
    public string Folder => folder;

    /// <summary>Adds a line to a process's file; a line that comes after the end is dropped.</summary>
    public void Write(string process, string line)
    {
        lock (_gate)
        {
            if (_isClosed) return;
            if (!_files.TryGetValue(process, out StreamWriter? file))
            {
                file = new StreamWriter(Path.Combine(folder, $"{process}.log")) { AutoFlush = true };
                _files[process] = file;
            }

            file.WriteLine(line);
        }

        onLine?.Invoke(process, line);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (StreamWriter file in _files.Values) file.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
