using System.Globalization;
using Souk.Local.Outside;

namespace Souk.Signing.Tests;

/// <summary>
/// Kills at random, on two chains, among everything else that can go wrong: a short run of a fixed seed.
/// </summary>
/// <remarks>By hand as long as wanted: SOUK_STORM_TRANSACTIONS, SOUK_STORM_SEED, SOUK_STORM_SIGNERS.</remarks>
public sealed class KillStormTests(StormWorld world) : IClassFixture<StormWorld>
{
    [Fact]
    public async Task No_gap_no_double_send_no_jam_and_books_equal_to_the_chains()
    {
        await world.LetAllMintAsync();
        KillStormOptions options = new(
            Number("SOUK_STORM_SEED", 20_261_124),
            Number("SOUK_STORM_TRANSACTIONS", 60),
            Number("SOUK_STORM_SIGNERS", StormWorld.PerChain));
        ITestOutputHelper? output = TestContext.Current.TestOutputHelper;

        await using KillStorm storm = new(world, options, line =>
        {
            output?.WriteLine(line);
            Console.WriteLine(line);
        });
        await storm.RunAsync();
    }

    private static int Number(string name, int fallback) => int.TryParse(
        Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int number) ? number : fallback;
}

/// <summary>Two chains with a few wallets each.</summary>
public sealed class StormWorld : SigningWorld
{
    /// <summary>How many wallets the platform has on each chain.</summary>
    public const int PerChain = 4;

    protected override WorldOptions Options => new() { Chains = LocalChain.All, SignersPerChain = PerChain };
}
