using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>What the chain lets pass of the steps that a hold carries, and what not.</summary>
[Collection(nameof(ClosingMarket))]
public sealed class FillOnChainTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task The_same_calldata_from_another_wallet_reverts()
    {
        Listed listed = await ListAsync(await SignInAsync());
        Trader buyer = await SignInAsync();
        Trader thief = await SignInAsync();
        JsonElement purchase = await HoldAsync(buyer, listed);

        Assert.False((await thief.SendStepAsync(purchase, Cancelled)).IsSuccess);
        Assert.True((await buyer.SendStepAsync(purchase, Cancelled)).IsSuccess);
    }

    [Fact]
    public async Task After_the_authorization_s_end_it_reverts()
    {
        Listed listed = await ListAsync(await SignInAsync());
        Trader buyer = await SignInAsync();
        JsonElement purchase = await HoldAsync(buyer, listed);
        await Market.PassAsync(ListingLimits.AuthorizationLifetime, Cancelled);

        Assert.False((await buyer.SendStepAsync(purchase, Cancelled)).IsSuccess);
    }

    [Theory]
    [InlineData(0, "version")]
    [InlineData(20, "fulfiller")]
    [InlineData(28, "expiry")]
    [InlineData(60, "quantity")]
    [InlineData(100, "signature")]
    public async Task With_the_authorization_altered_it_reverts(int octet, string what)
    {
        Listed listed = await ListAsync(await SignInAsync());
        Trader buyer = await SignInAsync();
        JsonElement step = (await HoldAsync(buyer, listed)).GetProperty("steps")[0];
        byte[] data = Hex.Decode(step.GetProperty("data").GetString());
        data[AuthorizationAt(data, buyer.Wallet.Address) + octet] ^= 1;

        byte[] raw = await buyer.Wallet.SignAsync(Market.Contracts.Seaport, data, Ask.Ether, Cancelled);

        Assert.False((await buyer.Wallet.MineAsync(raw, Cancelled)).IsSuccess, what);
    }

    [Fact]
    public async Task The_signature_of_a_listing_cancelled_before_any_authorization_fills_nothing()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await CancelAsync(seller, listed);
        Assert.Equal("cancelled seller_cancelled", await StatusOfAsync(listed));

        OrderComponents order = OrderJson.Read(listed.Submission["order"]!.ToJsonString());
        byte[] signature = Hex.Decode(listed.Submission["signature"]!.GetValue<string>());
        FillAuthorization wanted = new(
            order.Hash(), buyer.Wallet.Address, UInt256.One, Market.Clock.GetUtcNow().AddHours(1));
        PrivateKey notTheZones = new(Keccak256.HashText("not the zone's").ToArray());
        byte[] forged = wanted.Encode(new ZoneDomain(Market.Seaport.ChainId, order.Zone), notTheZones);
        foreach (byte[] extra in new[] { [], forged })
        {
            byte[] data = SeaportCalls.FulfillAdvancedOrder(
                new AdvancedOrder(order, signature, extra), Bytes32.Zero, Address.Zero);
            byte[] raw = await buyer.Wallet.SignAsync(Market.Contracts.Seaport, data, Ask.Ether, Cancelled);
            Assert.False((await buyer.Wallet.MineAsync(raw, Cancelled)).IsSuccess);
        }
    }

    [Fact]
    public async Task A_fill_to_another_recipient_settles_the_purchase_whose_buyer_reported_it()
    {
        Listed listed = await ListAsync(await SignInAsync());
        Trader buyer = await SignInAsync();
        Wallet friend = await Market.AddWalletAsync(Cancelled);
        JsonElement purchase = await HoldAsync(buyer, listed);
        byte[] data = Hex.Decode(purchase.GetProperty("steps")[0].GetProperty("data").GetString());
        // fulfillAdvancedOrder's fourth argument is who receives.
        friend.Address.ToArray().CopyTo(data, 4 + (3 * 32) + 12);
        byte[] raw = await buyer.Wallet.SignAsync(Market.Contracts.Seaport, data, Ask.Ether, Cancelled);
        TransactionHash hash = Eip1559Transaction.HashOf(raw);
        await buyer.PostAsync(
            $"/v1/purchases/{purchase.GetProperty("id")}/transactions",
            new JsonObject { ["transactionHash"] = hash.ToString() },
            Cancelled);

        Assert.True((await buyer.Wallet.MineAsync(raw, Cancelled)).IsSuccess);
        await FollowAsync();

        Assert.Equal("settled", await StatusOfAsync(buyer, purchase));
        Assert.Equal(friend.Address.ToString(), await OwnersOfAsync(listed.Token));
    }

    /// <summary>
    /// Where the authorization lies: version zero, then the fulfiller, right behind the calldata's length word.
    /// </summary>
    private static int AuthorizationAt(byte[] data, Address fulfiller)
    {
        byte[] head = [FillAuthorization.Length, 0, .. fulfiller.ToArray()];
        int at = data.AsSpan().IndexOf(head);
        Assert.True(at > 0);
        return at + 1;
    }
}
