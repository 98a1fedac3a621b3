using Souk.Platform.Hosting;

namespace Souk.Local.Supervision;

/// <summary>The child that hosts several functions: what <c>Local functions</c> runs.</summary>
/// <remarks>
/// Each function has its own host, container, port, database role and Vault token, as in the cluster; only the process
/// is shared. The supervisor's leash ends it, so it does not watch its own standard input.
/// </remarks>
internal static class HostedFunctions
{
    /// <summary>The command's name.</summary>
    public const string Command = "functions";

    /// <summary>The arguments that make a child host these functions.</summary>
    public static IEnumerable<string> Arguments(IEnumerable<FunctionPlace> places) =>
        places.Select(place => $"{place.Function}={place.Port}={place.TokenPath}").Prepend(Command);

    /// <summary>Runs until SIGTERM.</summary>
    public static async Task<int> RunAsync(IEnumerable<string> arguments)
    {
        IConfiguration shared = FunctionHost.ReadConfiguration([]);
        List<WebApplication> apps = [];
        foreach (string argument in arguments)
        {
            string[] parts = argument.Split('=', 3);
            IConfiguration own = new ConfigurationBuilder()
                .AddConfiguration(shared)
                .AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["PORT"] = parts[1],
                    ["Vault:TokenPath"] = parts[2],
                })
                .Build();
            apps.Add(FunctionCatalog.Build(parts[0], own));
        }

        await FunctionHost.RunAsync(apps[0], apps);
        foreach (WebApplication app in apps) await app.DisposeAsync();
        return 0;
    }
}
