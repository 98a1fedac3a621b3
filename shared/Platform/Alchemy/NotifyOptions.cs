using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Souk.Platform.Configuration;

namespace Souk.Platform.Alchemy;

/// <summary>How Alchemy is asked about its webhooks; the team's token for that is in Vault.</summary>
public sealed class NotifyOptions
{
    /// <summary>Where the interface is, with a slash at the end.</summary>
    /// <value>The default is <c>https://dashboard.alchemy.com/api/</c>.</value>
    [Required]
    [AbsoluteUrl]
    public Uri BaseUrl { get; set; } = new("https://dashboard.alchemy.com/api/");

    /// <summary>How long one attempt may take.</summary>
    /// <value>The default is 5 seconds.</value>
    [Duration("00:00:00.1", "00:01:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call may take with its retries.</summary>
    /// <value>The default is 10 seconds: a run of twenty gets past one that hangs.</value>
    [Duration("00:00:00.1", "00:01:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a call is tried again: every one of them has the same effect twice as once.</summary>
    /// <value>The default is 2.</value>
    [Range(0, 10)]
    public int RetriesMax { get; set; } = 2;

    /// <summary>The wait before the first retry; it doubles, with jitter.</summary>
    /// <value>The default is 500 milliseconds.</value>
    [Duration("00:00:00", "00:00:10")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);
}

/// <summary>Checks <see cref="NotifyOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class NotifyOptionsValidator : IValidateOptions<NotifyOptions>;
