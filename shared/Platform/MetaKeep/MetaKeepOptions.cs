using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Souk.Platform.Configuration;

namespace Souk.Platform.MetaKeep;

/// <summary>Where MetaKeep is and how long it may take; its keys are in Vault.</summary>
public sealed class MetaKeepOptions
{
    /// <summary>Where requests go.</summary>
    /// <value>The default is <c>https://api.metakeep.xyz</c>.</value>
    [Required]
    public Uri BaseUrl { get; set; } = new("https://api.metakeep.xyz");

    /// <summary>The host name that signed requests name, which stays when requests go through a proxy.</summary>
    /// <value>The default is <c>api.metakeep.xyz</c>.</value>
    [Required]
    public string SignedHost { get; set; } = "api.metakeep.xyz";

    /// <summary>How long one attempt may take; the vendor answers in 5 seconds and asks clients to wait 10.</summary>
    /// <value>The default is 10 seconds.</value>
    [Duration("00:00:00.1", "00:01:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call may take with its retries.</summary>
    /// <value>The default is 15 seconds, below the 20 that a drain of Signing lasts.</value>
    [Duration("00:00:00.1", "00:01:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a call is tried again: safe, as a signature that is never broadcast moves nothing.</summary>
    /// <value>The default is 2.</value>
    [Range(0, 10)]
    public int RetriesMax { get; set; } = 2;

    /// <summary>The wait before the first retry; it doubles, with jitter.</summary>
    /// <value>The default is 300 milliseconds.</value>
    [Duration("00:00:00", "00:00:10")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(300);
}

/// <summary>Checks <see cref="MetaKeepOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class MetaKeepOptionsValidator : IValidateOptions<MetaKeepOptions>;
