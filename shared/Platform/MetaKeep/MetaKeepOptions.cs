using Microsoft.Extensions.Options;

namespace Souk.Platform.MetaKeep;

/// <summary>Where MetaKeep is and how long it may take; its keys are in Vault.</summary>
public sealed class MetaKeepOptions
{
    /// <summary>Where requests go.</summary>
    /// <value>Default <c>https://api.metakeep.xyz</c>.</value>
    public Uri BaseUrl { get; init; } = new("https://api.metakeep.xyz");

    /// <summary>The host name that signed requests name, which stays when requests go through a proxy.</summary>
    /// <value>Default <c>api.metakeep.xyz</c>.</value>
    public string SignedHost { get; init; } = "api.metakeep.xyz";

    /// <summary>How long one attempt may take; the vendor answers in 5 seconds and asks clients to wait 10.</summary>
    /// <value>Default 10 seconds.</value>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call may take with its retries.</summary>
    /// <value>Default 15 seconds, below the 20 that a drain of Signing lasts.</value>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a call is tried again: safe, as a signature that is never broadcast moves nothing.</summary>
    /// <value>Default 2.</value>
    public int RetriesMax { get; init; } = 2;

    /// <summary>The wait before the first retry; it doubles, with jitter.</summary>
    /// <value>Default 300 milliseconds.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(300);
}

/// <summary>Refuses <see cref="MetaKeepOptions"/> out of range, every fault told at once.</summary>
public sealed class MetaKeepOptionsValidator : IValidateOptions<MetaKeepOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MetaKeepOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ValidateOptionsResultBuilder result = new();
        if (!options.BaseUrl.IsAbsoluteUri || options.BaseUrl.Scheme is not ("http" or "https"))
            result.AddError("an absolute http or https address.", "MetaKeep:BaseUrl");
        if (Uri.CheckHostName(options.SignedHost) == UriHostNameType.Unknown)
            result.AddError("a host name.", "MetaKeep:SignedHost");
        if (options.AttemptTimeout <= TimeSpan.Zero || options.AttemptTimeout > TimeSpan.FromMinutes(1))
            result.AddError("more than 0, at most 1 minute.", "MetaKeep:AttemptTimeout");
        if (options.TotalTimeout < options.AttemptTimeout || options.TotalTimeout > TimeSpan.FromMinutes(1))
            result.AddError("at least AttemptTimeout, at most 1 minute.", "MetaKeep:TotalTimeout");
        if (options.RetriesMax is < 0 or > 10)
            result.AddError("0 to 10.", "MetaKeep:RetriesMax");
        if (options.RetryDelay < TimeSpan.Zero || options.RetryDelay > TimeSpan.FromSeconds(10))
            result.AddError("0 to 10 seconds.", "MetaKeep:RetryDelay");
        return result.Build();
    }
}
