using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class SearchListingsTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task Finds_by_token_seller_and_price_and_nothing_that_is_not_for_sale()
    {
        Trader seller = await SignInAsync();
        Listed cheap = await ListAsync(seller, Wei.FromUlong(1000));
        Listed dear = await ListAsync(seller, Wei.FromUlong(2000));
        Listed cancelled = await ListAsync(seller, Wei.FromUlong(1000));
        await CancelAsync(seller, cancelled);

        Assert.Equal([dear.Id, cheap.Id], await SearchAsync($"seller={seller.Wallet.Address}"));
        Assert.Equal([cheap.Id], await SearchAsync($"seller={seller.Wallet.Address}&priceWeiMax=1999"));
        Assert.Equal([dear.Id], await SearchAsync($"contract={Market.Contracts.Collection}&tokenId={dear.Token}"));
        Assert.Empty(await SearchAsync($"chainId=1&seller={seller.Wallet.Address}"));
        Assert.Empty(await SearchAsync($"contract={Market.Contracts.Collection}&tokenId={cancelled.Token}"));
    }

    [Fact]
    public async Task Turns_pages_without_a_gap_or_a_repeat()
    {
        Trader seller = await SignInAsync();
        List<Guid> listed = [];
        for (int i = 0; i < 5; i++) listed.Insert(0, (await ListAsync(seller)).Id);

        List<Guid> found = [];
        string cursor = "";
        do
        {
            JsonElement page = (await Market.App.Anonymous.GetAsync(
                $"/v1/listings?seller={seller.Wallet.Address}&limit=2{cursor}", Cancelled)).Json;
            found.AddRange(page.GetProperty("listings").EnumerateArray().Select(it => it.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);

        Assert.Equal(listed, found);
    }

    [Fact]
    public async Task Leaves_out_what_has_ended_whatever_its_row_says()
    {
        Trader seller = await SignInAsync();
        DateTimeOffset end = Market.Clock.GetUtcNow().AddMinutes(12);
        Listed listed = await ListUntilAsync(seller, end);
        await Market.PassAsync(end - Market.Clock.GetUtcNow(), Cancelled);

        Assert.Empty(await SearchAsync($"seller={seller.Wallet.Address}"));
        Assert.Equal("expired", await StatusOfAsync(listed));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=many")]
    [InlineData("seller=0x12")]
    [InlineData("cursor=here")]
    [InlineData("priceWeiMax=-1")]
    public async Task Refuses_a_malformed_parameter_and_names_it(string query) => AssertRefused(
        400,
        "invalid_request",
        await Market.App.Anonymous.GetAsync($"/v1/listings?{query}", Cancelled),
        field: query.Split('=')[0]);

    private async Task<Guid[]> SearchAsync(string query)
    {
        ApiAnswer found = await Market.App.Anonymous.GetAsync($"/v1/listings?{query}", Cancelled);
        Assert.Equal(200, found.Status);
        return [.. found.Json.GetProperty("listings").EnumerateArray().Select(it => it.GetProperty("id").GetGuid())];
    }
}
