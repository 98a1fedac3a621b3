using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Souk.Platform.Randomness;

namespace Souk.Platform.Alchemy;

/// <summary>Adds the chains of the settings, and a client of each chain's node.</summary>
public static class AlchemyRegistration
{
    /// <summary>Adds <see cref="ChainRegistry"/>; wrong settings refuse to start, every fault told at once.</summary>
    public static IServiceCollection AddChains(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        List<ChainOptions> chains = configuration.GetSection("Chains").Get<List<ChainOptions>>() ?? [];
        return services.AddSingleton(ChainRegistry.Create(chains));
    }

    /// <summary>Adds <see cref="ChainRegistry"/> and <see cref="AlchemyClients"/>.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">Holds <c>Chains[]</c> and, where a default does not fit, <c>Alchemy</c>.</param>
    /// <param name="key">Reads the key that goes by a secret's name, such as from Vault.</param>
    public static IServiceCollection AddAlchemy(
        this IServiceCollection services,
        IConfiguration configuration,
        Func<string, CancellationToken, ValueTask<string>> key)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddChains(configuration);
        services.AddSingleton<IValidateOptions<AlchemyOptions>, AlchemyOptionsValidator>();
        services.AddOptions<AlchemyOptions>().Bind(configuration.GetSection("Alchemy")).ValidateOnStart();
        return services.AddSingleton(provider => new AlchemyClients(
            provider.GetRequiredService<ChainRegistry>(),
            provider.GetRequiredService<IOptions<AlchemyOptions>>().Value,
            key,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<EntropySource>()));
    }

    /// <summary>Adds <see cref="NotifyClient"/>; wrong options in <c>Notify</c> refuse to start.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">Holds <c>Notify</c> where a default does not fit.</param>
    /// <param name="token">Reads the team's token, such as from Vault.</param>
    public static IServiceCollection AddNotify(
        this IServiceCollection services,
        IConfiguration configuration,
        Func<CancellationToken, ValueTask<string>> token)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddSingleton<IValidateOptions<NotifyOptions>, NotifyOptionsValidator>();
        services.AddOptions<NotifyOptions>().Bind(configuration.GetSection("Notify")).ValidateOnStart();
        return services.AddSingleton(provider => new NotifyClient(
            provider.GetRequiredService<IOptions<NotifyOptions>>().Value,
            token,
            provider.GetRequiredService<TimeProvider>()));
    }
}
