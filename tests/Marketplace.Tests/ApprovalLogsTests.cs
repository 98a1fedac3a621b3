using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>Whether a listing is for sale by what its seller lets the marketplace's operator move.</summary>
public sealed class ApprovalLogsTests(MarketFixture fixture) : UndoTest(fixture), IClassFixture<MarketFixture>
{
    private const string Revoked = "inactive approval_revoked";

    private Address Mover => Market.Contracts.Seaport;

    [Fact]
    public async Task One_token_s_approval_taken_back_takes_it_off_sale_until_it_comes_back()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListByOneAsync(seller);

        await ApproveOneAsync(seller, Address.Zero, listed.Token);
        await FollowAsync();
        Assert.Equal(Revoked, await StatusOfAsync(listed));

        await ApproveOneAsync(seller, Mover, listed.Token);
        await FollowAsync();
        Assert.Equal("active", await StatusOfAsync(listed));
        Assert.Equal(["mint", "list", "deactivate", "reactivate"], await ActivityOfAsync(listed.Token));
    }

    [Fact]
    public async Task One_token_s_approval_given_to_another_takes_it_off_sale()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListByOneAsync(seller);

        await ApproveOneAsync(seller, Market.Minter, listed.Token);
        await FollowAsync();

        Assert.Equal(Revoked, await StatusOfAsync(listed));
    }

    [Fact]
    public async Task One_token_s_approval_may_go_while_that_of_all_stands()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListByOneAsync(seller);
        await ApproveAsync(seller);

        await ApproveOneAsync(seller, Address.Zero, listed.Token);
        await FollowAsync();
        Assert.Equal("active", await StatusOfAsync(listed));

        await ApproveAsync(seller, isApproved: false);
        await FollowAsync();
        Assert.Equal(Revoked, await StatusOfAsync(listed));
    }

    [Fact]
    public async Task The_approval_of_all_may_go_while_one_token_s_stands()
    {
        Trader seller = await SignInAsync();
        Listed one = await ListByOneAsync(seller);
        await ApproveAsync(seller);
        Listed other = await ListAsync(seller, await MintAsync(seller));

        await ApproveAsync(seller, isApproved: false);
        await FollowAsync();

        Assert.Equal("active", await StatusOfAsync(one));
        Assert.Equal(Revoked, await StatusOfAsync(other));
    }

    [Fact]
    public async Task One_token_s_approval_ends_when_the_token_moves()
    {
        Trader seller = await SignInAsync();
        Trader friend = await SignInAsync();
        Listed listed = await ListByOneAsync(seller);
        await ApproveAsync(seller);
        await FollowAsync();
        await GiveAsync(seller, friend.Wallet.Address, listed.Token);
        await GiveAsync(friend, seller.Wallet.Address, listed.Token);
        await FollowAsync();
        Assert.Equal(200, (await ConfirmAsync(seller, listed)).Status);

        await ApproveAsync(seller, isApproved: false);
        await FollowAsync();

        Assert.Equal(Revoked, await StatusOfAsync(listed));
    }

    [Fact]
    public async Task What_another_operator_may_do_is_kept_and_changes_no_listing()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await FollowAsync();
        long before = await CountAsync("token_approvals");

        const string approve = "setApprovalForAll(address,bool)";
        await CallAsync(seller, Market.Contracts.Collection, approve, Market.Minter, true);
        await CallAsync(seller, Market.Contracts.Collection, approve, Market.Minter, false);
        await FollowAsync();

        Assert.Equal(before + 2, await CountAsync("token_approvals"));
        Assert.Equal("active", await StatusOfAsync(listed));
    }

    /// <summary>A token for sale that the operator may move alone, none else of the seller's.</summary>
    private async Task<Listed> ListByOneAsync(Trader seller)
    {
        TokenId token = await MintAsync(seller);
        await ApproveOneAsync(seller, Mover, token);
        Listed listed = await ListAsync(seller, token);
        await FollowAsync();
        return listed;
    }
}
