using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.Servers;

namespace Souk.Local.Tests.Contracts;

/// <summary>A signed order and what Seaport needs to fill it.</summary>
internal sealed record SignedOrder(AbiValue Parameters, Bytes32 Hash, byte[] Signature, ulong PriceWei, ulong Units);

/// <summary>A fresh chain with Seaport and the zone, a seller whose orders the zone protects, and some
/// buyers.</summary>
internal sealed class ZoneScenario : IAsyncDisposable
{
    private const string OfferItem = "(uint8,address,uint256,uint256,uint256)";
    private const string ConsiderationItem = "(uint8,address,uint256,uint256,uint256,address)";
    private const string Common =
        $"address,address,{OfferItem}[],{ConsiderationItem}[],uint8,uint256,uint256,bytes32,uint256,bytes32,uint256";
    private const string Advanced = $"(({Common}),uint120,uint120,bytes,bytes)";
    private const string Resolvers = "(uint256,uint8,uint256,uint256,bytes32[])[]";
    private const string Components = "(uint256,uint256)[][]";

    private static readonly AbiFunction s_getOrderHash = AbiFunction.Parse($"getOrderHash(({Common}))");
    private static readonly AbiFunction s_fulfill =
        AbiFunction.Parse($"fulfillAdvancedOrder({Advanced},{Resolvers},bytes32,address)");
    private static readonly AbiFunction s_fulfillAvailable = AbiFunction.Parse(
        $"fulfillAvailableAdvancedOrders({Advanced}[],{Resolvers},{Components},{Components},bytes32,address,uint256)");

    private ZoneScenario(EvmNode node, DeployedChain chain)
    {
        Node = node;
        Chain = chain;
    }

