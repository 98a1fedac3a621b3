using CsCheck;
using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Domain.Tests.Orders;

public sealed class SeaportCallsTests
{
    private const string OfferItems = "(uint8,address,uint256,uint256,uint256)[]";
    private const string ConsiderationItems = "(uint8,address,uint256,uint256,uint256,address)[]";
    private const string Components =
        $"(address,address,{OfferItems},{ConsiderationItems},uint8,uint256,uint256,bytes32,uint256,bytes32,uint256)";

    public static TheoryData<string, uint> Selectors => new()
    {
        {
            $"fulfillAdvancedOrder(({Components},uint120,uint120,bytes,bytes),"
            + "(uint256,uint8,uint256,uint256,bytes32[])[],bytes32,address)",
            SeaportCalls.FulfillAdvancedOrderSelector
        },
        { $"cancel({Components}[])", SeaportCalls.CancelSelector },
        { "getOrderStatus(bytes32)", SeaportCalls.GetOrderStatusSelector },
        { "getCounter(address)", SeaportCalls.GetCounterSelector },
        { $"getOrderHash({Components})", SeaportCalls.GetOrderHashSelector },
        { "incrementCounter()", SeaportCalls.IncrementCounterSelector },
        { "getConduit(bytes32)", SeaportCalls.GetConduitSelector },
    };

    [Theory]
    [MemberData(nameof(Selectors))]
    public void Knows_the_contracts_selectors(string signature, uint selector) =>
        Assert.Equal(selector, Selector.OfSignature(signature).Value);

    [Fact]
    public void Encodes_a_fill_as_the_abi_says()
    {
        OrderComponents order = SampleOrders.Listing();
        byte[] signature = [.. Enumerable.Range(1, 64).Select(it => (byte)it)];
        byte[] extraData = [.. Enumerable.Range(1, 125).Select(it => (byte)it)];
        Address recipient = Address.Parse("0x00000000000000000000000000000000000000f1");
        var function = AbiFunction.Parse(
            $"fulfillAdvancedOrder(({Components},uint120,uint120,bytes,bytes),"
            + "(uint256,uint8,uint256,uint256,bytes32[])[],bytes32,address)");

        byte[] data = SeaportCalls.FulfillAdvancedOrder(
            new AdvancedOrder(order, signature, extraData), order.ConduitKey, recipient);

        byte[] expected = function.Encode(
            AbiValue.TupleOf(Parameters(order, 3), 1UL, 1UL, signature, extraData),
            AbiValue.ListOf(),
            order.ConduitKey,
            recipient);
        Assert.Equal(expected, data);
    }

    [Fact]
    public void Encodes_a_cancel_with_the_counter_in_place_of_the_item_count()
    {
        OrderComponents order = SampleOrders.Listing() with { Counter = UInt256.MaxValue };
        var function = AbiFunction.Parse($"cancel({Components}[])");

        byte[] data = SeaportCalls.Cancel(order, order);

        AbiValue parameters = Parameters(order, UInt256.MaxValue);
        Assert.Equal(function.Encode(AbiValue.ListOf(parameters, parameters)), data);
    }

    [Fact]
    public void Encodes_the_reads()
    {
        OrderComponents order = SampleOrders.Listing();

        Assert.Equal(
            AbiFunction.Parse($"getOrderHash({Components})").Encode(Parameters(order, 0)),
            SeaportCalls.GetOrderHash(order));
        Assert.Equal(
            AbiFunction.Parse("getCounter(address)").Encode(order.Offerer), SeaportCalls.GetCounter(order.Offerer));
        Assert.Equal(
            AbiFunction.Parse("getOrderStatus(bytes32)").Encode(order.Hash().Value),
            SeaportCalls.GetOrderStatus(order.Hash()));
    }

    [Fact]
    public void Reads_an_orders_state()
    {
        byte[] answer = AbiCodec.Encode(
            [.. new[] { "bool", "bool", "uint256", "uint256" }.Select(AbiType.Parse)], [true, false, 1UL, 1UL]);

        Assert.True(SeaportCalls.TryReadOrderStatus(answer, out OrderChainStatus status));
        Assert.Equal(new OrderChainStatus(true, false, 1, 1), status);
        Assert.True(status.IsFilled);
    }

    [Fact]
    public void Takes_an_order_the_chain_never_saw_for_unfilled()
    {
        Assert.True(SeaportCalls.TryReadOrderStatus(new byte[128], out OrderChainStatus status));
        Assert.False(status.IsFilled);
    }

    [Fact]
    public void Never_throws_on_answers_that_are_none() =>
        Gen.Byte.Array[0, 200].Sample(
            octets =>
            {
                _ = SeaportCalls.TryReadOrderStatus(octets, out _);
                _ = SeaportCalls.TryReadOrderHash(octets, out _);
                _ = SeaportCalls.TryReadConduit(octets, out _, out _);
                return octets.Length >= 128 || !SeaportCalls.TryReadOrderStatus(octets, out _);
            },
            iter: 500);

    private static AbiValue Parameters(OrderComponents order, UInt256 last) => AbiValue.TupleOf(
        order.Offerer,
        order.Zone,
        AbiValue.ListOf([.. order.Offer.Select(it => AbiValue.TupleOf(
            (ulong)it.ItemType, it.Token, it.IdentifierOrCriteria, it.StartAmount, it.EndAmount))]),
        AbiValue.ListOf([.. order.Consideration.Select(it => AbiValue.TupleOf(
            (ulong)it.ItemType, it.Token, it.IdentifierOrCriteria, it.StartAmount, it.EndAmount, it.Recipient))]),
        (ulong)order.OrderType,
        order.StartTime,
        order.EndTime,
        order.ZoneHash,
        order.Salt,
        order.ConduitKey,
        last);
}
