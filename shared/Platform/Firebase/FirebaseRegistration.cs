using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Souk.Platform.Http;
using Souk.Platform.Vault;

namespace Souk.Platform.Firebase;

/// <summary>Makes the verifier and the client available; nothing is dialled until one is used.</summary>
public static class FirebaseRegistration
{
    /// <summary>The name of the service account's JSON in the function's Vault secret.</summary>
    public const string ServiceAccountSecret = "firebase_service_account";

    /// <summary>Adds both from the settings' <c>Firebase</c> section; Vault must be registered too.</summary>
    /// <param name="services">The function's services; a <see cref="FirebaseKeyCache"/> among them is used.</param>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="functionName">The function's name: the path of its Vault secret.</param>
    public static IServiceCollection AddFirebase(
        this IServiceCollection services, IConfiguration configuration, string functionName)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<FirebaseOptions>().Bind(configuration.GetSection("Firebase")).ValidateOnStart();
        services.TryAddSingleton<IValidateOptions<FirebaseOptions>, FirebaseOptionsValidator>();
        services.TryAddSingleton(provider => CreateVerifier(
            provider.GetRequiredService<IOptions<FirebaseOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<FirebaseKeyCache>()));
        services.TryAddSingleton(provider =>
        {
            VaultClient vault = provider.GetRequiredService<VaultClient>();
            return CreateClient(
                provider.GetRequiredService<IOptions<FirebaseOptions>>().Value,
                async cancellationToken =>
                    (await vault.ReadKvAsync(functionName, cancellationToken))[ServiceAccountSecret],
                provider.GetRequiredService<TimeProvider>());
        });
        return services;
    }

    /// <summary>A verifier with Souk's time-outs: 2 s an attempt, 6 s in all; answers to 256 KiB.</summary>
    public static FirebaseTokenVerifier CreateVerifier(
        FirebaseOptions options, TimeProvider clock, FirebaseKeyCache? cache)
    {
        ArgumentNullException.ThrowIfNull(options);
        OutboundHttp http = new(PolicyOf("firebase-keys", options.KeysUrl), clock);
        return new FirebaseTokenVerifier(options, http, clock, cache);
    }

    /// <summary>A client with Souk's time-outs: 2 s an attempt, 6 s in all; answers to 256 KiB.</summary>
    public static FirebaseClient CreateClient(
        FirebaseOptions options, Func<CancellationToken, Task<string>> readServiceAccount, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        OutboundHttp http = new(PolicyOf("firebase", options.IdentityUrl), clock);
        return new FirebaseClient(options, http, readServiceAccount, clock);
    }

    /// <summary>How Google is called.</summary>
    /// <remarks>A person waits for the sign-in: three attempts within 6 s, and then they are asked to try again.</remarks>
    internal static OutboundHttpPolicy PolicyOf(string name, Uri? baseUrl) => new(
        Name: name,
        BaseUrl: baseUrl ?? throw new ArgumentException("A Firebase URL is not set.", nameof(baseUrl)),
        AttemptTimeout: TimeSpan.FromSeconds(2),
        TotalTimeout: TimeSpan.FromSeconds(6),
        RetriesMax: 2,
        RetryDelay: TimeSpan.FromMilliseconds(100),
        ResponseBytesMax: 256 * 1024)
    {
        IsTransient = FirebaseFailures.IsTransient,
    };
}
