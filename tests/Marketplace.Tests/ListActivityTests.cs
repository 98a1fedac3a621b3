using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class ListActivityTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task Tells_mint_transfer_and_burn_with_their_transactions()
    {
        Trader first = await SignInAsync();
        Trader second = await SignInAsync();
        TokenId token = await MintAsync(first);
        await GiveAsync(first, second.Wallet.Address, token);

        await FollowAsync();

        Assert.Equal(["mint", "transfer"], await ActivityOfAsync(token));
    }

    [Fact]
    public async Task A_sale_tells_its_price_and_both_sides()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        MinedTransaction fill = await buyer.SendStepAsync(await HoldAsync(buyer, listed), Cancelled);
        await FollowAsync();

        JsonElement sale = (await Market.App.Anonymous.GetAsync(
            $"/v1/activity?contract={Market.Contracts.Collection}&tokenId={listed.Token}&limit=1", Cancelled))
            .Json.GetProperty("activity")[0];

        Assert.Equal("sale", sale.GetProperty("kind").GetString());
        Assert.Equal(Ask.Ether.ToString(), sale.GetProperty("priceWei").GetString());
        Assert.Equal(seller.Wallet.Address.ToString(), sale.GetProperty("from").GetString());
        Assert.Equal(buyer.Wallet.Address.ToString(), sale.GetProperty("to").GetString());
        Assert.Equal(fill.Hash.ToString(), sale.GetProperty("transactionHash").GetString());
    }

    [Fact]
    public async Task Refuses_a_page_of_nothing() => AssertRefused(
        400, "invalid_request", await Market.App.Anonymous.GetAsync("/v1/activity?limit=0", Cancelled), "limit");

    [Fact]
    public async Task Turns_pages_without_a_gap_or_a_repeat()
    {
        Trader seller = await SignInAsync();
        TokenId token = await MintAsync(seller);
        await ApproveAsync(seller);
        for (int i = 0; i < 3; i++) await CancelAsync(seller, await ListAsync(seller, token));

        List<string> kinds = [];
        string cursor = "";
        do
        {
            JsonElement page = (await Market.App.Anonymous.GetAsync(
                $"/v1/activity?contract={Market.Contracts.Collection}&tokenId={token}&limit=2{cursor}", Cancelled))
                .Json;
            kinds.AddRange(page.GetProperty("activity").EnumerateArray()
                .Select(it => it.GetProperty("kind").GetString()!));
            cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);

        Assert.Equal(["cancel", "list", "cancel", "list", "cancel", "list"], kinds);
    }
}
