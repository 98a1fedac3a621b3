using System.Text.Json;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(ClosingMarket))]
public sealed class CancelListingTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task Before_any_authorization_it_is_final_at_once()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);

        ApiAnswer cancelled = await CancelAsync(seller, listed);

        Assert.Equal("cancelled seller_cancelled", StatusOf(cancelled.Json));
        Assert.Equal(["list", "cancel"], await ActivityOfAsync(listed.Token));
    }

    [Fact]
    public async Task After_an_authorization_it_waits_until_the_chain_s_time_has_passed_it()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        JsonElement purchase = await HoldAsync(buyer, listed);

        Assert.Equal("cancel_pending seller_cancelled", StatusOf((await CancelAsync(seller, listed)).Json));
        Market.Clock.Advance(ListingLimits.AuthorizationLifetime);
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));
        Assert.Equal("cancel_pending seller_cancelled", await StatusOfAsync(listed));

        await Market.PassAsync(ListingLimits.AuthorizationLifetime, Cancelled);
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));
        Assert.Equal("cancelled seller_cancelled", await StatusOfAsync(listed));
        Assert.Equal("released hold_lapsed", await StatusOfAsync(buyer, purchase));
    }

    [Fact]
    public async Task After_an_authorization_a_fill_still_wins()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        JsonElement purchase = await HoldAsync(buyer, listed);
        await CancelAsync(seller, listed);

        Assert.True((await buyer.SendStepAsync(purchase, Cancelled)).IsSuccess);
        await FollowAsync();

        Assert.Equal("filled sold", await StatusOfAsync(listed));
        Assert.Equal("settled", await StatusOfAsync(buyer, purchase));
    }

    [Fact]
    public async Task One_whose_token_was_listed_again_conflicts_until_its_authorization_has_ended()
    {
        Trader seller = await SignInAsync();
        Trader other = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await HoldAsync(other, listed);
        await GiveAsync(seller, other.Wallet.Address, listed.Token);
        await GiveAsync(other, seller.Wallet.Address, listed.Token);
        await FollowAsync();
        await ListAsync(seller, listed.Token);

        AssertRefused(409, "conflict", await CancelAsync(seller, listed));

        await Market.PassAsync(ListingLimits.AuthorizationLifetime, Cancelled);
        await FollowAsync();
        Assert.Equal("cancelled seller_cancelled", StatusOf((await CancelAsync(seller, listed)).Json));
    }

    [Fact]
    public async Task A_waiting_cancellation_lets_nobody_else_buy()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await HoldAsync(await SignInAsync(), listed);
        await CancelAsync(seller, listed);
        await Market.PassAsync(ListingLimits.HoldDuration, Cancelled);

        AssertRefused(409, "listing_not_active", await (await SignInAsync()).BuyAsync(listed.Id, Cancelled));
    }

    [Fact]
    public async Task Asking_again_changes_nothing()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await CancelAsync(seller, listed);

        Assert.Equal("cancelled seller_cancelled", StatusOf((await CancelAsync(seller, listed)).Json));
        Assert.Equal(["list", "cancel"], await ActivityOfAsync(listed.Token));
    }

    [Fact]
    public async Task Refuses_an_unknown_listing_another_s_and_one_that_is_sold()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);

        AssertRefused(404, "not_found", await seller.PostAsync(
            $"/v1/listings/{Guid.NewGuid()}/cancel", Ask.Nothing, Cancelled));
        AssertRefused(403, "forbidden", await CancelAsync(buyer, listed));

        await buyer.SendStepAsync(await HoldAsync(buyer, listed), Cancelled);
        await FollowAsync();
        AssertRefused(409, "conflict", await CancelAsync(seller, listed));
    }

    [Fact]
    public async Task The_wallet_s_step_cancels_on_chain_and_ends_a_hold()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        JsonElement purchase = await HoldAsync(buyer, listed);
        ApiAnswer step = await seller.GetAsync($"/v1/listings/{listed.Id}/cancellation", Cancelled);

        Assert.True((await seller.Wallet.SendAsync(step.Json, Cancelled)).IsSuccess);
        await FollowAsync();

        Assert.Equal("cancelled cancelled_on_chain", await StatusOfAsync(listed));
        Assert.Equal("released listing_unavailable", await StatusOfAsync(buyer, purchase));
        Assert.False((await buyer.SendStepAsync(purchase, Cancelled)).IsSuccess);
    }

    [Fact]
    public async Task A_raised_counter_cancels_all_that_were_signed_with_an_older_one_and_no_newer_listing()
    {
        Trader seller = await SignInAsync();
        Listed first = await ListAsync(seller);
        Listed second = await ListAsync(seller);
        await seller.Wallet.SendAsync(Market.Contracts.Seaport, SeaportCalls.IncrementCounter(), Cancelled);
        await seller.Wallet.SendAsync(Market.Contracts.Seaport, SeaportCalls.IncrementCounter(), Cancelled);
        Listed third = await ListAsync(seller);

        await FollowAsync();

        Assert.Equal("cancelled counter_raised", await StatusOfAsync(first));
        Assert.Equal("cancelled counter_raised", await StatusOfAsync(second));
        Assert.Equal("active", await StatusOfAsync(third));
    }

    [Fact]
    public async Task Only_the_seller_is_given_the_step()
    {
        Listed listed = await ListAsync(await SignInAsync());

        AssertRefused(403, "forbidden", await (await SignInAsync()).GetAsync(
            $"/v1/listings/{listed.Id}/cancellation", Cancelled));
    }
}
