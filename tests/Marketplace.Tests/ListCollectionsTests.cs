using System.Text.Json;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class ListCollectionsTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task Anyone_sees_the_collections_of_a_chain()
    {
        JsonElement here = (await Market.App.Anonymous.GetAsync(
            $"/v1/collections?chainId={Market.Seaport.ChainId}", Cancelled)).Json;
        JsonElement elsewhere = (await Market.App.Anonymous.GetAsync("/v1/collections?chainId=5", Cancelled)).Json;

        Assert.Contains(here.GetProperty("collections").EnumerateArray(), it =>
            it.GetProperty("contract").GetString() == Market.Contracts.Collection.ToString());
        Assert.Equal(0, elsewhere.GetProperty("collections").GetArrayLength());
    }
}
