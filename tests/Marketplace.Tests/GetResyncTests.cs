using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class GetResyncTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task Knows_no_resync_that_nobody_asked_for() => AssertRefused(
        404, "not_found",
        await Administrator.GetAsync($"/v1/admin/chains/{Market.Id}/resyncs/{Guid.NewGuid()}", Cancelled));

    [Fact]
    public async Task Tells_nobody_else() => AssertRefused(
        403, "forbidden",
        await (await SignInAsync()).GetAsync(
            $"/v1/admin/chains/{Market.Id}/resyncs/{Guid.NewGuid()}", Cancelled));
}
