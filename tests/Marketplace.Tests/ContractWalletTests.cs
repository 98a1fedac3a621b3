using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Harness.Trading;
using Souk.Local.Servers;

namespace Souk.Marketplace.Tests;

/// <summary>Wallets that are contracts: they sign by EIP-1271 and call through their owner's key.</summary>
[Collection(nameof(TradingMarket))]
public sealed class ContractWalletTests(MarketFixture fixture) : MarketTest(fixture)
{
    private static readonly AbiFunction Execute = AbiFunction.Parse("execute(address,uint256,bytes)");

    [Fact]
    public async Task One_sells_to_another()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Address sellers = await DeployAsync(seller);
        Address buyers = await DeployAsync(buyer);
        TokenId token = await Market.MintAsync(sellers, Cancelled);
        await CallAsync(seller, sellers, Market.Contracts.Collection, Wei.Zero, TokenCalls.SetApprovalForAll(
            Market.Contracts.Seaport, isApproved: true));
        Listed listed = await SubmitAsync(
            seller, token, await PrepareAsync(seller, Ask.Listing(Market, sellers, token)));
        await Market.Node.SetBalanceAsync(buyers, Ask.Ether, Cancelled);

        JsonElement purchase = (await buyer.PostAsync(
            $"/v1/listings/{listed.Id}/purchases", new JsonObject { ["buyer"] = buyers.ToString() }, Cancelled)).Json;
        byte[] fill = Hex.Decode(purchase.GetProperty("steps")[0].GetProperty("data").GetString());
        await CallAsync(buyer, buyers, Market.Contracts.Seaport, Ask.Ether, fill);
        await FollowAsync();

        Assert.Equal("settled", await StatusOfAsync(buyer, purchase));
        Assert.Equal(buyers.ToString(), await OwnersOfAsync(token));
        Assert.Equal(Wei.Zero, await Market.Node.Rpc.GetBalanceAsync(buyers, Cancelled));
        Assert.Equal(Wei.Parse("925000000000000000"), await Market.Node.Rpc.GetBalanceAsync(sellers, Cancelled));
    }

    [Fact]
    public async Task A_contract_that_does_not_own_up_to_the_signature_lists_nothing()
    {
        Trader seller = await SignInAsync();
        Address wallet = await DeployAsync(seller);
        TokenId token = await Market.MintAsync(wallet, Cancelled);
        JsonObject foreign = await PrepareAsync(
            seller, Ask.Listing(Market, wallet, token), await Market.AddWalletAsync(Cancelled));

        AssertRefused(422, "signature_invalid", await seller.PostAsync("/v1/listings", foreign, Cancelled));
    }

    /// <summary>A wallet that the trader's key owns, linked to the trader on this chain.</summary>
    private async Task<Address> DeployAsync(Trader owner)
    {
        byte[] argument = [.. new byte[12], .. owner.Wallet.Address.ToArray()];
        Address wallet = await ChainDeployment.DeployOneAsync(
            Market.Node, [.. ContractArtifacts.ReadOwn("DemoContractWallet"), .. argument], Cancelled);
        await Market.App.Database.ExecuteAsync(
            "INSERT INTO wallets (address, user_id, kind, chain_id, linked_at) VALUES ($1, $2, 'contract', $3, $4)",
            Cancelled, wallet.ToArray(), owner.UserId, (long)Market.Seaport.ChainId.Value, Market.Clock.GetUtcNow());
        return wallet;
    }

    private static async Task CallAsync(Trader owner, Address wallet, Address to, Wei value, byte[] data) =>
        Assert.True((await owner.Wallet.SendAsync(
            wallet, Execute.Encode(to, value.Value, data), Cancelled)).IsSuccess);
}
