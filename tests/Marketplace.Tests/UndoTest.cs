using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Souk.Domain.Chain;
using Souk.Domain.Orders;
using Souk.Harness.Trading;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace.Tests;

/// <summary>What tests of undone blocks share: the derived state, and blocks that leave the chain.</summary>
public abstract class UndoTest(MarketFixture fixture) : MarketTest(fixture)
{
    private const string OrderType =
        "(address,address,(uint8,address,uint256,uint256,uint256)[],(uint8,address,uint256,uint256,uint256,address)[],"
        + "uint8,uint256,uint256,bytes32,uint256,bytes32,uint256)";

    private const string AdvancedType = $"({OrderType},uint120,uint120,bytes,bytes)";

    private static readonly AbiFunction Fulfill = AbiFunction.Parse(
        $"fulfillAdvancedOrder({AdvancedType},(uint256,uint8,uint256,uint256,bytes32[])[],bytes32,address)");

    private static readonly AbiFunction Match = AbiFunction.Parse(
        $"matchAdvancedOrders({AdvancedType}[],(uint256,uint8,uint256,uint256,bytes32[])[],"
        + "((uint256,uint256)[],(uint256,uint256)[])[],address)");

    private static readonly AbiFunction Validate = AbiFunction.Parse($"validate(({OrderType},bytes)[])");

    protected Database Database => Market.App.Services.GetRequiredService<Database>();

    protected ChainSettings Chain => Market.App.Services.GetRequiredService<ChainRegistry>().All[0];

    protected Task<DerivedDigest> DigestAsync() => Database.ReadAsync(
        transaction => DerivedState.DigestAsync(transaction, Chain.Id, Cancelled), Cancelled);

    /// <summary>The state is the same as then, and where it is not, says which rows are not.</summary>
    protected async Task AssertStateAsync(DerivedDigest expected)
    {
        IReadOnlyList<string> differing = (await DigestAsync()).DifferencesFrom(expected);
        List<string> lines = [];
        foreach (string table in differing)
        {
            lines.Add(table);
            lines.AddRange(await Database.ReadAsync(
                transaction => DerivedState.ListLinesAsync(transaction, Chain.Id, table, Cancelled), Cancelled));
        }

        Assert.True(differing.Count == 0, string.Join('\n', lines));
    }

    /// <summary>
    /// What happens on chain is followed and changes these tables; then its blocks leave the chain, and all is as if
    /// they had never been.
    /// </summary>
    protected async Task AssertUndoneAsync(Func<Task> act, params string[] changed)
    {
        await FollowAsync();
        DerivedDigest before = await DigestAsync();
        ulong height = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);

        await act();
        await FollowAsync();
        IReadOnlyList<string> differing = (await DigestAsync()).DifferencesFrom(before);
        await OrphanAsync(height);

