using System.Diagnostics;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Local.Supervision;

namespace Souk.Local.Demo;

/// <summary><c>demo</c>: the first sale, on a fresh platform, every claim checked against chain and database.</summary>
internal static class DemoCommand
{
    /// <summary>Tells the story on every chain.</summary>
    /// <returns>0 only if every claim holds.</returns>
    public static async Task<int> RunAsync(LocalCommand command, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        WorldOptions world = new()
        {
            Chains = command.Chains,
            BlockTime = command.BlockTime,
            Postgres = new LocalPostgresOptions(),
        };
        try
        {
            await using LocalPlatform platform =
                await LocalPlatform.StartAsync(world, command.Fleet, Console.WriteLine, cancellationToken);
            StepPrinter printer = new(Console.WriteLine);
            using ApiClient api = new(platform.Functions.UrlOf);
            foreach (WorldChain chain in platform.World.Chains)
                await new Story(platform, chain, api, printer).TellAsync(cancellationToken);
            printer.Chapter("The logs");
            await LogInspection.RequireNoSecretsAsync(platform, api.Sensitive, printer, cancellationToken);
            Console.WriteLine($"\nEvery claim holds ({watch.Elapsed.TotalSeconds:0.0} s in all).");
            return 0;
        }
        catch (DemoFailedException exception)
        {
            await Console.Error.WriteLineAsync($"\nA claim does not hold: {exception.Message}");
            return 1;
        }
    }
}
