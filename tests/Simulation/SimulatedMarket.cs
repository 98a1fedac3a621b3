using Souk.Local.Demo;
using Souk.Local.Outside;
using Souk.Local.Supervision;
using Souk.Simulation.Crashes;

namespace Souk.Simulation;

/// <summary>A market under faults: one seed chooses who does what, and what breaks meanwhile.</summary>
/// <remarks>
/// The functions are real processes, so the seed fixes the choices and not their timing. Whatever happened, once the
/// faults end and the schedules have run the oracle must find the books equal to the chain.
/// </remarks>
public static class SimulatedMarket
{
    private const int TradersCount = 4;
    private const int TokensCount = 10;

    /// <summary>Runs so many steps on a fresh platform, then lets it heal and asks the oracle.</summary>
    /// <exception cref="SimulationFailedException">The oracle found a breach, or a step failed.</exception>
    public static async Task RunAsync(int seed, int steps, Action<string> tell, CancellationToken cancellationToken)
    {
        WorldOptions world = new() { Chains = [LocalChain.Ethereum] };
        FleetOptions fleet = new() { Mode = FleetMode.Separate, OnLine = TellErrors };
        await using LocalPlatform platform =
            await LocalPlatform.StartAsync(world, fleet, _ => { }, cancellationToken);
        await using TwinMarketplace twin = await TwinMarketplace.StartAsync(platform.World, cancellationToken);
        using ApiClient api = new(platform.Functions.UrlOf);
        Traders traders = new(platform, api);
        await traders.OpenAsync(TradersCount, TokensCount, cancellationToken);
        Spine spine = new(platform, traders.Chain, new Books(platform.World, traders.Chain));
        await spine.BeginAsync(cancellationToken);

        Random random = new(seed);
        Weather weather = new(platform, seed);
        Deeds deeds = new(platform, traders, random);
        Faults faults = new(platform, weather, random);
        weather.Begin();
        int step = 0;
        try
        {
            for (; step < steps; step++)
            {
                bool isFault = random.Next(3) == 0;
                string told = isFault
                    ? await faults.DoAsync(cancellationToken)
                    : await deeds.DoAsync(cancellationToken);
                weather.Pass();
                await traders.StaySignedInAsync(cancellationToken);
                tell($"{step,4} {told}");
            }

            await faults.EndAsync(cancellationToken);
            weather.End();
            Oracle oracle = new(platform, traders, spine, new Rebuild(twin));
            tell($"     {await oracle.RequireAsync(cancellationToken)}.");
        }
        catch (DemoFailedException exception)
        {
            throw new SimulationFailedException(seed, step, exception.Message, exception);
        }

        tell($"     Webhooks: {string.Join(", ", weather.Counts.Select(count => $"{count.Key} {count.Value}"))}.");
        tell($"Seed {seed}: the books equal the chain after {steps} steps.");

        void TellErrors(string function, string line)
        {
            if (line.Contains("\"level\":\"error\"", StringComparison.Ordinal))
                tell($"     {function}: {line}");
        }
    }
}