        Assert.Equal(changed.Order(), differing.Order());
        await AssertStateAsync(before);
    }

    /// <summary>The blocks above this one leave the chain, empty ones come instead, and that is followed.</summary>
    protected async Task OrphanAsync(ulong height)
    {
        ulong head = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);
        await Market.Node.ReorgAsync((int)(head - height), Cancelled);
        await FollowAsync();
    }

    /// <summary>Applies made logs of a range of blocks, both ends in it, as the follower does.</summary>
    private protected Task ApplyAsync(MadeLogs logs, long fromBlock, long toBlock) => Database.WriteAsync(
        transaction => new LogApplier(transaction, Chain, Chain.Seaport).ApplyAsync(
            [.. logs.All.Where(it => it.Log.BlockNumber >= fromBlock && it.Log.BlockNumber <= toBlock)], Cancelled),
        Cancelled);

    /// <summary>Made blocks above this one leave the chain.</summary>
    protected Task UnwindAsync(long toBlock) => Database.WriteAsync(
        transaction => BlockUnwinder.UnwindAsync(
            transaction,
            Chain.Id,
            new FollowedBlock(
                toBlock, MadeLogs.HashOf(toBlock), MadeLogs.HashOf(toBlock - 1), DateTimeOffset.UnixEpoch),
            Cancelled),
        Cancelled);

    /// <summary>The seller's wallet has the order cancelled on chain.</summary>
    protected static async Task CancelOnChainAsync(Trader seller, Listed listed)
    {
        JsonElement step = (await seller.GetAsync($"/v1/listings/{listed.Id}/cancellation", Cancelled)).Json;
        Assert.True((await seller.Wallet.SendAsync(step, Cancelled)).IsSuccess);
    }

    /// <summary>Lets somebody move one token; the zero address takes that back.</summary>
    protected Task ApproveOneAsync(Trader owner, Address mover, TokenId token) => CallAsync(
        owner, Market.Contracts.Collection, "approve(address,uint256)", mover, token);

    /// <summary>The trader's wallet calls a contract, and must succeed.</summary>
    protected static async Task CallAsync(
        Trader trader, Address contract, string signature, params AbiValue[] arguments) =>
        Assert.True(
            (await trader.Wallet.SendAsync(contract, AbiFunction.Parse(signature).Encode(arguments), Cancelled))
            .IsSuccess);

    /// <summary>The call by which the order is put on chain.</summary>
    protected static byte[] ValidateCall(Listed listed)
    {
        OrderComponents order = OrderJson.Read(listed.Submission["order"]!.ToJsonString());
        byte[] signature = Hex.Decode(listed.Submission["signature"]!.GetValue<string>());
        byte[] fill = SeaportCalls.FulfillAdvancedOrder(
            new AdvancedOrder(order, signature, ReadOnlyMemory<byte>.Empty), Bytes32.Zero, Address.Zero);
        Assert.True(Fulfill.TryDecode(fill, out AbiValue[] arguments));
        IReadOnlyList<AbiValue> advanced = arguments[0].AsItems();
        return Validate.Encode(AbiValue.ListOf(AbiValue.TupleOf(advanced[0], advanced[3])));
    }

    /// <summary>
    /// The call by which the order is filled against one of the buyer's own, who offers the price for the token.
    /// </summary>
    protected static byte[] MatchCall(Trader buyer, Listed listed, byte[] fill)
    {
        OrderComponents order = OrderJson.Read(listed.Submission["order"]!.ToJsonString());
        Wei price = new(order.Consideration.Aggregate(UInt256.Zero, (sum, item) => sum + item.StartAmount));
        OfferItem sold = order.Offer[0];
        OrderComponents mirror = order with
        {
            Offerer = buyer.Wallet.Address,
            Zone = Address.Zero,
            OrderType = Domain.Orders.OrderType.FullOpen,
            Offer = [new OfferItem(ItemType.Native, Address.Zero, UInt256.Zero, price.Value, price.Value)],
            Consideration =
            [
                new ConsiderationItem(
                    sold.ItemType, sold.Token, sold.IdentifierOrCriteria, sold.StartAmount, sold.EndAmount,
                    buyer.Wallet.Address),
            ],
        };
        byte[] own = SeaportCalls.FulfillAdvancedOrder(
            new AdvancedOrder(mirror, ReadOnlyMemory<byte>.Empty, ReadOnlyMemory<byte>.Empty),
            Bytes32.Zero,
            Address.Zero);
        Assert.True(Fulfill.TryDecode(fill, out AbiValue[] theirs));
        Assert.True(Fulfill.TryDecode(own, out AbiValue[] ours));
        AbiValue[] fulfillments =
        [
            Fulfillment(0, 0, 1, 0), .. order.Consideration.Select((_, i) => Fulfillment(1, 0, 0, (ulong)i)),
        ];
        return Match.Encode(
            AbiValue.ListOf(theirs[0], ours[0]),
            AbiValue.ListOf(),
            AbiValue.ListOf(fulfillments),
            buyer.Wallet.Address);
    }

    private static AbiValue Fulfillment(ulong offerOrder, ulong offerItem, ulong order, ulong item) =>
        AbiValue.TupleOf(
            AbiValue.ListOf(AbiValue.TupleOf(offerOrder, offerItem)),
            AbiValue.ListOf(AbiValue.TupleOf(order, item)));
}
