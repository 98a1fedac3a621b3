using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Souk.Platform.MetaKeep;

/// <summary>Adds the client of MetaKeep.</summary>
public static class MetaKeepRegistration
{
    /// <summary>Adds <see cref="MetaKeepClient"/>; wrong options in <c>MetaKeep</c> refuse to start.</summary>
    public static IServiceCollection AddMetaKeep(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddSingleton<IValidateOptions<MetaKeepOptions>, MetaKeepOptionsValidator>();
        services.AddOptions<MetaKeepOptions>().Bind(configuration.GetSection("MetaKeep")).ValidateOnStart();
        return services.AddSingleton(provider => new MetaKeepClient(
            provider.GetRequiredService<IOptions<MetaKeepOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
    }
}
