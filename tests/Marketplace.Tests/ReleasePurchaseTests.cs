using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Listings;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(ClosingMarket))]
public sealed class ReleasePurchaseTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task A_released_listing_is_free_only_when_its_authorization_has_expired()
    {
        Listed listed = await ListAsync(await SignInAsync());
        Trader first = await SignInAsync();
        Trader second = await SignInAsync();
        JsonElement purchase = await HoldAsync(first, listed);

        ApiAnswer released = await first.DeleteAsync(PathOf(purchase), Cancelled);

        Assert.Equal("released buyer_released", StatusOf(released.Json));
        AssertRefused(409, "listing_held", await second.BuyAsync(listed.Id, Cancelled));
        await Market.PassAsync(ListingLimits.AuthorizationLifetime, Cancelled);
        await HoldAsync(second, listed);
    }

    [Fact]
    public async Task Releasing_again_changes_nothing()
    {
        Trader buyer = await SignInAsync();
        JsonElement purchase = await HoldAsync(buyer, await ListAsync(await SignInAsync()));

        ApiAnswer first = await buyer.DeleteAsync(PathOf(purchase), Cancelled);
        ApiAnswer again = await buyer.DeleteAsync(PathOf(purchase), Cancelled);

        Assert.Equal(first.Json.GetRawText(), again.Json.GetRawText());
    }

    [Fact]
    public async Task Refuses_another_s_purchase_and_one_whose_transaction_was_sent()
    {
        Trader buyer = await SignInAsync();
        Trader other = await SignInAsync();
        JsonElement purchase = await HoldAsync(buyer, await ListAsync(await SignInAsync()));

        AssertRefused(404, "not_found", await other.DeleteAsync(PathOf(purchase), Cancelled));

        await buyer.PostAsync(
            $"{PathOf(purchase)}/transactions",
            new JsonObject { ["transactionHash"] = $"0x{new string('a', 64)}" },
            Cancelled);
        AssertRefused(409, "conflict", await buyer.DeleteAsync(PathOf(purchase), Cancelled));
    }

    private static string PathOf(JsonElement purchase) => $"/v1/purchases/{purchase.GetProperty("id")}";
}
