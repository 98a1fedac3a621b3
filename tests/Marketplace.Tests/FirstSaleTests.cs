using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class FirstSaleTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task A_listing_is_found_bought_and_settled_by_the_chain()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        JsonElement found = (await Market.App.Anonymous.GetAsync(
            $"/v1/listings?contract={Market.Contracts.Collection}&tokenId={listed.Token}", Cancelled)).Json;
        JsonElement only = Assert.Single(found.GetProperty("listings").EnumerateArray());
        Assert.Equal(listed.Id, only.GetProperty("id").GetGuid());

        JsonElement purchase = await HoldAsync(buyer, listed);
        Wei sellerBefore = await seller.Wallet.BalanceAsync(Cancelled);
        MinedTransaction fill = await buyer.SendStepAsync(purchase, Cancelled);
        Assert.True(fill.IsSuccess);
        await FollowAsync();

        Assert.Equal("settled", await StatusOfAsync(buyer, purchase));
        Assert.Equal("filled sold", await StatusOfAsync(listed));
        Assert.Equal(buyer.Wallet.Address.ToString(), await OwnersOfAsync(listed.Token));
        Assert.Equal(["mint", "list", "sale"], await ActivityOfAsync(listed.Token));
        Assert.Equal(
            Wei.Parse("925000000000000000"), await seller.Wallet.BalanceAsync(Cancelled) - sellerBefore);
    }
}
