using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Harness.Trading;
using Souk.Local.Broker;

namespace Souk.Marketplace.Tests;

/// <summary>What the chain decides, however and how often it is hinted at.</summary>
[Collection(nameof(ClosingMarket))]
public sealed class FollowChainTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task Hints_twice_late_and_out_of_order_apply_each_log_once()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await buyer.SendStepAsync(await HoldAsync(buyer, listed), Cancelled);
        ulong head = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);
        CloudEventMessage late = Hint("late", head - 1);
        CloudEventMessage newest = Hint("newest", head);

        foreach (CloudEventMessage hint in new[] { newest, newest, late, late, newest })
            Assert.Equal(204, await Market.App.TakeEventAsync(hint, Cancelled));

        Assert.Equal(["mint", "list", "sale"], await ActivityOfAsync(listed.Token));
        Assert.Equal(buyer.Wallet.Address.ToString(), await OwnersOfAsync(listed.Token));
    }

    [Fact]
    public async Task Many_followers_at_once_apply_each_log_once()
    {
        Trader owner = await SignInAsync();
        List<TokenId> tokens = [];
        for (int i = 0; i < 10; i++) tokens.Add(await MintAsync(owner));

        int[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Market.HintAsync(Cancelled)));
        await FollowAsync();

        Assert.All(answers, it => Assert.Equal(204, it));
        foreach (TokenId token in tokens)
        {
            Assert.Equal(["mint"], await ActivityOfAsync(token));
            Assert.Equal(owner.Wallet.Address.ToString(), await OwnersOfAsync(token));
        }
    }

    [Fact]
    public async Task A_hint_that_found_the_node_down_follows_when_the_broker_repeats_it()
    {
        TokenId token = await MintAsync(await SignInAsync());
        CloudEventMessage hint = Hint("again", await Market.Node.Rpc.GetBlockNumberAsync(Cancelled));
        TakeNodeDown();

        Assert.Equal(503, await Market.App.TakeEventAsync(hint, Cancelled));
        Assert.Equal("", await OwnersOfAsync(token));
        Assert.Equal(204, await Market.App.TakeEventAsync(hint, Cancelled));
        Assert.NotEqual("", await OwnersOfAsync(token));
    }

    [Fact]
    public async Task The_reconcile_schedule_finds_what_no_hint_told()
    {
        Trader owner = await SignInAsync();
        TokenId token = await MintAsync(owner);

        Assert.Equal(204, await Market.FireAsync("reconcile", Cancelled));

        Assert.Equal(owner.Wallet.Address.ToString(), await OwnersOfAsync(token));
    }

    [Fact]
    public async Task A_range_that_the_node_refuses_is_read_in_parts()
    {
        Trader owner = await SignInAsync();
        TokenId token = await MintAsync(owner);
        await Market.Node.MineAsync(1300, Cancelled);
        TokenId last = await MintAsync(owner);

        await FollowAsync();

        Assert.Equal(owner.Wallet.Address.ToString(), await OwnersOfAsync(token));
        Assert.Equal(owner.Wallet.Address.ToString(), await OwnersOfAsync(last));
    }

    [Theory]
    [InlineData("""{"chainId":5,"blockNumber":1}""")]
    [InlineData("""{"chainId":"here"}""")]
    [InlineData("null")]
    public async Task A_hint_that_can_never_be_followed_is_poison(string data) => Assert.Equal(
        422, await Market.App.TakeEventAsync("souk.chain.hinted.v1", "/webhooks", data, Cancelled));

    [Fact]
    public async Task A_dead_leader_is_replaced_when_its_lease_has_lapsed()
    {
        TokenId token = await MintAsync(await SignInAsync());
        await Market.App.Database.ExecuteAsync(
            "UPDATE leases SET held_until = $1, holder = gen_random_uuid(), fence = fence + 1",
            Cancelled, Market.Clock.GetUtcNow().AddSeconds(30));

        await FollowAsync();
        Assert.Equal("", await OwnersOfAsync(token));
        await Market.PassAsync(TimeSpan.FromSeconds(31), Cancelled);
        await FollowAsync();
        Assert.NotEqual("", await OwnersOfAsync(token));
    }

    [Fact]
    public async Task A_leader_that_slept_past_its_lease_stores_nothing()
    {
        TokenId token = await MintAsync(await SignInAsync());
        Task<int> sleeper;
        await using (RowLock cursor = await RowLock.TakeAsync(
            AdminConnectionString, "SELECT 1 FROM chain_cursors FOR UPDATE", Cancelled))
        {
            sleeper = Market.FireAsync("reconcile", Cancelled);
            await cursor.WaitForWaiterAsync(Cancelled);
            await Market.App.Database.ExecuteAsync(
                "UPDATE leases SET holder = gen_random_uuid(), fence = fence + 1, held_until = $1",
                Cancelled, Market.Clock.GetUtcNow());
        }

        Assert.Equal(204, await sleeper);
        Assert.Equal("", await OwnersOfAsync(token));
        await FollowAsync();
        Assert.NotEqual("", await OwnersOfAsync(token));
    }

    [Fact]
    public async Task A_fill_counts_by_its_block_s_time_though_the_hold_has_lapsed_here()
    {
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(await SignInAsync());
        JsonElement purchase = await HoldAsync(buyer, listed);
        Market.Clock.Advance(ListingLimits.HoldDuration);
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));
        Assert.Equal("released hold_lapsed", await StatusOfAsync(buyer, purchase));

        Assert.True((await buyer.SendStepAsync(purchase, Cancelled)).IsSuccess);
        await FollowAsync();

        Assert.Equal("settled", await StatusOfAsync(buyer, purchase));
        Assert.Equal("filled sold", await StatusOfAsync(listed));
    }

    [Fact]
    public async Task A_late_fill_ends_the_hold_of_the_next_buyer()
    {
        Trader first = await SignInAsync();
        Trader second = await SignInAsync();
        Listed listed = await ListAsync(await SignInAsync());
        JsonElement late = await HoldAsync(first, listed);
        Market.Clock.Advance(ListingLimits.HoldDuration);
        JsonElement next = await HoldAsync(second, listed);

        Assert.True((await first.SendStepAsync(late, Cancelled)).IsSuccess);
        await FollowAsync();

        Assert.Equal("settled", await StatusOfAsync(first, late));
        Assert.Equal("released sold_to_another", await StatusOfAsync(second, next));
        Assert.False((await second.SendStepAsync(next, Cancelled)).IsSuccess);
    }

    private CloudEventMessage Hint(string id, ulong block) => new(
        new Dictionary<string, string>
        {
            ["specversion"] = "1.0",
            ["id"] = $"{id}-{Market.Contracts.Collection}",
            ["type"] = "souk.chain.hinted.v1",
            ["source"] = "/webhooks",
        },
        "application/json",
        System.Text.Encoding.UTF8.GetBytes($$"""{"chainId":{{Market.Seaport.ChainId}},"blockNumber":{{block}}}"""),
        null);
}
