using Souk.Benchmarks;

const string usage = """
    Measures, on an idle machine, after `dotnet publish functions/Auth -c Release -r linux-x64`:

      dotnet run -c Release --project tests/Benchmarks -- cold-start --aot artifacts/publish [--runs 20]
      dotnet run -c Release --project tests/Benchmarks -- hot-paths
      dotnet run -c Release --project tests/Benchmarks -- policy
      dotnet run -c Release --project tests/Benchmarks -- following [--logs 100000]
      dotnet run -c Release --project tests/Benchmarks -- applying [--logs 100000]
      dotnet run -c Release --project tests/Benchmarks -- webhook-storm [--aot artifacts/publish] [--seconds 10]
      dotnet run -c Release --project tests/Benchmarks -- signing [--aot artifacts/publish] [--quick]
    """;

string Option(string name, string fallback)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : fallback;
}

if (args is ["hot-paths"])
{
    HotPaths.Run();
    return 0;
}

if (args is ["policy"])
{
    PolicyBench.Run();
    return 0;
}

if (args is ["following", ..])
{
    int logs = int.Parse(Option("--logs", "100000"), System.Globalization.CultureInfo.InvariantCulture);
    await Following.RunAsync(logs, CancellationToken.None);
    return 0;
}

if (args is ["applying", ..])
{
    int logs = int.Parse(Option("--logs", "100000"), System.Globalization.CultureInfo.InvariantCulture);
    await Applying.RunAsync(logs, CancellationToken.None);
    return 0;
}

if (args is ["webhook-storm", ..])
{
    int seconds = int.Parse(Option("--seconds", "10"), System.Globalization.CultureInfo.InvariantCulture);
    string? folder = args.Contains("--aot") ? Option("--aot", "artifacts/publish") : null;
    await WebhookStorm.RunAsync(folder, TimeSpan.FromSeconds(seconds), CancellationToken.None);
    return 0;
}

if (args is ["signing", ..])
{
    string? folder = args.Contains("--aot") ? Option("--aot", "artifacts/publish") : null;
    await SigningPipeline.RunAsync(folder, args.Contains("--quick"), CancellationToken.None);
    return 0;
}

if (args is not ["cold-start", ..])
{
    Console.WriteLine(usage);
    return 64;
}

int runs = int.Parse(Option("--runs", "20"), System.Globalization.CultureInfo.InvariantCulture);
await ColdStart.RunAsync(Option("--aot", "artifacts/publish"), runs, CancellationToken.None);
return 0;
