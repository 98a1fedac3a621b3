using System.Text.Json;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class ListChainsTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task Tells_operators_how_far_each_chain_was_read()
    {
        await FollowAsync();
        ulong head = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);

        JsonElement chain = (await Administrator.GetAsync("/v1/admin/chains", Cancelled)).Json.GetProperty("chains")[0];

        Assert.Equal(head, chain.GetProperty("blockNumber").GetUInt64());
        Assert.Equal(JsonValueKind.Null, chain.GetProperty("haltedReason").ValueKind);
    }

    [Fact]
    public async Task Tells_nobody_else() =>
        AssertRefused(403, "forbidden", await (await SignInAsync()).GetAsync("/v1/admin/chains", Cancelled));
}
