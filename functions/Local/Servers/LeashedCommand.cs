namespace Souk.Local.Servers;

/// <summary>What a <see cref="LeashedProcess"/> runs, and how it is asked to stop.</summary>
/// <param name="FileName">The program: a path, or a name to look up in <c>PATH</c>.</param>
/// <param name="Arguments">Its arguments, passed as they are: no shell splits or expands them.</param>
public sealed record LeashedCommand(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables set (or, with null, removed) on top of the supervisor's own environment.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The folder it starts in.</summary>
    /// <value>The default is the supervisor's own current folder.</value>
    public string? WorkingDirectory { get; init; }

    /// <summary>The signal that asks it to stop, when the leash is let go or by <c>StopAsync</c>.</summary>
    /// <value>The default is <see cref="StopSignal.Terminate"/>.</value>
    public StopSignal StopSignal { get; init; } = StopSignal.Terminate;

    /// <summary>How long it may take to stop before it is killed, in whole seconds.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Called with each line of output and error as it arrives; must not block.</summary>
    public Action<string>? OnLine { get; init; }
}

/// <summary>How a program likes to be asked to stop.</summary>
public enum StopSignal
{
    /// <summary>SIGTERM: what a container engine sends. Functions drain and exit.</summary>
    Terminate,

    /// <summary>SIGINT: PostgreSQL's fast shutdown. A .NET program must not use it: a shell starts background
    /// commands with SIGINT ignored, and the runtime leaves an ignored signal ignored.</summary>
    Interrupt,

    /// <summary>SIGQUIT: PostgreSQL's immediate shutdown.</summary>
    Quit,

    /// <summary>SIGKILL: for programs with nothing to lose.</summary>
    Kill,
}
