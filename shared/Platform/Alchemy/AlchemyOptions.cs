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

    /// <summary>How long a read may take with its retries, and with its waits after refusals for rate.</summary>
    /// <value>The default is 8 seconds: shorter than the lease under which a chain is followed.</value>
    [Duration("00:00:00.1", "00:02:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How often a read is tried again after a transient answer; a broadcast never is.</summary>
    /// <value>The default is 3.</value>
    [Range(0, 10)]
    public int RetriesMax { get; set; } = 3;

    /// <summary>The wait before the first retry; it doubles, with jitter.</summary>
    /// <value>The default is 250 milliseconds.</value>
    [Duration("00:00:00", "00:00:30")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many reads of one chain run at once at most; refusals for rate lower it for a while.</summary>
    /// <value>The default is 8.</value>
    [Range(1, 64)]
    public int ConcurrencyMax { get; set; } = 8;

    /// <summary>How many calls one JSON-RPC batch carries at most; Alchemy itself takes 1,000.</summary>
    /// <value>The default is 50: as headers, two seconds of the free plan's throughput.</value>
    [Range(1, 1_000)]
    public int BatchItemsMax { get; set; } = 50;

    /// <summary>The largest answer that is read, in bytes; Alchemy itself stops at 150 MB.</summary>
    /// <value>The default is 32 MiB: what a 512 MiB function can parse.</value>
    [Range(1024, 150_000_000)]
    public int ResponseBytesMax { get; set; } = 32 * 1024 * 1024;
}

/// <summary>Checks <see cref="AlchemyOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class AlchemyOptionsValidator : IValidateOptions<AlchemyOptions>;
