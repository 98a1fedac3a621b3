using System.Text.Json;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class GetPurchaseTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task Another_s_purchase_cannot_be_told_from_none()
    {
        JsonElement purchase = await HoldAsync(await SignInAsync(), await ListAsync(await SignInAsync()));
        Trader other = await SignInAsync();

        ApiAnswer others = await other.GetAsync($"/v1/purchases/{purchase.GetProperty("id")}", Cancelled);
        ApiAnswer none = await other.GetAsync($"/v1/purchases/{Guid.NewGuid()}", Cancelled);

        AssertRefused(404, "not_found", others);
        AssertRefused(404, "not_found", none);
        Assert.Equal(none.Json.GetProperty("detail").GetString(), others.Json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Gives_the_same_steps_until_the_token_leaves()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        JsonElement held = await HoldAsync(buyer, listed);
        string path = $"/v1/purchases/{held.GetProperty("id")}";

        Assert.Equal(held.GetRawText(), (await buyer.GetAsync(path, Cancelled)).Json.GetRawText());

        await GiveAsync(seller, buyer.Wallet.Address, listed.Token);
        await FollowAsync();
        Assert.Equal(0, (await buyer.GetAsync(path, Cancelled)).Json.GetProperty("steps").GetArrayLength());
    }
}
