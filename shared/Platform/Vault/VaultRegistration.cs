using Microsoft.Extensions.Logging;
using Souk.Platform.Http;

namespace Souk.Platform.Vault;

/// <summary>Makes the client with the time-outs and retries that Souk calls Vault with.</summary>
public static class VaultRegistration
{
    /// <summary>A client of sound options; nothing is dialled until it is used.</summary>
    public static VaultClient CreateClient(VaultOptions options, TimeProvider clock, ILogger<VaultClient> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new VaultClient(options, new OutboundHttp(PolicyOf(options), clock), clock, logger);
    }

    /// <summary>How Vault is called.</summary>
    /// <remarks>
    /// Vault is in the same cluster and answers in milliseconds: 2 s an attempt, so that a dead node costs one attempt
    /// and not the request. Every call may be repeated. 1 MiB is far above any secret and stops a wrong address.
    /// </remarks>
    internal static OutboundHttpPolicy PolicyOf(VaultOptions options) => new(
        Name: "vault",
        BaseUrl: options.Address ?? throw new ArgumentException("Vault:Address is not set.", nameof(options)),
        AttemptTimeout: TimeSpan.FromSeconds(2),
        TotalTimeout: TimeSpan.FromSeconds(6),
        RetriesMax: 3,
        RetryDelay: TimeSpan.FromMilliseconds(50),
        ResponseBytesMax: 1 << 20)
    {
        IsTransient = VaultFailures.IsTransient,
    };
}
