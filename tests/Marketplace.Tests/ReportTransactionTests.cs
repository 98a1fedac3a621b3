using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Listings;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class ReportTransactionTests(MarketFixture fixture) : MarketTest(fixture)
{
    private static readonly string One = $"0x{new string('1', 64)}";
    private static readonly string Other = $"0x{new string('2', 64)}";

    [Fact]
    public async Task Is_taken_once_and_only_the_chain_settles()
    {
        Trader buyer = await SignInAsync();
        JsonElement purchase = await HoldAsync(buyer, await ListAsync(await SignInAsync()));

        Assert.Equal("submitted", StatusOf((await ReportAsync(buyer, purchase, One)).Json));
        Assert.Equal("submitted", StatusOf((await ReportAsync(buyer, purchase, One)).Json));
        AssertRefused(409, "conflict", await ReportAsync(buyer, purchase, Other));
        await FollowAsync();
        Assert.Equal("submitted", await StatusOfAsync(buyer, purchase));
    }

    [Fact]
    public async Task Refuses_another_s_purchase_a_lapsed_hold_and_a_malformed_hash()
    {
        Trader buyer = await SignInAsync();
        JsonElement purchase = await HoldAsync(buyer, await ListAsync(await SignInAsync()));

        AssertRefused(404, "not_found", await ReportAsync(await SignInAsync(), purchase, One));
        AssertRefused(400, "invalid_request", await ReportAsync(buyer, purchase, "0x12"), "$.transactionHash");

        await Market.PassAsync(ListingLimits.HoldDuration, Cancelled);
        AssertRefused(409, "hold_lapsed", await ReportAsync(buyer, purchase, One));
    }

    [Fact]
    public async Task One_that_no_block_holds_in_time_fails_and_frees_the_listing()
    {
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(await SignInAsync());
        JsonElement purchase = await HoldAsync(buyer, listed);
        await ReportAsync(buyer, purchase, One);
        await Market.PassAsync(ListingLimits.HoldDuration, Cancelled);

        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));

        Assert.Equal("failed not_filled_in_time", await StatusOfAsync(buyer, purchase));
        Assert.Equal("active", await StatusOfAsync(listed));
    }

    private static Task<ApiAnswer> ReportAsync(Trader buyer, JsonElement purchase, string hash) => buyer.PostAsync(
        $"/v1/purchases/{purchase.GetProperty("id")}/transactions",
        new JsonObject { ["transactionHash"] = hash },
        Cancelled);
}
