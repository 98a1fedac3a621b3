using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Souk.Platform.Configuration;

namespace Souk.Platform.Alchemy;

/// <summary>How every chain's node is called; which chains there are stands in <see cref="ChainOptions"/>.</summary>
public sealed class AlchemyOptions
{
    /// <summary>How long one attempt may take.</summary>
    /// <value>The default is 5 seconds.</value>
    [Duration("00:00:00.1", "00:01:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a read may take with its retries.</summary>
    /// <value>The default is 12 seconds.</value>
    [Duration("00:00:00.1", "00:02:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How often a read is tried again after a transient answer; a broadcast never is.</summary>
    /// <value>The default is 3.</value>
    [Range(0, 10)]
    public int RetriesMax { get; set; } = 3;

    /// <summary>The wait before the first retry; it doubles, with jitter.</summary>
    /// <value>The default is 250 milliseconds.</value>
    [Duration("00:00:00", "00:00:30")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The largest answer that is read, in bytes; Alchemy itself stops at 150 MB.</summary>
    /// <value>The default is 32 MiB: what a 512 MiB function can parse.</value>
    [Range(1024, 150_000_000)]
    public int ResponseBytesMax { get; set; } = 32 * 1024 * 1024;
}

/// <summary>Checks <see cref="AlchemyOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class AlchemyOptionsValidator : IValidateOptions<AlchemyOptions>;
