using System.Globalization;
using System.Security.Cryptography;
using Souk.Local.Demo;
using Souk.Simulation;
using Souk.Simulation.Crashes;

int Option(string name, int fallback)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : fallback;
}

// dotnet run --project tests/Simulation -- --seed N --steps N; without a seed a new one is taken and printed.
// dotnet run --project tests/Simulation -- crashes [--cases N]; without a number, every step of every scenario.
int seed = Option("--seed", RandomNumberGenerator.GetInt32(int.MaxValue));
try
{
    if (args is ["crashes", ..])
    {
        int cases = Option("--cases", int.MaxValue);
        await CrashScenarios.RunAllAsync(cases, seed, Console.WriteLine, CancellationToken.None);
    }
    else
    {
        await SimulatedMarket.RunAsync(seed, Option("--steps", 500), Console.WriteLine, CancellationToken.None);
    }

    return 0;
}
catch (Exception exception) when (exception is SimulationFailedException or DemoFailedException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
