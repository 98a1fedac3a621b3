using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.Servers;

namespace Souk.Local.Tests.Contracts;

public sealed class DemoContractsTests
{
    [Fact]
    public async Task The_collection_tells_its_royalty()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        byte[] call = AbiFunction.Parse("royaltyInfo(uint256,uint256)").Encode(1UL, 10_001UL);

        byte[] answer = await it.Node.Rpc.CallAsync(
            it.Chain.Collection, call, TestContext.Current.CancellationToken);

        AbiValue[] royalty = AbiCodec.Decode([AbiType.Parse("address"), AbiType.Parse("uint256")], answer);
        Assert.Equal(it.RoyaltyReceiver, royalty[0].AsAddress());
        Assert.Equal((UInt256)750UL, royalty[1].AsUint());
    }

    [Fact]
    public async Task Only_the_owner_and_minters_mint()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        Address collection = it.Chain.Collection;
        const string mint = "mint(address,uint256)";

        Assert.False(await it.SendAsync(it.Stranger, collection, mint, it.Stranger, 1UL));
        Assert.True(await it.SendAsync(it.Owner, collection, "setMinter(address,bool)", it.Stranger, true));
        Assert.True(await it.SendAsync(it.Stranger, collection, mint, it.Buyer, 1UL));
        Assert.False(await it.SendAsync(it.Stranger, collection, mint, it.Stranger, 1UL));
        Assert.Equal(it.Buyer, await it.OwnerOfAsync(1));
    }

    [Fact]
    public async Task A_contract_wallet_sells_with_its_owners_signature()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        byte[] creation = [.. ContractArtifacts.ReadOwn("DemoContractWallet"), .. new byte[12], .. it.Seller.ToArray()];
        Address wallet = await ChainDeployment.DeployOneAsync(
            it.Node, creation, TestContext.Current.CancellationToken);
        byte[] approve = AbiFunction.Parse("setApprovalForAll(address,bool)").Encode(it.Chain.Seaport, true);
        await it.SendAsync(it.Owner, it.Chain.Collection, "mint(address,uint256)", wallet, 7UL);
        await it.SendAsync(it.Seller, wallet, "execute(address,uint256,bytes)", it.Chain.Collection, 0UL, approve);

        SignedOrder order = await it.SignAsync(
            wallet, itemType: 2, it.Chain.Collection, 7, units: 1, orderType: 2,
            digest => ZoneScenario.SellerKey.Sign(digest).ToArray());

        Assert.True(await it.FillAsync(it.Buyer, order, await it.AuthorizeAsync(order, it.Buyer)));
        Assert.Equal(it.Buyer, await it.OwnerOfAsync(7));
    }

    [Fact]
    public async Task Weth_is_worth_the_coins_that_lie_in_it()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        Address weth = it.Chain.Weth;
        JsonObject deposit = new()
        {
            ["from"] = it.Buyer.ToString(), ["to"] = weth.ToString(), ["value"] = "0x64",
        };
        JsonElement hash = await it.Node.Rpc.SendAsync(
            "eth_sendTransaction", [deposit], TestContext.Current.CancellationToken);
        await it.Node.Rpc.WaitForReceiptAsync(
            TransactionHash.Parse(hash.GetString()!), TestContext.Current.CancellationToken);
        const string take = "transferFrom(address,address,uint256)";

        Assert.False(await it.SendAsync(it.Stranger, weth, take, it.Buyer, it.Stranger, 60UL));
        Assert.True(await it.SendAsync(it.Buyer, weth, "approve(address,uint256)", it.Stranger, 60UL));
        Assert.True(await it.SendAsync(it.Stranger, weth, take, it.Buyer, it.Stranger, 60UL));
        Assert.False(await it.SendAsync(it.Stranger, weth, take, it.Buyer, it.Stranger, 1UL));
        Assert.False(await it.SendAsync(it.Buyer, weth, "transfer(address,uint256)", it.Stranger, 41UL));
        Assert.False(await it.SendAsync(it.Buyer, weth, "withdraw(uint256)", 41UL));
        Assert.True(await it.SendAsync(it.Buyer, weth, "withdraw(uint256)", 30UL));

        Assert.Equal((UInt256)10UL, await ReadAsync(it, AbiFunction.Parse("balanceOf(address)").Encode(it.Buyer)));
        Assert.Equal((UInt256)70UL, await ReadAsync(it, AbiFunction.Parse("totalSupply()").Encode()));
    }

    private static async Task<UInt256> ReadAsync(ZoneScenario it, byte[] call) => AbiCodec.Decode(
        [AbiType.Parse("uint256")],
        await it.Node.Rpc.CallAsync(it.Chain.Weth, call, TestContext.Current.CancellationToken))[0].AsUint();
}
