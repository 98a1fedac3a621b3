using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Souk.Platform.Configuration;

namespace Souk.Platform.Redis;

/// <summary>Where the RESP server is; user and password come from Vault.</summary>
public sealed class RedisOptions
{
    /// <summary>Host and port, such as <c>valkey:6379</c>.</summary>
    [Required]
    public string Endpoint { get; set; } = "";

    /// <summary>Whether the connection is encrypted.</summary>
    /// <value>The default is false.</value>
    public bool Tls { get; set; }

    /// <summary>How long one command may take; after it the caller does without.</summary>
    /// <value>The default is 250 milliseconds: nothing in Redis is worth more waiting than PostgreSQL takes.</value>
    [Duration("00:00:00.010", "00:00:05")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromMilliseconds(250);
}

/// <summary>Checks <see cref="RedisOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class RedisOptionsValidator : IValidateOptions<RedisOptions>;
