namespace Souk.Local.Supervision;

/// <summary>How the functions are run.</summary>
public enum FleetMode
{
    /// <summary>All in one process.</summary>
    Together,

    /// <summary>Each as its own program, compiled as it runs.</summary>
    Separate,

    /// <summary>Each as its own program, compiled ahead of time.</summary>
    Ahead,
}

/// <summary>How a <see cref="FunctionFleet"/> runs its functions.</summary>
public sealed record FleetOptions
{
    /// <summary>In how many processes, and compiled when.</summary>
    /// <value>The default is <see cref="FleetMode.Together"/>.</value>
    public FleetMode Mode { get; init; } = FleetMode.Together;

    /// <summary>Where the programs compiled ahead of time are; for <see cref="FleetMode.Ahead"/> only.</summary>
    public string? AheadFolder { get; init; }

    /// <summary>Which functions to run.</summary>
    /// <value>The default is all of them.</value>
    public IReadOnlyCollection<string> Functions { get; init; } = FunctionCatalog.Names;

    /// <summary>A function's own settings over the shared file, by the names of environment variables; for functions
    /// that each run as their own program.</summary>
    /// <value>The default is none.</value>
    public Func<string, IReadOnlyDictionary<string, string?>> SettingsOf { get; init; } =
        _ => new Dictionary<string, string?>();

    /// <summary>Told each line that a function writes, after its process's name; must not block.</summary>
    public Action<string, string>? OnLine { get; init; }
}
