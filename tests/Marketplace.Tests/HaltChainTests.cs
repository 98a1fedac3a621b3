using System.Text.Json;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>A reorganisation that no machine should undo unseen.</summary>
public sealed class HaltChainTests(MarketFixture fixture) : MarketTest(fixture), IClassFixture<MarketFixture>
{
    [Fact]
    public async Task Deeper_than_the_limit_halts_with_a_reason_and_moves_nothing()
    {
        for (int i = 0; i < Market.ReorgDepthMax + 4; i++)
        {
            await Market.Node.MineAsync(1, Cancelled);
            await FollowAsync();
        }

        ulong head = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);
        await Market.Node.ReorgAsync(Market.ReorgDepthMax + 2, Cancelled);
        await FollowAsync();
        await Market.Node.MineAsync(1, Cancelled);
        await FollowAsync();

        JsonElement chain = (await Administrator.GetAsync("/v1/admin/chains", Cancelled)).Json.GetProperty("chains")[0];
        Assert.NotNull(chain.GetProperty("haltedReason").GetString());
        Assert.Equal(head, chain.GetProperty("blockNumber").GetUInt64());
    }
}
