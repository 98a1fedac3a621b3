using System.Text.Json.Nodes;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(ClosingMarket))]
public sealed class OpenPurchaseTests(MarketFixture fixture) : MarketTest(fixture)
{
    private const int Buyers = 50;

    [Fact]
    public async Task Of_fifty_buyers_at_once_one_holds_the_listing_and_the_others_are_told_when_to_return()
    {
        Listed listed = await ListAsync(await SignInAsync());
        List<Trader> buyers = [];
        for (int i = 0; i < Buyers; i++) buyers.Add(await SignInAsync());

        ApiAnswer[] answers = await Task.WhenAll(buyers.Select(it => it.BuyAsync(listed.Id, Cancelled)));

        Assert.Single(answers, it => it.Status == 201);
        foreach (ApiAnswer refused in answers.Where(it => it.Status != 201))
        {
            AssertRefused(409, "listing_held", refused);
            // A buyer who waited for the row had their own time before the hold began.
            TimeSpan max = ListingLimits.HoldDuration + TimeSpan.FromSeconds(1);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), max);
        }
    }

    [Fact]
    public async Task Answers_the_same_key_with_the_same_purchase_and_the_same_steps()
    {
        Listed listed = await ListAsync(await SignInAsync());
        Trader buyer = await SignInAsync();

        ApiAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ =>
            buyer.BuyAsync(listed.Id, Cancelled, "mine")));
        ApiAnswer again = await buyer.BuyAsync(listed.Id, Cancelled, "mine");

        Assert.All(answers, it => Assert.Equal(again.Json.GetRawText(), it.Json.GetRawText()));
        Assert.Equal(1, again.Json.GetProperty("steps").GetArrayLength());
    }

    [Fact]
    public async Task Answers_the_same_key_still_when_the_hold_has_lapsed_and_the_token_is_gone()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        ApiAnswer first = await buyer.BuyAsync(listed.Id, Cancelled, "mine");
        await Market.PassAsync(ListingLimits.HoldDuration, Cancelled);
        await GiveAsync(seller, buyer.Wallet.Address, listed.Token);

        ApiAnswer again = await buyer.BuyAsync(listed.Id, Cancelled, "mine");

        Assert.Equal(first.Json.GetProperty("id").GetString(), again.Json.GetProperty("id").GetString());
        Assert.Equal(0, again.Json.GetProperty("steps").GetArrayLength());
    }

    [Fact]
    public async Task Refuses_an_unknown_listing_a_foreign_wallet_and_the_seller_in_that_order()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);

        AssertRefused(404, "not_found", await buyer.BuyAsync(Guid.NewGuid(), Cancelled));
        AssertRefused(403, "wallet_not_linked", await BuyForAsync(seller, buyer.Wallet, listed), "$.buyer");
        AssertRefused(422, "own_listing", await seller.BuyAsync(listed.Id, Cancelled));
    }

    [Fact]
    public async Task Refuses_the_seller_with_another_wallet_of_theirs()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        Wallet second = await Market.AddWalletAsync(Cancelled);
        await Market.LinkAsync(seller, second.Address, Cancelled);

        AssertRefused(422, "own_listing", await BuyForAsync(seller, second, listed));
    }

    [Fact]
    public async Task Refuses_a_contract_wallet_that_proved_itself_on_another_chain()
    {
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(await SignInAsync());
        await Market.App.Database.ExecuteAsync(
            "UPDATE wallets SET kind = 'contract', chain_id = 1 WHERE user_id = $1", Cancelled, buyer.UserId);

        AssertRefused(403, "wallet_not_linked", await buyer.BuyAsync(listed.Id, Cancelled), "$.buyer");
    }

    [Fact]
    public async Task Refuses_what_is_not_for_sale()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed cancelled = await ListAsync(seller);
        await CancelAsync(seller, cancelled);

        AssertRefused(409, "listing_not_active", await buyer.BuyAsync(cancelled.Id, Cancelled));
    }

    [Fact]
    public async Task Hands_nothing_out_in_the_last_minute()
    {
        Trader buyer = await SignInAsync();
        DateTimeOffset end = Market.Clock.GetUtcNow().AddMinutes(20);
        Listed listed = await ListUntilAsync(await SignInAsync(), end);
        await Market.PassAsync(end - Market.Clock.GetUtcNow() - TimeSpan.FromSeconds(59), Cancelled);

        AssertRefused(422, "order_expired", await buyer.BuyAsync(listed.Id, Cancelled));
    }

    [Fact]
    public async Task Refuses_what_the_chain_would_revert()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed unapproved = await ListAsync(seller);
        Listed gone = await ListAsync(seller);
        await ApproveAsync(seller, isApproved: false);
        await GiveAsync(seller, buyer.Wallet.Address, gone.Token);

        AssertRefused(422, "not_approved", await buyer.BuyAsync(unapproved.Id, Cancelled));
        AssertRefused(422, "not_token_owner", await buyer.BuyAsync(gone.Id, Cancelled));

        await seller.Wallet.SendAsync(Market.Contracts.Seaport, SeaportCalls.IncrementCounter(), Cancelled);
        AssertRefused(422, "counter_stale", await buyer.BuyAsync(unapproved.Id, Cancelled));
    }

    [Fact]
    public async Task A_lapsed_hold_is_free_for_the_next_buyer_without_any_schedule()
    {
        Listed listed = await ListAsync(await SignInAsync());
        Trader first = await SignInAsync();
        Trader second = await SignInAsync();
        await HoldAsync(first, listed);
        await Market.PassAsync(ListingLimits.HoldDuration - TimeSpan.FromSeconds(5), Cancelled);
        ApiAnswer early = await second.BuyAsync(listed.Id, Cancelled);
        await Market.PassAsync(TimeSpan.FromSeconds(5), Cancelled);

        AssertRefused(409, "listing_held", early);
        Assert.Equal("active", await StatusOfAsync(listed));
        Assert.Equal(201, (await second.BuyAsync(listed.Id, Cancelled)).Status);
    }

    [Fact]
    public async Task Takes_no_hold_while_the_node_is_down()
    {
        Listed listed = await ListAsync(await SignInAsync());
        Trader buyer = await SignInAsync();
        long before = await CountAsync("purchases");
        Market.Alchemy.NextRpc("eth_getBlockByNumber", -32000, "no healthy upstream");

        AssertRefused(503, "upstream_unavailable", await buyer.BuyAsync(listed.Id, Cancelled));

        Assert.Equal(before, await CountAsync("purchases"));
        Assert.Equal("active", await StatusOfAsync(listed));
    }

    private static Task<ApiAnswer> BuyForAsync(Trader caller, Wallet wallet, Listed listed) => caller.PostAsync(
        $"/v1/listings/{listed.Id}/purchases",
        new JsonObject { ["buyer"] = wallet.Address.ToString() },
        Cancelled);
}
