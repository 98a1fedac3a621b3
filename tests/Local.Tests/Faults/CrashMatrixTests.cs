using Souk.Simulation.Crashes;

namespace Souk.Local.Tests.Faults;

/// <summary>A platform whose webhooks, relay and Marketplace can be killed at any step.</summary>
public sealed class CrashingFunctions : IAsyncLifetime
{
    internal CrashPlatform Platform { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Platform = await CrashPlatform.StartAsync(
        CrashScenarios.Functions, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Platform.DisposeAsync();
}

/// <summary>
/// SIGKILL before and after each step of what a function does; the simulation's program runs all of them.
/// </summary>
public sealed class CrashMatrixTests(CrashingFunctions functions) : IClassFixture<CrashingFunctions>
{
    /// <summary>The seed of the test command, and how many cases it chooses of each scenario.</summary>
    private const int Seed = 20_261_124;

    private const int CasesMax = 6;

    public static TheoryData<string> Scenarios => [.. CrashScenarios.On(null!).Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_kill_at_any_step_loses_nothing_and_repeats_nothing(string name)
    {
        CrashScenario scenario = CrashScenarios.On(functions.Platform).Single(it => it.Name == name);
        ITestOutputHelper? output = TestContext.Current.TestOutputHelper;

        CrashReport report = await CrashMatrix.RunAsync(
            functions.Platform,
            scenario,
            CasesMax,
            Seed,
            line => output?.WriteLine(line),
            TestContext.Current.CancellationToken);

        // What is sent after the answer may be sent by the relay instead: not every step is reached every time.
        Assert.True(
            report.Crashes > report.Unreached, $"{report.Crashes} crashed, {report.Unreached} were not reached.");
    }
}
