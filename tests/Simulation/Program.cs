using System.Globalization;
using System.Security.Cryptography;
using Souk.Simulation;

int Option(string name, int fallback)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : fallback;
}

// dotnet run --project tests/Simulation -- --seed N --steps N; without a seed a new one is taken and printed.
int seed = Option("--seed", RandomNumberGenerator.GetInt32(int.MaxValue));
int steps = Option("--steps", 500);
try
{
    await SimulatedMarket.RunAsync(seed, steps, Console.WriteLine, CancellationToken.None);
    return 0;
}
catch (SimulationFailedException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
