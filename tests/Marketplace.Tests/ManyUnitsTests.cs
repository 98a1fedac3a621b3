using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>Tokens of which there are many units (ERC-1155).</summary>
[Collection(nameof(TradingMarket))]
public sealed class ManyUnitsTests(MarketFixture fixture) : MarketTest(fixture)
{
    private static readonly TokenId Token = new(1);

    [Fact]
    public async Task Lots_of_one_token_sell_until_too_few_units_are_left()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Address contract = await AddUnitsAsync(seller, 10);
        Listed first = await ListUnitsAsync(seller, contract, 4);
        Listed second = await ListUnitsAsync(seller, contract, 4);
        Listed third = await ListUnitsAsync(seller, contract, 4);

        Assert.True((await buyer.SendStepAsync(await HoldAsync(buyer, first), Cancelled)).IsSuccess);
        await FollowAsync();
        Assert.Equal("filled sold", await StatusOfAsync(first));
        Assert.Equal("active", await StatusOfAsync(second));

        Assert.True((await buyer.SendStepAsync(await HoldAsync(buyer, second), Cancelled)).IsSuccess);
        await FollowAsync();
        Assert.Equal("inactive token_moved", await StatusOfAsync(third));
        Assert.Equal(["8", "2"], await QuantitiesAsync(contract));
    }

    [Fact]
    public async Task An_authorization_lets_one_lot_pass_and_no_second()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Address contract = await AddUnitsAsync(seller, 10);
        JsonElement purchase = await HoldAsync(buyer, await ListUnitsAsync(seller, contract, 4));

        Assert.True((await buyer.SendStepAsync(purchase, Cancelled)).IsSuccess);
        Assert.False((await buyer.SendStepAsync(purchase, Cancelled)).IsSuccess);
    }

    private async Task<string[]> QuantitiesAsync(Address contract)
    {
        JsonElement token = (await Market.App.Anonymous.GetAsync(
            $"/v1/tokens/{Market.Seaport.ChainId}/{contract}/{Token}", Cancelled)).Json;
        return [.. token.GetProperty("owners").EnumerateArray().Select(it => it.GetProperty("quantity").GetString()!)];
    }
}
