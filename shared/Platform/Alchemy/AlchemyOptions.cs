using Microsoft.Extensions.Options;

namespace Souk.Platform.Alchemy;

/// <summary>How every chain's node is called; which chains there are stands in <see cref="ChainOptions"/>.</summary>
public sealed class AlchemyOptions
{
    /// <summary>How long one attempt may take: more than 0, at most a minute.</summary>
    /// <value>Default 5 seconds.</value>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a read may take with its retries: at least one attempt, at most two minutes.</summary>
    /// <value>Default 12 seconds.</value>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>How often a read is tried again after a transient answer, 0 to 10; a broadcast never is.</summary>
    /// <value>Default 3.</value>
    public int RetriesMax { get; init; } = 3;

    /// <summary>The wait before the first retry; it doubles, with jitter. At most 30 seconds.</summary>
    /// <value>Default 250 milliseconds.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The largest answer that is read, in bytes; Alchemy itself stops at 150 MB.</summary>
    /// <value>Default 32 MiB: what a 512 MiB function can parse.</value>
    public int ResponseBytesMax { get; init; } = 32 * 1024 * 1024;
}

/// <summary>Refuses <see cref="AlchemyOptions"/> out of range, every fault told at once.</summary>
/// <remarks>By hand: a range attribute over time spans needs reflection.</remarks>
public sealed class AlchemyOptionsValidator : IValidateOptions<AlchemyOptions>
{
    private const int KibiByte = 1024;
    private const int AlchemyResponseBytesMax = 150_000_000;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AlchemyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ValidateOptionsResultBuilder result = new();
        if (options.AttemptTimeout <= TimeSpan.Zero || options.AttemptTimeout > TimeSpan.FromMinutes(1))
            result.AddError("more than 0, at most 1 minute.", "Alchemy:AttemptTimeout");
        if (options.TotalTimeout < options.AttemptTimeout || options.TotalTimeout > TimeSpan.FromMinutes(2))
            result.AddError("at least AttemptTimeout, at most 2 minutes.", "Alchemy:TotalTimeout");
        if (options.RetriesMax is < 0 or > 10)
            result.AddError("0 to 10.", "Alchemy:RetriesMax");
        if (options.RetryDelay < TimeSpan.Zero || options.RetryDelay > TimeSpan.FromSeconds(30))
            result.AddError("0 to 30 seconds.", "Alchemy:RetryDelay");
        if (options.ResponseBytesMax is < KibiByte or > AlchemyResponseBytesMax)
            result.AddError("1024 to 150000000 bytes.", "Alchemy:ResponseBytesMax");
        return result.Build();
    }
}
