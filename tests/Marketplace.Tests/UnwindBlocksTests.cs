using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>What is left of a sale whose block left the chain.</summary>
public sealed class UnwindBlocksTests(MarketFixture fixture) : MarketTest(fixture), IClassFixture<MarketFixture>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(Market.ReorgDepthMax - 1)]
    public async Task An_orphaned_fill_is_undone_and_settles_when_it_is_mined_again(int depth)
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        JsonElement purchase = await HoldAsync(buyer, listed);
        await FollowAsync();
        MinedTransaction fill = await buyer.SendStepAsync(purchase, Cancelled);
        await Market.Node.MineAsync(depth - 1, Cancelled);
        await FollowAsync();
        Assert.Equal("settled", await StatusOfAsync(buyer, purchase));

        await ReorgAsync(depth);

        Assert.Equal("held", await StatusOfAsync(buyer, purchase));
        Assert.Equal("held", await StatusOfAsync(listed));
        Assert.Equal(seller.Wallet.Address.ToString(), await OwnersOfAsync(listed.Token));
        Assert.Equal(["mint", "list"], await ActivityOfAsync(listed.Token));
        Assert.Equal(0, await LinesOfAsync(listed));

        Assert.True((await buyer.Wallet.MineAsync(fill.Raw, Cancelled)).IsSuccess);
        await FollowAsync();

        Assert.Equal("settled", await StatusOfAsync(buyer, purchase));
        Assert.Equal("filled sold", await StatusOfAsync(listed));
        Assert.Equal(buyer.Wallet.Address.ToString(), await OwnersOfAsync(listed.Token));
        Assert.Equal(["mint", "list", "sale"], await ActivityOfAsync(listed.Token));
        Assert.Equal(3, await LinesOfAsync(listed));
    }

    [Fact]
    public async Task A_fill_orphaned_before_it_was_seen_never_happened()
    {
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(await SignInAsync());
        JsonElement purchase = await HoldAsync(buyer, listed);
        await FollowAsync();
        await buyer.SendStepAsync(purchase, Cancelled);

        await ReorgAsync(1);

        Assert.Equal("held", await StatusOfAsync(buyer, purchase));
        Assert.Equal("held", await StatusOfAsync(listed));
    }

    [Fact]
    public async Task A_token_whose_leaving_was_orphaned_is_for_sale_as_if_it_had_never_left()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await FollowAsync();
        await GiveAsync(seller, (await SignInAsync()).Wallet.Address, listed.Token);
        await FollowAsync();
        Assert.Equal("inactive token_moved", await StatusOfAsync(listed));

        await ReorgAsync(1);

        Assert.Equal(seller.Wallet.Address.ToString(), await OwnersOfAsync(listed.Token));
        Assert.Equal("active", await StatusOfAsync(listed));
        Assert.Equal(["mint", "list"], await ActivityOfAsync(listed.Token));
    }

    [Fact]
    public async Task A_listing_of_a_token_whose_mint_was_orphaned_is_off_sale()
    {
        Trader seller = await SignInAsync();
        await ApproveAsync(seller);
        await FollowAsync();
        TokenId token = await MintAsync(seller);
        Listed listed = await ListAsync(seller, token, Ask.Ether);
        await FollowAsync();

        await ReorgAsync(1);

        Assert.Equal("", await OwnersOfAsync(token));
        Assert.Equal("inactive token_moved", await StatusOfAsync(listed));
    }

    [Fact]
    public async Task An_orphaned_cancellation_never_was_until_it_is_mined_again()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await FollowAsync();
        MinedTransaction cancellation = await CancelOnChainAsync(seller, listed);
        await FollowAsync();
        Assert.Equal("cancelled cancelled_on_chain", await StatusOfAsync(listed));

        await ReorgAsync(1);
        Assert.Equal("active", await StatusOfAsync(listed));

        await seller.Wallet.MineAsync(cancellation.Raw, Cancelled);
        await FollowAsync();
        Assert.Equal("cancelled cancelled_on_chain", await StatusOfAsync(listed));
    }

    [Fact]
    public async Task An_orphaned_cancellation_makes_way_for_a_newer_listing_of_the_token()
    {
        Trader seller = await SignInAsync();
        Listed first = await ListAsync(seller);
        await FollowAsync();
        await CancelOnChainAsync(seller, first);
        await FollowAsync();
        Listed second = await ListAsync(seller, first.Token, Ask.Ether);

        await ReorgAsync(1);

        Assert.Equal("needs_reconfirm token_returned", await StatusOfAsync(first));
        Assert.Equal("active", await StatusOfAsync(second));
    }

    [Fact]
    public async Task What_was_listed_on_an_orphaned_block_still_learns_what_replaced_it()
    {
        Trader seller = await SignInAsync();
        TokenId token = await MintAsync(seller);
        await ApproveAsync(seller);
        await FollowAsync();
        await Market.Node.MineAsync(2, Cancelled);
        await FollowAsync();
        Listed listed = await ListAsync(seller, token, Ask.Ether);
        byte[] gift = await seller.Wallet.SignAsync(
            Market.Contracts.Collection,
            AbiFunction.Parse("transferFrom(address,address,uint256)").Encode(
                seller.Wallet.Address, Market.Minter, token.Value),
            Wei.Zero,
            Cancelled);

        // The gift is in the first of the two blocks that replace those the listing's facts are of.
        JsonArray replaced = new(new JsonArray(Hex.Encode(gift), 0));
        await Market.Node.Rpc.SendAsync("anvil_reorg", [2, replaced], Cancelled);
        await FollowAsync();

        Assert.Equal("inactive token_moved", await StatusOfAsync(listed));
    }

    private async Task ReorgAsync(int depth)
    {
        await Market.Node.ReorgAsync(depth, Cancelled);
        await FollowAsync();
    }

    private static async Task<MinedTransaction> CancelOnChainAsync(Trader seller, Listed listed)
    {
        JsonElement step = (await seller.GetAsync($"/v1/listings/{listed.Id}/cancellation", Cancelled)).Json;
        MinedTransaction mined = await seller.Wallet.SendAsync(step, Cancelled);
        Assert.True(mined.IsSuccess);
        return mined;
    }

    private Task<long> LinesOfAsync(Listed listed) => Market.App.Database.FindAsync<long>(
        "SELECT count(*) FROM settlement_lines WHERE listing_id = $1", Cancelled, listed.Id);
}
