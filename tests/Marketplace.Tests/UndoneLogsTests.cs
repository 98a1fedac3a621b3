using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>Each kind of log that is followed: its block leaves the chain, and it is as if it had never been.</summary>
public sealed class UndoneLogsTests(MarketFixture fixture) : UndoTest(fixture), IClassFixture<MarketFixture>
{
    private const string MaxApproval = "approve(address,uint256)";

    [Fact]
    public async Task A_fill()
    {
        Trader buyer = await SignInAsync();
        JsonElement purchase = await HoldAsync(buyer, await ListAsync(await SignInAsync()));

        await AssertUndoneAsync(
            async () => Assert.True((await buyer.SendStepAsync(purchase, Cancelled)).IsSuccess),
            "token_transfers", "token_balances", "order_events", "settlement_lines", "activity", "listings",
            "purchases");
    }

    [Fact]
    public async Task A_fill_that_ends_another_buyers_hold()
    {
        Trader first = await SignInAsync();
        Trader second = await SignInAsync();
        Listed listed = await ListAsync(await SignInAsync());
        JsonElement late = await HoldAsync(first, listed);
        Market.Clock.Advance(Domain.Listings.ListingLimits.HoldDuration);
        JsonElement next = await HoldAsync(second, listed);

        await AssertUndoneAsync(
            async () => Assert.True((await first.SendStepAsync(late, Cancelled)).IsSuccess),
            "token_transfers", "token_balances", "order_events", "settlement_lines", "activity", "listings",
            "purchases");

        Assert.Equal("held", await StatusOfAsync(second, next));
    }

    [Fact]
    public async Task A_fill_matched_with_the_buyers_own_order()
    {
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(await SignInAsync());
        JsonElement purchase = await HoldAsync(buyer, listed);
        byte[] fill = Hex.Decode(purchase.GetProperty("steps")[0].GetProperty("data").GetString());
        byte[] raw = await buyer.Wallet.SignAsync(
            Market.Contracts.Seaport, MatchCall(buyer, listed, fill), Ask.Ether, Cancelled);
        await buyer.PostAsync(
            $"/v1/purchases/{purchase.GetProperty("id")}/transactions",
            new JsonObject { ["transactionHash"] = Eip1559Transaction.HashOf(raw).ToString() },
            Cancelled);

        await AssertUndoneAsync(
            async () =>
            {
                Assert.True((await buyer.Wallet.MineAsync(raw, Cancelled)).IsSuccess);
                await FollowAsync();
                Assert.Equal("settled", await StatusOfAsync(buyer, purchase));
                Assert.Equal(["filled", "matched"], await EventsOfAsync(listed));
            },
            "token_transfers", "token_balances", "order_events", "settlement_lines", "activity", "listings",
            "purchases");
    }

    [Fact]
    public async Task A_cancellation()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await HoldAsync(buyer, listed);

