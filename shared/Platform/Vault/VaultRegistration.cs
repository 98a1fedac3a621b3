using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Souk.Platform.Http;

namespace Souk.Platform.Vault;

/// <summary>Makes a <see cref="VaultClient"/> available; nothing is dialled until it is used.</summary>
public static class VaultRegistration
{
    /// <summary>Adds the client as one instance a process, from the settings' <c>Vault</c> section.</summary>
    /// <param name="services">The function's services.</param>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="functionName">The function's name: its Vault role, unless the settings say otherwise.</param>
    public static IServiceCollection AddVault(
        this IServiceCollection services, IConfiguration configuration, string functionName)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<VaultOptions>()
            .Bind(configuration.GetSection("Vault"))
            .PostConfigure(options => options.Role ??= functionName)
            .ValidateOnStart();
        services.TryAddSingleton<IValidateOptions<VaultOptions>, VaultOptionsValidator>();
        services.TryAddSingleton(provider => CreateClient(
            provider.GetRequiredService<IOptions<VaultOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<VaultClient>>()));
        return services;
    }

    /// <summary>A client with the time-outs and retries that Souk calls Vault with.</summary>
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
