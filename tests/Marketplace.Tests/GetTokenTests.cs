using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class GetTokenTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task Tells_who_owns_a_token_as_far_as_the_chain_was_followed()
    {
        Trader owner = await SignInAsync();
        TokenId token = await MintAsync(owner);

        Assert.Equal("", await OwnersOfAsync(token));
        await FollowAsync();
        Assert.Equal(owner.Wallet.Address.ToString(), await OwnersOfAsync(token));
    }
}