        await AssertUndoneAsync(
            () => CancelOnChainAsync(seller, listed), "order_events", "activity", "listings", "purchases");
    }

    [Fact]
    public async Task A_raised_counter()
    {
        Trader seller = await SignInAsync();
        await ListAsync(seller);
        await ListAsync(seller);

        await AssertUndoneAsync(
            () => CallAsync(seller, Market.Contracts.Seaport, "incrementCounter()"),
            "order_events", "activity", "listings");
    }

    [Fact]
    public async Task An_order_put_on_chain()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);

        await AssertUndoneAsync(
            async () =>
            {
                await seller.Wallet.SendAsync(Market.Contracts.Seaport, ValidateCall(listed), Cancelled);
                await FollowAsync();
                Assert.Equal(["validated"], await EventsOfAsync(listed));
            },
            "order_events");
    }

    [Fact]
    public async Task A_mint()
    {
        Trader owner = await SignInAsync();

        await AssertUndoneAsync(
            () => MintAsync(owner), "token_transfers", "token_balances", "activity");
    }

    [Fact]
    public async Task A_token_that_leaves()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);

        await AssertUndoneAsync(
            () => GiveAsync(seller, Market.Minter, listed.Token),
            "token_transfers", "token_balances", "activity", "listings");
    }

    [Fact]
    public async Task A_token_that_leaves_and_comes_back()
    {
        Trader seller = await SignInAsync();
        Trader friend = await SignInAsync();
        Listed listed = await ListAsync(seller);

        await AssertUndoneAsync(
            async () =>
            {
                await GiveAsync(seller, friend.Wallet.Address, listed.Token);
                await GiveAsync(friend, seller.Wallet.Address, listed.Token);
            },
            "token_transfers", "activity", "listings");
    }

    [Fact]
    public async Task A_token_that_comes_back()
    {
        Trader seller = await SignInAsync();
        Trader friend = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await GiveAsync(seller, friend.Wallet.Address, listed.Token);
        await FollowAsync();
        Assert.Equal("inactive token_moved", await StatusOfAsync(listed));

        await AssertUndoneAsync(
            () => GiveAsync(friend, seller.Wallet.Address, listed.Token),
            "token_transfers", "token_balances", "activity", "listings");
    }

    [Fact]
    public async Task An_approval_of_all_that_is_taken_back()
    {
        Trader seller = await SignInAsync();
        await ListAsync(seller);

        await AssertUndoneAsync(
            () => ApproveAsync(seller, isApproved: false), "token_approvals", "activity", "listings");
    }

    [Fact]
    public async Task An_approval_of_all_that_comes_back()
    {
        Trader seller = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await ApproveAsync(seller, isApproved: false);
        await FollowAsync();
        Assert.Equal("inactive approval_revoked", await StatusOfAsync(listed));

        await AssertUndoneAsync(() => ApproveAsync(seller), "token_approvals", "activity", "listings");
    }

    [Fact]
    public async Task An_approval_of_one_token_that_is_taken_back()
    {
        Trader seller = await SignInAsync();
        TokenId token = await MintAsync(seller);
        await ApproveOneAsync(seller, Market.Contracts.Seaport, token);
        await ListAsync(seller, token);

        await AssertUndoneAsync(
            () => ApproveOneAsync(seller, Address.Zero, token), "token_approvals", "activity", "listings");
    }

    [Fact]
    public async Task Units_that_leave_one_by_one_and_in_a_batch()
    {
        Trader seller = await SignInAsync();
        Address contract = await AddUnitsAsync(seller, 10);
        await ListUnitsAsync(seller, contract, 4);
        await ListUnitsAsync(seller, contract, 8);
        const string one = "safeTransferFrom(address,address,uint256,uint256,bytes)";
        const string many = "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)";
        Address from = seller.Wallet.Address;

        await AssertUndoneAsync(
            () => CallAsync(seller, contract, one, from, Market.Minter, 1UL, 3UL, Array.Empty<byte>()),
            "token_transfers", "token_balances", "activity", "listings");
        await AssertUndoneAsync(
            () => CallAsync(
                seller, contract, many, from, Market.Minter, AbiValue.ListOf(1UL, 1UL), AbiValue.ListOf(2UL, 5UL),
                Array.Empty<byte>()),
            "token_transfers", "token_balances", "activity", "listings");
    }

    [Fact]
    public async Task Money_deposited_moved_lent_and_withdrawn()
    {
        Trader owner = await SignInAsync();
        Address weth = Market.Contracts.Weth;

        await AssertUndoneAsync(
            async () =>
            {
                byte[] deposit = await owner.Wallet.SignAsync(
                    weth, AbiFunction.Parse("deposit()").Encode(), Ask.Ether, Cancelled);
                Assert.True((await owner.Wallet.MineAsync(deposit, Cancelled)).IsSuccess);
                await CallAsync(owner, weth, "transfer(address,uint256)", Market.Minter, 1_000UL);
                await CallAsync(owner, weth, MaxApproval, Market.Contracts.Seaport, UInt256.MaxValue);
                await CallAsync(owner, weth, "withdraw(uint256)", 234UL);
            },
            "currency_transfers", "currency_balances", "currency_approvals");
    }

    private Task<IReadOnlyList<string>> EventsOfAsync(Listed listed) => Market.App.Database.ListAsync<string>(
        "SELECT kind FROM order_events WHERE listing_id = $1 ORDER BY kind", Cancelled, listed.Id);
}
