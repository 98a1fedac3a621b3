using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class GetListingTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task Anyone_may_look()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);

        Assert.Equal(
            seller.Wallet.Address.ToString(), (await ReadListingAsync(listed)).GetProperty("seller").GetString());
    }

    [Fact]
    public async Task Refuses_an_unknown_name_and_what_is_none()
    {
        ApiClient anyone = Market.App.Anonymous;

        AssertRefused(404, "not_found", await anyone.GetAsync($"/v1/listings/{Guid.NewGuid()}", Cancelled));
        AssertRefused(400, "invalid_request", await anyone.GetAsync("/v1/listings/mine", Cancelled));
    }
}
