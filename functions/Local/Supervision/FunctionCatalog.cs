using Souk.Auth;
using Souk.Jobs;
using Souk.Marketplace;
using Souk.Platform.Hosting;
using Souk.Platform.Randomness;
using Souk.Signing;
using Souk.Webhooks;

namespace Souk.Local.Supervision;

/// <summary>The functions of the platform, each with how to build it and what its program is called.</summary>
internal static class FunctionCatalog
{
    private static readonly Dictionary<string, Func<IConfiguration, WebApplication>> Builders = new()
    {
        [AuthFunction.Name] = Build<AuthFunction>,
        [MarketplaceFunction.Name] = Build<MarketplaceFunction>,
        [SigningFunction.Name] = Build<SigningFunction>,
        [WebhooksFunction.Name] = Build<WebhooksFunction>,
        [JobsFunction.Name] = Build<JobsFunction>,
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => Builders.Keys;

    /// <summary>Builds a function's host.</summary>
    public static WebApplication Build(string function, IConfiguration configuration) =>
        Builders[function](configuration);

    /// <summary>The name of its program, without an extension: the project's name.</summary>
    public static string ProgramOf(string function) => $"{char.ToUpperInvariant(function[0])}{function[1..]}";

    private static WebApplication Build<TFunction>(IConfiguration configuration)
        where TFunction : IFunction =>
        FunctionHost.Build<TFunction>(configuration, TimeProvider.System, EntropySource.System);
}
