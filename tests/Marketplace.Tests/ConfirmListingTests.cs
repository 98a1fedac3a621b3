using Souk.Domain.Orders;
using Souk.Domain.Tokens;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(ClosingMarket))]
public sealed class ConfirmListingTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task A_token_that_left_and_came_back_is_for_sale_only_on_its_seller_s_word()
    {
        Trader seller = await SignInAsync();
        Trader friend = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await GiveAsync(seller, friend.Wallet.Address, listed.Token);
        await FollowAsync();
        Assert.Equal("inactive token_moved", await StatusOfAsync(listed));

        await GiveAsync(friend, seller.Wallet.Address, listed.Token);
        await FollowAsync();
        Assert.Equal("needs_reconfirm token_returned", await StatusOfAsync(listed));

        Assert.Equal("active", StatusOf((await ConfirmAsync(seller, listed)).Json));
        await HoldAsync(friend, listed);
    }

    [Fact]
    public async Task Both_ways_between_two_looks_at_the_chain_count_too()
    {
        Trader seller = await SignInAsync();
        Trader friend = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await GiveAsync(seller, friend.Wallet.Address, listed.Token);
        await GiveAsync(friend, seller.Wallet.Address, listed.Token);

        await FollowAsync();

        Assert.Equal("needs_reconfirm token_returned", await StatusOfAsync(listed));
    }

    [Fact]
    public async Task A_token_given_to_oneself_never_left()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await GiveAsync(seller, seller.Wallet.Address, listed.Token);

        await FollowAsync();

        Assert.Equal("active", await StatusOfAsync(listed));
    }

    [Fact]
    public async Task An_approval_taken_back_takes_it_off_sale_and_given_again_puts_it_back()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await ApproveAsync(seller, isApproved: false);
        await FollowAsync();
        Assert.Equal("inactive approval_revoked", await StatusOfAsync(listed));

        await ApproveAsync(seller);
        await FollowAsync();

        Assert.Equal("active", await StatusOfAsync(listed));
        Assert.Equal(["mint", "list", "deactivate", "reactivate"], await ActivityOfAsync(listed.Token));
    }

    [Fact]
    public async Task An_approval_of_the_one_token_puts_it_back_too()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await ApproveAsync(seller, isApproved: false);
        await FollowAsync();

        await seller.Wallet.SendAsync(
            Market.Contracts.Collection, TokenCalls.Approve(Market.Contracts.Seaport, listed.Token), Cancelled);
        await FollowAsync();

        Assert.Equal("active", await StatusOfAsync(listed));
    }

    [Fact]
    public async Task Another_open_listing_of_the_token_is_not_joined_by_this_one()
    {
        Trader seller = await SignInAsync();
        Listed first = await ListAsync(seller);
        await ApproveAsync(seller, isApproved: false);
        await FollowAsync();
        await ApproveAsync(seller);
        Listed second = await ListAsync(seller, first.Token, Ask.Ether);

        await FollowAsync();

        Assert.Equal("inactive approval_revoked", await StatusOfAsync(first));
        Assert.Equal("active", await StatusOfAsync(second));
        AssertRefused(409, "conflict", await ConfirmAsync(seller, first));
    }

    [Fact]
    public async Task Refuses_another_s_one_that_waits_for_nothing_and_a_token_that_is_still_gone()
    {
        Trader seller = await SignInAsync();
        Trader friend = await SignInAsync();
        Listed listed = await ListAsync(seller);

        AssertRefused(403, "forbidden", await ConfirmAsync(friend, listed));
        AssertRefused(409, "conflict", await ConfirmAsync(seller, listed));

        await GiveAsync(seller, friend.Wallet.Address, listed.Token);
        await FollowAsync();
        AssertRefused(422, "not_token_owner", await ConfirmAsync(seller, listed));
        AssertRefused(404, "not_found", await seller.PostAsync(
            $"/v1/listings/{Guid.NewGuid()}/confirm", Ask.Nothing, Cancelled));
    }

    [Fact]
    public async Task Refuses_while_a_fill_would_revert()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await ApproveAsync(seller, isApproved: false);
        await FollowAsync();

        AssertRefused(422, "not_approved", await ConfirmAsync(seller, listed));

        await seller.Wallet.SendAsync(Market.Contracts.Seaport, SeaportCalls.IncrementCounter(), Cancelled);
        AssertRefused(422, "counter_stale", await ConfirmAsync(seller, listed));
    }

    [Fact]
    public async Task Answers_the_same_key_alike()
    {
        Trader seller = await SignInAsync();
        Trader friend = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await GiveAsync(seller, friend.Wallet.Address, listed.Token);
        await GiveAsync(friend, seller.Wallet.Address, listed.Token);
        await FollowAsync();
        string path = $"/v1/listings/{listed.Id}/confirm";

        ApiAnswer first = await seller.PostAsync(path, Ask.Nothing, Cancelled, "confirm");
        ApiAnswer again = await seller.PostAsync(path, Ask.Nothing, Cancelled, "confirm");

        Assert.Equal(200, again.Status);
        Assert.Equal(first.Json.GetRawText(), again.Json.GetRawText());
    }
}
