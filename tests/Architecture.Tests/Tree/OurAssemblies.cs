using System.Reflection;
using Souk.Auth;
using Souk.Domain.Failures;
using Souk.Jobs;
using Souk.Marketplace;
using Souk.Platform.Hosting;
using Souk.Signing;
using Souk.Webhooks;

namespace Souk.Architecture.Tests.Tree;

/// <summary>What runs in the cluster, as it was built.</summary>
internal static class OurAssemblies
{
    /// <summary>The functions, by their folder.</summary>
    public static IReadOnlyDictionary<string, Assembly> Functions { get; } = new Assembly[]
    {
        typeof(AuthFunction).Assembly,
        typeof(JobsFunction).Assembly,
        typeof(MarketplaceFunction).Assembly,
        typeof(SigningFunction).Assembly,
        typeof(WebhooksFunction).Assembly,
    }.ToDictionary(assembly => assembly.GetName().Name!);

    /// <summary>Effects.</summary>
    public static Assembly Platform { get; } = typeof(IFunction).Assembly;

    /// <summary>Rules.</summary>
    public static Assembly Domain { get; } = typeof(Failure).Assembly;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Assembly> All { get; } = [Domain, Platform, .. Functions.Values];
}
