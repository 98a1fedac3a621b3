using System.Text.Json;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>What people do at the very time at which a block is undone, or applied.</summary>
public sealed class UndoRacesPeopleTests(MarketFixture fixture) : UndoTest(fixture), IClassFixture<MarketFixture>
{
    private const int Listings = 10;

    [Fact]
    public async Task Every_cancel_that_was_answered_stands_whenever_it_came()
    {
        Trader seller = await SignInAsync();
        List<Listed> listings = await ListManyAsync(seller);
        await TakeOffSaleAsync(seller, listings);

        Task unwinding = UnwindAsync(MadeLogs.Base);
        ApiAnswer[] answers = await Task.WhenAll(listings.Select(listed => CancelAsync(seller, listed)));
        await unwinding;

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        foreach (Listed listed in listings)
            Assert.Equal("cancelled seller_cancelled", await StatusOfAsync(listed));
    }

    [Fact]
    public async Task Every_hold_given_back_meanwhile_leaves_the_listing_to_the_next_buyer()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        List<Listed> listings = await ListManyAsync(seller);
        List<JsonElement> purchases = [];
        foreach (Listed listed in listings)
            purchases.Add(await HoldAsync(buyer, listed));
        await ApplyAsync(
            new MadeLogs(Chain.Seaport).NextBlock()
                .ApproveAll(Market.Contracts.Collection, seller.Wallet.Address, Chain.Seaport, isApproved: false),
            MadeLogs.Base,
            MadeLogs.Base + 1);

        Task unwinding = UnwindAsync(MadeLogs.Base);
        ApiAnswer[] answers = await Task.WhenAll(purchases.Select(
            purchase => buyer.DeleteAsync($"/v1/purchases/{purchase.GetProperty("id")}", Cancelled)));
        await unwinding;

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        foreach (Listed listed in listings)
            Assert.Equal("active", await StatusOfAsync(listed));
    }

    [Fact]
    public async Task A_cancel_that_waits_for_the_undoing_sees_what_it_left()
    {
        Trader seller = await SignInAsync();
        List<Listed> listings = await ListManyAsync(seller);
        await TakeOffSaleAsync(seller, listings);
        Task unwinding;
        Task<ApiAnswer> cancelling;
        await using (RowLock last = await RowLock.TakeAsync(
            AdminConnectionString, $"SELECT 1 FROM listings WHERE id = '{listings[^1].Id}' FOR UPDATE", Cancelled))
        {
            // The undoing has the first of the listings, and waits for the last.
            unwinding = UnwindAsync(MadeLogs.Base);
            await last.WaitForWaiterAsync(Cancelled);
            cancelling = CancelAsync(seller, listings[0]);
            await WaitForWaitersAsync(2);
        }

        await unwinding;
        Assert.Equal(200, (await cancelling).Status);
        Assert.Equal("cancelled seller_cancelled", await StatusOfAsync(listings[0]));
        Assert.Equal("active", await StatusOfAsync(listings[1]));
    }

    [Fact]
    public async Task A_confirmation_that_waits_for_the_undoing_finds_nothing_to_confirm()
    {
        Trader seller = await SignInAsync();
        List<Listed> listings = await ListManyAsync(seller);
        await TakeOffSaleAsync(seller, listings);
        Task unwinding;
        Task<ApiAnswer> confirming;
        await using (RowLock last = await RowLock.TakeAsync(
            AdminConnectionString, $"SELECT 1 FROM listings WHERE id = '{listings[^1].Id}' FOR UPDATE", Cancelled))
        {
            unwinding = UnwindAsync(MadeLogs.Base);
            await last.WaitForWaiterAsync(Cancelled);
            confirming = ConfirmAsync(seller, listings[0]);
            await WaitForWaitersAsync(2);
        }

        await unwinding;
        AssertRefused(409, "conflict", await confirming);
        Assert.Equal("active", await StatusOfAsync(listings[0]));
    }

    [Fact]
    public async Task A_schedule_that_ends_listings_meanwhile_waits_for_no_one_who_waits_for_it()
    {
        Trader seller = await SignInAsync();
        List<Listed> listings = [];
        for (int i = 0; i < Listings; i++)
            listings.Add(await ListUntilAsync(seller, Market.Clock.GetUtcNow().AddHours(2)));
        await FollowAsync();
        ulong height = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);
        await GiveAsync(seller, Market.Minter, listings[0].Token);
        await Market.PassAsync(TimeSpan.FromHours(3), Cancelled);
        await FollowAsync();

        await Market.Node.ReorgAsync(
            (int)(await Market.Node.Rpc.GetBlockNumberAsync(Cancelled) - height), Cancelled);
        int[] answers = await Task.WhenAll(
            Market.FireAsync("expire", Cancelled), Market.HintAsync(Cancelled), Market.FireAsync("expire", Cancelled));
        await Market.PassAsync(TimeSpan.FromHours(3), Cancelled);
        await Market.FireAsync("expire", Cancelled);

        Assert.All(answers, answer => Assert.Equal(204, answer));
        foreach (Listed listed in listings)
        {
            Assert.Equal("expired ended", await StatusOfAsync(listed));
            Assert.Equal(["mint", "list", "expire"], await ActivityOfAsync(listed.Token));
        }
    }

    private async Task<List<Listed>> ListManyAsync(Trader seller)
    {
        List<Listed> listings = [];
        for (int i = 0; i < Listings; i++)
            listings.Add(await ListAsync(seller));
        await FollowAsync();
        return [.. listings.OrderBy(listed => listed.Id)];
    }

    private Task TakeOffSaleAsync(Trader seller, List<Listed> listings)
    {
        MadeLogs logs = new MadeLogs(Chain.Seaport).NextBlock();
        foreach (Listed listed in listings)
            logs.Transfer(Market.Contracts.Collection, seller.Wallet.Address, Market.Minter, listed.Token);
        return ApplyAsync(logs, MadeLogs.Base, logs.LastBlock);
    }

    private async Task WaitForWaitersAsync(long count)
    {
        const string waiting = "pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        while (await CountAsync(waiting) < count)
            await Task.Yield();
    }
}
