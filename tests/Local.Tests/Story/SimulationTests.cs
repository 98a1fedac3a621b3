using Souk.Simulation;

namespace Souk.Local.Tests.Story;

public sealed class SimulationTests
{
    /// <summary>The seed of the test command, well under a minute; the simulation's program takes any.</summary>
    private const int Seed = 20_261_123;

    private const int Steps = 120;

    [Fact]
    public async Task A_market_under_faults_ends_with_books_that_equal_the_chain()
    {
        ITestOutputHelper? output = TestContext.Current.TestOutputHelper;

        await SimulatedMarket.RunAsync(
            Seed, Steps, line => output?.WriteLine(line), TestContext.Current.CancellationToken);
    }
}
