using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>What people and time did between a block and its leaving the chain, one test a rule.</summary>
public sealed class UndoMeetsPeopleTests(MarketFixture fixture) : UndoTest(fixture), IClassFixture<MarketFixture>
{
    private Address Collection => Market.Contracts.Collection;

    [Fact]
    public async Task What_its_seller_cancelled_since_stays_cancelled()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await FollowAsync();
        await ApplyAsync(new MadeLogs(Chain.Seaport)
            .NextBlock().Transfer(Collection, seller.Wallet.Address, Market.Minter, listed.Token));
        Assert.Equal("inactive token_moved", await StatusOfAsync(listed));
        Assert.Equal(200, (await CancelAsync(seller, listed)).Status);

        await UnwindAsync(MadeLogs.Base);

        Assert.Equal("cancelled seller_cancelled", await StatusOfAsync(listed));
        Assert.Equal(
            ["souk.listing.activated.v1", "souk.listing.ended.v1"], await AnnouncedOfAsync("listing", listed.Id));
    }

    [Fact]
    public async Task A_hold_given_back_since_stays_given_back()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        JsonElement purchase = await HoldAsync(buyer, listed);
        await FollowAsync();
        await ApplyAsync(new MadeLogs(Chain.Seaport)
            .NextBlock().ApproveAll(Collection, seller.Wallet.Address, Chain.Seaport, isApproved: false));
        Assert.Equal("inactive approval_revoked", await StatusOfAsync(listed));
        await buyer.DeleteAsync($"/v1/purchases/{purchase.GetProperty("id")}", Cancelled);

        await UnwindAsync(MadeLogs.Base);

        Assert.Equal("active", await StatusOfAsync(listed));
        Assert.Equal("released buyer_released", await StatusOfAsync(buyer, purchase));
    }

    [Fact]
    public async Task A_hold_taken_since_waits_while_the_listing_is_off_sale_again()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await FollowAsync();
        MadeLogs logs = new MadeLogs(Chain.Seaport)
            .NextBlock().ApproveAll(Collection, seller.Wallet.Address, Chain.Seaport, isApproved: false)
            .NextBlock().ApproveAll(Collection, seller.Wallet.Address, Chain.Seaport, isApproved: true);
        await ApplyAsync(logs);
        JsonElement purchase = await HoldAsync(buyer, listed);

        await UnwindAsync(MadeLogs.Base + 1);
        Assert.Equal("inactive approval_revoked", await StatusOfAsync(listed));
        Assert.Equal("held", await StatusOfAsync(buyer, purchase));

        await ApplyAsync(logs);
        Assert.Equal("held", await StatusOfAsync(listed));
        await UnwindAsync(MadeLogs.Base);
        Assert.Equal("held", await StatusOfAsync(listed));
    }

    [Fact]
    public async Task A_confirmation_since_falls_with_the_return_that_it_rested_on()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await FollowAsync();
        await ApplyAsync(new MadeLogs(Chain.Seaport)
            .NextBlock().Transfer(Collection, seller.Wallet.Address, Market.Minter, listed.Token)
            .NextBlock().Transfer(Collection, Market.Minter, seller.Wallet.Address, listed.Token));
        Assert.Equal("needs_reconfirm token_returned", await StatusOfAsync(listed));
        Assert.Equal(200, (await ConfirmAsync(seller, listed)).Status);

        await UnwindAsync(MadeLogs.Base + 1);
        Assert.Equal("inactive token_moved", await StatusOfAsync(listed));
        await UnwindAsync(MadeLogs.Base);
        Assert.Equal("active", await StatusOfAsync(listed));
    }

    [Fact]
    public async Task A_sale_taken_back_after_its_hold_lapsed_is_released_by_the_schedule()
    {
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(await SignInAsync());
        JsonElement purchase = await HoldAsync(buyer, listed);
        await FollowAsync();
        ulong height = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);
        Assert.True((await buyer.SendStepAsync(purchase, Cancelled)).IsSuccess);
        await FollowAsync();
        Market.Clock.Advance(ListingLimits.HoldDuration);

        await OrphanAsync(height);
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));

        Assert.Equal("released hold_lapsed", await StatusOfAsync(buyer, purchase));
        Assert.Equal("active", await StatusOfAsync(listed));
        Assert.Equal(
            ["souk.purchase.settled.v1", "souk.purchase.reorged.v1", "souk.purchase.ended.v1"],
            await AnnouncedOfAsync("purchase", purchase.GetProperty("id").GetGuid()));
    }

    [Fact]
    public async Task What_ended_by_the_time_of_a_block_that_is_gone_ends_again_by_that_of_another()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListUntilAsync(seller, Market.Clock.GetUtcNow().AddHours(2));
        await FollowAsync();
        Seen before = await StateOfAsync(listed);
        ulong height = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);
        await Market.PassAsync(TimeSpan.FromHours(3), Cancelled);
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));
        Assert.Equal(new Seen("expired", ["mint", "list", "expire"]), await StateOfAsync(listed));

        await OrphanAsync(height);
        Assert.Equal(before, await StateOfAsync(listed));

        await Market.PassAsync(TimeSpan.FromHours(1), Cancelled);
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));
        Assert.Equal(new Seen("expired", ["mint", "list", "expire"]), await StateOfAsync(listed));
        Assert.Equal(
            [
                "souk.listing.activated.v1", "souk.listing.ended.v1", "souk.listing.reorged.v1",
                "souk.listing.ended.v1",
            ],
            await AnnouncedOfAsync("listing", listed.Id));
    }

    [Fact]
    public async Task A_reported_purchase_that_failed_by_the_time_of_a_block_that_is_gone_waits_again()
    {
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(await SignInAsync());
        JsonElement purchase = await HoldAsync(buyer, listed);
        await buyer.PostAsync(
            $"/v1/purchases/{purchase.GetProperty("id")}/transactions",
            new JsonObject { ["transactionHash"] = Bytes32.Zero.ToString() },
            Cancelled);
        await FollowAsync();
        ulong height = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);
        await Market.PassAsync(TimeSpan.FromHours(1), Cancelled);
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));
        Assert.Equal("failed not_filled_in_time", await StatusOfAsync(buyer, purchase));

        await OrphanAsync(height);

        Assert.Equal("submitted", await StatusOfAsync(buyer, purchase));
        Assert.Equal("held", (await StateOfAsync(listed)).Status);
    }

    private Task ApplyAsync(MadeLogs logs) => ApplyAsync(logs, MadeLogs.Base, logs.LastBlock);

    /// <summary>What is stored, for a reader sees by our own time what has ended.</summary>
    private async Task<Seen> StateOfAsync(Listed listed) => new(
        (await Market.App.Database.FindAsync<string>(
            "SELECT status FROM listings WHERE id = $1", Cancelled, listed.Id))!,
        await ActivityOfAsync(listed.Token));

    private Task<IReadOnlyList<string>> AnnouncedOfAsync(string kind, Guid id) =>
        Market.App.Database.ListAsync<string>(
            "SELECT type FROM outbox WHERE subject = $1 ORDER BY sequence", Cancelled, $"{kind}/{id}");

    private sealed record Seen(string Status, string[] Activity)
    {
        public bool Equals(Seen? other) =>
            other is not null && Status == other.Status && Activity.SequenceEqual(other.Activity);

        public override int GetHashCode() => HashCode.Combine(Status, Activity.Length);
    }
}
