using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Souk.Platform.Configuration;

namespace Souk.Platform.Postgres;

/// <summary>Where PostgreSQL is; user and password come from Vault.</summary>
public sealed class PostgresOptions
{
    /// <summary>Host name, address, or the folder of a unix socket.</summary>
    [Required]
    public string Host { get; set; } = "";

    /// <summary>The port.</summary>
    /// <value>The default is 5432.</value>
    [Range(1, 65535)]
    public int Port { get; set; } = 5432;

    /// <summary>The database.</summary>
    [Required]
    public string Database { get; set; } = "";

    /// <summary>The most connections that one instance opens.</summary>
    /// <value>The default is 8: with the services' max-scale it must stay under 80 % of the plan's connections.</value>
    [Range(1, 100)]
    public int PoolSizeMax { get; set; } = 8;

    /// <summary>Whether the connection is encrypted and the server's name checked.</summary>
    /// <value>The default is false, for a unix socket or loopback.</value>
    public bool Tls { get; set; }

    /// <summary>The certificate authority to trust, as a PEM file; null trusts the system's.</summary>
    public string? RootCertificatePath { get; set; }

    /// <summary>How long a statement may run.</summary>
    /// <value>The default is 10 seconds.</value>
    [Duration("00:00:01", "00:05:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>Checks <see cref="PostgresOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class PostgresOptionsValidator : IValidateOptions<PostgresOptions>;