    /// <summary>The key of the node's first account, which everybody knows.</summary>
    public static PrivateKey SellerKey { get; } =
        PrivateKey.Parse("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    public static PrivateKey SignerKey { get; } = PrivateKey.Parse($"0x{new string('1', 64)}");

    public EvmNode Node { get; }

    public DeployedChain Chain { get; }

    public Address Seller => Node.Accounts[0];

    public Address Buyer => Node.Accounts[1];

    public Address Stranger => Node.Accounts[2];

    public Address Owner => Node.Accounts[3];

    public Address RoyaltyReceiver => Node.Accounts[4];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<ZoneScenario> StartAsync()
    {
        EvmNode node = await EvmNode.StartAsync(new EvmNodeOptions(new ChainId(31_337)), Token);
        Address owner = node.Accounts[3];
        ChainParties parties = new(owner, SignerKey.Address, owner, owner, node.Accounts[4], 750);
        return new ZoneScenario(node, await ChainDeployment.DeployAsync(node, parties, Token));
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    /// <summary>Mints a token to the seller, who lists it for one ether as a full restricted order.</summary>
    public async Task<SignedOrder> ListTokenAsync(ulong tokenId)
    {
        await SendAsync(Owner, Chain.Collection, "mint(address,uint256)", Seller, tokenId);
        await SendAsync(Seller, Chain.Collection, "setApprovalForAll(address,bool)", Chain.Seaport, true);
        return await SignAsync(Seller, itemType: 2, Chain.Collection, tokenId, units: 1, orderType: 2, ToBytes);

        static byte[] ToBytes(Bytes32 digest) => SellerKey.Sign(digest).ToCompactArray();
    }

    /// <summary>The seller lists units of an ERC-1155 for one ether each as a partial restricted order.</summary>
    public async Task<SignedOrder> ListUnitsAsync(ulong units)
    {
        ContractArtifacts artifacts = await ContractArtifacts.ReadSeaportAsync(Token);
        Address collection = await ChainDeployment.DeployOneAsync(Node, artifacts.TestErc1155, Token);
        await SendAsync(Seller, collection, "mint(address,uint256,uint256)", Seller, 1UL, units);
        await SendAsync(Seller, collection, "setApprovalForAll(address,bool)", Chain.Seaport, true);
        return await SignAsync(
            Seller, itemType: 3, collection, 1, units, orderType: 3, digest => SellerKey.Sign(digest).ToCompactArray());
    }

    public async Task<SignedOrder> SignAsync(
        Address offerer, ulong itemType, Address token, ulong tokenId, ulong units, ulong orderType,
        Func<Bytes32, byte[]> sign)
    {
        ulong price = units * 1_000_000_000_000_000_000;
        AbiValue offer = AbiValue.TupleOf(itemType, token, tokenId, units, units);
        AbiValue payment = AbiValue.TupleOf(0UL, Address.Zero, 0UL, price, price, offerer);
        AbiValue[] order =
        [
            offerer, Chain.Zone, AbiValue.ListOf(offer), AbiValue.ListOf(payment), orderType, 0UL, UInt256.MaxValue,
            Bytes32.Zero, tokenId, Bytes32.Zero, 0UL,
        ];
        // The last member is the counter when the order is hashed, and the number of payments when it is filled.
        byte[] hash = await Node.Rpc.CallAsync(Chain.Seaport, s_getOrderHash.Encode(AbiValue.TupleOf(order)), Token);
        AbiValue[] information = await ReadAsync(Chain.Seaport, "information()", "string", "bytes32", "address");
        Bytes32 digest = Keccak256.Hash([0x19, 0x01, .. information[1].AsBytes().Span, .. hash]);
        order[^1] = 1UL;
        return new SignedOrder(AbiValue.TupleOf(order), new Bytes32(hash), sign(digest), price, units);
    }

    /// <summary>What Marketplace hands out with a hold.</summary>
    public async Task<byte[]> AuthorizeAsync(
        SignedOrder order, Address fulfiller, ulong quantity = 1, ulong? expiry = null, PrivateKey? signer = null)
    {
        ulong until = expiry ?? await ChainTimeAsync() + 300;
        AbiValue[] digest = await ReadAsync(
            Chain.Zone, "digestOf(bytes32,address,uint256,uint64)", "bytes32", order.Hash, fulfiller, quantity, until);
        byte[] signature = (signer ?? SignerKey).Sign(digest[0].AsBytes32()).ToCompactArray();
        return [0, .. fulfiller.ToArray(), .. Word(until)[24..], .. Word(quantity), .. signature];
    }

    /// <summary>Fills so many units as a transaction; true if it succeeded.</summary>
    public async Task<bool> FillAsync(Address from, SignedOrder order, byte[] extraData, ulong units = 1) =>
        await SendAsync(from, Chain.Seaport, FillData(order, extraData, units), order.PriceWei / order.Units * units);

    /// <summary>Fills one unit twice in one transaction; true if it succeeded.</summary>
    public async Task<bool> FillTwiceAtOnceAsync(Address from, SignedOrder order, byte[] first, byte[] second)
    {
        AbiValue one = AbiValue.TupleOf(order.Parameters, 1UL, order.Units, order.Signature, first);
        AbiValue other = AbiValue.TupleOf(order.Parameters, 1UL, order.Units, order.Signature, second);
        AbiValue offers = AbiValue.ListOf(
            AbiValue.ListOf(AbiValue.TupleOf(0UL, 0UL)), AbiValue.ListOf(AbiValue.TupleOf(1UL, 0UL)));
        byte[] data = s_fulfillAvailable.Encode(
            AbiValue.ListOf(one, other), AbiValue.ListOf(), offers, offers, Bytes32.Zero, Address.Zero, 2UL);
        return await SendAsync(from, Chain.Seaport, data, order.PriceWei / order.Units * 2);
    }

    /// <summary>The error that a fill is refused with: its Solidity signature's selector.</summary>
    public async Task<Selector> RefusalAsync(Address from, SignedOrder order, byte[] extraData, ulong units = 1)
    {
        JsonObject call = new()
        {
            ["from"] = from.ToString(),
            ["to"] = Chain.Seaport.ToString(),
            ["data"] = Hex.Encode(FillData(order, extraData, units)),
            ["value"] = ((UInt256)(order.PriceWei / order.Units * units)).ToHexQuantity(),
        };
        RpcErrorException refused = await Assert.ThrowsAsync<RpcErrorException>(
            () => Node.Rpc.SendAsync("eth_call", [call, "latest"], Token));
        return Selector.Of(refused.Data);
    }

    public async Task<ulong> ChainTimeAsync()
    {
        JsonElement block = await Node.Rpc.SendAsync("eth_getBlockByNumber", ["latest", false], Token);
        return RpcConnection.ReadQuantity(block.GetProperty("timestamp"));
    }

    public async Task SetNextBlockTimeAsync(ulong time) =>
        await Node.Rpc.SendAsync("evm_setNextBlockTimestamp", [time], Token);

    public async Task<Address> OwnerOfAsync(ulong tokenId) =>
        (await ReadAsync(Chain.Collection, "ownerOf(uint256)", "address", tokenId))[0].AsAddress();

    public async Task<AbiValue[]> ReadAsync(Address to, string function, string output, params AbiValue[] arguments) =>
        AbiCodec.Decode(
            [AbiType.Parse(output)],
            await Node.Rpc.CallAsync(to, AbiFunction.Parse(function).Encode(arguments), Token));

    /// <summary>Sends a call; true if it succeeded.</summary>
    public Task<bool> SendAsync(Address from, Address to, string function, params AbiValue[] arguments) =>
        SendAsync(from, to, AbiFunction.Parse(function).Encode(arguments), 0);

    private static byte[] Word(UInt256 value) => value.ToBytes32().ToArray();

    private static byte[] FillData(SignedOrder order, byte[] extraData, ulong units) => s_fulfill.Encode(
        AbiValue.TupleOf(order.Parameters, units, order.Units, order.Signature, extraData),
        AbiValue.ListOf(), Bytes32.Zero, Address.Zero);

    private async Task<AbiValue[]> ReadAsync(Address to, string function, params string[] outputs) =>
        AbiCodec.Decode(
            [.. outputs.Select(AbiType.Parse)],
            await Node.Rpc.CallAsync(to, AbiFunction.Parse(function).Encode(), Token));

    private async Task<bool> SendAsync(Address from, Address to, byte[] data, ulong valueWei)
    {
        JsonObject transaction = new()
        {
            ["from"] = from.ToString(),
            ["to"] = to.ToString(),
            ["data"] = Hex.Encode(data),
            ["value"] = ((UInt256)valueWei).ToHexQuantity(),
            // Given, so that a call which reverts is mined too and not refused by the estimate.
            ["gas"] = "0x7a120",
        };
        JsonElement hash = await Node.Rpc.SendAsync("eth_sendTransaction", [transaction], Token);
        JsonElement receipt = await Node.Rpc.WaitForReceiptAsync(TransactionHash.Parse(hash.GetString()!), Token);
        return RpcConnection.ReadQuantity(receipt.GetProperty("status")) == 1;
    }
}
