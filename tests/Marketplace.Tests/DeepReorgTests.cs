using System.Text.Json;
using Souk.Harness;
using Souk.Harness.Faults;
using Souk.Harness.Trading;
using Souk.Platform.Alchemy;

namespace Souk.Marketplace.Tests;

/// <summary>A market that unwinds as many blocks as any chain does unless its settings say otherwise.</summary>
public sealed class DeepWitnessFixture(SharedWorld world) : WitnessFixture(world)
{
    internal static readonly int DepthMax = new ChainOptions().ReorgDepthMax;

    protected override MarketOptions Options => new() { ReorgDepthMax = DepthMax };
}

/// <summary>The limit that chains have by default.</summary>
public sealed class DeepReorgTests(DeepWitnessFixture fixture) : ReorgTest(fixture), IClassFixture<DeepWitnessFixture>
{
    [Fact]
    public async Task At_the_limit_nothing_is_left_and_beyond_it_nothing_is_touched()
    {
        await RequireNoTraceAsync(DeepWitnessFixture.DepthMax, OrphansWebhook.Before);

        for (int block = 0; block <= DeepWitnessFixture.DepthMax; block++)
        {
            await Market.Node.MineAsync(1, Cancelled);
            await FollowAsync();
        }

        IReadOnlyList<string> before = await ReadRowsAsync();
        await Market.Node.ReorgAsync(DeepWitnessFixture.DepthMax + 1, Cancelled);
        await Market.Node.MineAsync(1, Cancelled);
        await FollowAsync();

        IReadOnlyList<string> after = await ReadRowsAsync();
        Assert.Equal("", DerivedRows.Difference(WithoutCursor(before), WithoutCursor(after)));
        JsonElement chain = (await Administrator.GetAsync("/v1/admin/chains", Cancelled)).Json.GetProperty("chains")[0];
        Assert.NotNull(chain.GetProperty("haltedReason").GetString());
    }

    private static List<string> WithoutCursor(IReadOnlyList<string> rows) =>
        [.. rows.Where(row => !row.StartsWith("chain_cursors ", StringComparison.Ordinal))];
}
