namespace Souk.Local.Servers;

/// <summary>How a private PostgreSQL server is started.</summary>
public sealed record LocalPostgresOptions
{
    /// <summary>The folder that holds <c>postgres</c> and <c>initdb</c>.</summary>
    /// <value>The default is null: the newest Debian one, else the one on PATH, else the one from npm.</value>
    public string? BinFolder { get; init; }

    /// <summary>Whether a commit waits for the disk, as in production.</summary>
    /// <value>The default is true; tests that never cut the power say false and run several times faster.</value>
    public bool IsDurable { get; init; } = true;

    /// <summary>Whether it listens on a loopback TCP port besides its unix socket.</summary>
    /// <value>The default is false.</value>
    public bool HasTcp { get; init; }

    /// <summary>Whether TCP takes only TLS connections, with a certificate made for this run.</summary>
    /// <value>The default is false.</value>
    public bool RequiresTls { get; init; }

    /// <summary>How many connections it takes at once.</summary>
    /// <value>The default is 200.</value>
    public int ConnectionsMax { get; init; } = 200;
}
