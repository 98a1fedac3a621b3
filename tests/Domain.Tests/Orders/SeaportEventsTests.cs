using System.Collections.Immutable;
using CsCheck;
using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Domain.Tests.Orders;

public sealed class SeaportEventsTests
{
    private static readonly AbiType[] FulfilledTypes =
    [
        AbiType.Parse("bytes32"), AbiType.Parse("address"), AbiType.Parse("(uint8,address,uint256,uint256)[]"),
        AbiType.Parse("(uint8,address,uint256,uint256,address)[]"),
    ];

    public static TheoryData<Bytes32, string> Topics => new()
    {
        {
            SeaportEvents.OrderFulfilledTopic,
            "0x9d9af8e38d66c62e2c12f0225249fd9d721c54b83f48d9352c97c6cacdcb6f31"
        },
        {
            SeaportEvents.OrderCancelledTopic,
            "0x6bacc01dbe442496068f7d234edd811f1a5f833243e0aec824f86ab861f3c90d"
        },
        {
            SeaportEvents.OrderValidatedTopic,
            "0xf280791efe782edcf06ce15c8f4dff17601db3b88eb3805a0db7d77faf757f04"
        },
        {
            SeaportEvents.OrdersMatchedTopic,
            "0x4b9f2d36e1b4c93de62cc077b00b1a91d84b6c31b4a14e012718dcca230689e7"
        },
        {
            SeaportEvents.CounterIncrementedTopic,
            "0x721c20121297512b72821b97f5326877ea8ecf4bb9948fea5bfcb6453074d37f"
        },
    };

    [Theory]
    [MemberData(nameof(Topics))]
    public void Knows_the_contracts_topics(Bytes32 topic, string expected) =>
        Assert.Equal(expected, topic.ToString());

    [Fact]
    public void Reads_a_fill()
    {
        OrderComponents order = SampleOrders.Listing();
        Address buyer = Address.Parse("0x00000000000000000000000000000000000000f1");

        OrderFulfilled fill = Assert.IsType<OrderFulfilled>(
            SeaportEvents.Read(FulfilledLog(order), FulfilledData(order, buyer)));

        Assert.Equal((order.Hash(), order.Offerer, buyer), (fill.OrderHash, fill.Offerer, fill.Recipient));
        Assert.Equal([new SpentItem(ItemType.Erc721, SampleOrders.Collection, 42, 1)], fill.Offer);
        Assert.Equal(
            [.. order.Consideration.Select(it => new ReceivedItem(
                it.ItemType, it.Token, it.IdentifierOrCriteria, it.StartAmount, it.Recipient))],
            fill.Consideration);
    }

    [Fact]
    public void Reads_the_other_logs()
    {
        OrderComponents order = SampleOrders.Listing();
        Bytes32 hash = order.Hash().Value;
        Bytes32 offerer = Topic(order.Offerer);

        Assert.Equal(
            new OrderCancelled(order.Hash(), order.Offerer, Address.Zero),
            SeaportEvents.Read([SeaportEvents.OrderCancelledTopic, offerer, Bytes32.Zero], hash.ToArray()));
        Assert.Equal(
            new CounterIncremented(7, order.Offerer),
            SeaportEvents.Read(
                [SeaportEvents.CounterIncrementedTopic, offerer], new UInt256(7).ToBytes32().ToArray()));
        Assert.Equal(
            new OrderValidated(order.Hash()),
            SeaportEvents.Read([SeaportEvents.OrderValidatedTopic], hash.ToArray()));
        byte[] matched = AbiCodec.Encode([AbiType.Parse("bytes32[]")], [AbiValue.ListOf(hash, hash)]);
        OrdersMatched both = Assert.IsType<OrdersMatched>(
            SeaportEvents.Read([SeaportEvents.OrdersMatchedTopic], matched));
        Assert.Equal([order.Hash(), order.Hash()], both.OrderHashes);
    }

    [Fact]
    public void Ignores_every_truncated_fill()
    {
        OrderComponents order = SampleOrders.Listing();
        byte[] data = FulfilledData(order, order.Offerer);

        for (int length = 0; length < data.Length; length++)
            Assert.Null(SeaportEvents.Read(FulfilledLog(order), data.AsSpan(0, length)));
    }

    [Fact]
    public void Never_throws_on_data_with_changed_octets()
    {
        OrderComponents order = SampleOrders.Listing();
        byte[] data = FulfilledData(order, order.Offerer);
        ImmutableArray<Bytes32> topics = FulfilledLog(order);

        Gen.Select(Gen.Int[0, data.Length - 1], Gen.Byte).Sample(
            change =>
            {
                byte[] changed = [.. data];
                changed[change.Item1] = change.Item2;
                _ = SeaportEvents.Read(topics, changed);
            },
            iter: 2000);
    }

    internal static ImmutableArray<Bytes32> FulfilledLog(OrderComponents order) =>
        [SeaportEvents.OrderFulfilledTopic, Topic(order.Offerer), Topic(order.Zone)];

    internal static byte[] FulfilledData(OrderComponents order, Address recipient) => AbiCodec.Encode(
        FulfilledTypes,
        [
            order.Hash().Value,
            recipient,
            AbiValue.ListOf([.. order.Offer.Select(it => AbiValue.TupleOf(
                (ulong)it.ItemType, it.Token, it.IdentifierOrCriteria, it.StartAmount))]),
            AbiValue.ListOf([.. order.Consideration.Select(it => AbiValue.TupleOf(
                (ulong)it.ItemType, it.Token, it.IdentifierOrCriteria, it.StartAmount, it.Recipient))]),
        ]);

    private static Bytes32 Topic(Address address) => new([.. new byte[12], .. address.ToArray()]);
}
