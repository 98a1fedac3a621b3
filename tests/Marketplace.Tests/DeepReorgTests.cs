using System.Text.Json;
using Souk.Harness;
using Souk.Harness.Faults;
using Souk.Harness.Trading;
using Souk.Platform.Alchemy;

namespace Souk.Marketplace.Tests;

/// <summary>A market that unwinds as many blocks as any chain does unless its settings say otherwise.</summary>
public sealed class DeepTwinFixture(SharedWorld world) : TwinFixture(world)
{
    internal static readonly int DepthMax = new ChainOptions().ReorgDepthMax;

    protected override MarketOptions Options => new() { ReorgDepthMax = DepthMax };
}

/// <summary>The limit that chains have by default.</summary>
public sealed class DeepReorgTests(DeepTwinFixture fixture) : ReorgTest(fixture), IClassFixture<DeepTwinFixture>
{
    [Fact]
    public async Task At_the_limit_nothing_is_left_and_beyond_it_nothing_is_touched()
    {
        await RequireNoTraceAsync(DeepTwinFixture.DepthMax, OrphansWebhook.Before);

        for (int block = 0; block <= DeepTwinFixture.DepthMax; block++)
        {
            await Market.Node.MineAsync(1, Cancelled);
            await FollowAsync();
        }

        IReadOnlyList<string> before = await ReadRowsAsync();
        await Market.Node.ReorgAsync(DeepTwinFixture.DepthMax + 1, Cancelled);
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
