using CsCheck;
using Souk.Domain.Chain;
using Souk.Domain.Tests.Orders;
using Souk.Domain.Tokens;

namespace Souk.Domain.Tests.Tokens;

public sealed class TokenEventsTests
{
    private static readonly Address From = SampleOrders.Seller.Address;
    private static readonly Address To = SampleOrders.Creator;
    private static readonly Bytes32 Id = new UInt256(42).ToBytes32();

    public static TheoryData<Bytes32, string> Topics => new()
    {
        { TokenEvents.TransferTopic, "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef" },
        { TokenEvents.TransferSingleTopic, "0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62" },
        { TokenEvents.TransferBatchTopic, "0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb" },
        { TokenEvents.ApprovalForAllTopic, "0x17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c31" },
        { TokenEvents.ApprovalTopic, "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925" },
    };

    [Theory]
    [MemberData(nameof(Topics))]
    public void Knows_the_standards_topics(Bytes32 topic, string expected) =>
        Assert.Equal(expected, topic.ToString());

    [Fact]
    public void Reads_an_erc721_transfer_but_not_an_erc20_one()
    {
        TokensTransferred moved = Assert.IsType<TokensTransferred>(
            TokenEvents.Read([TokenEvents.TransferTopic, Topic(From), Topic(To), Id], []));

        Assert.Equal([new TokenMoved(TokenStandard.Erc721, From, To, new TokenId(42), 1)], moved.Moves);
        Assert.Null(TokenEvents.Read([TokenEvents.TransferTopic, Topic(From), Topic(To)], Id.ToArray()));
    }

    [Fact]
    public void Reads_erc1155_transfers()
    {
        AbiType[] lists = [AbiType.Parse("uint256[]"), AbiType.Parse("uint256[]")];
        byte[] batch = AbiCodec.Encode(lists, [AbiValue.ListOf(42UL, 43UL), AbiValue.ListOf(5UL, 6UL)]);
        byte[] uneven = AbiCodec.Encode(lists, [AbiValue.ListOf(42UL, 43UL), AbiValue.ListOf(5UL)]);
        byte[] single = [.. Id.ToArray(), .. new UInt256(5).ToBytes32().ToArray()];
        var first = new TokenMoved(TokenStandard.Erc1155, From, To, new TokenId(42), 5);

        Assert.Equal([first], Read(TokenEvents.TransferSingleTopic, single)!.Moves);
        Assert.Equal(
            [first, first with { Token = new TokenId(43), Quantity = 6 }],
            Read(TokenEvents.TransferBatchTopic, batch)!.Moves);
        Assert.Null(Read(TokenEvents.TransferBatchTopic, uneven));
    }

    [Fact]
    public void Reads_approvals()
    {
        Assert.Equal(
            new OperatorApproved(From, To, true),
            TokenEvents.Read(
                [TokenEvents.ApprovalForAllTopic, Topic(From), Topic(To)], UInt256.One.ToBytes32().ToArray()));
        Assert.Equal(
            new TokenApproved(From, To, new TokenId(42)),
            TokenEvents.Read([TokenEvents.ApprovalTopic, Topic(From), Topic(To), Id], []));
    }

    [Fact]
    public void Never_throws_on_what_a_hostile_contract_writes() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 4], Gen.Int[0, 5]).Sample(
            (data, topic, count) =>
            {
                Bytes32[] topics = [TokenEvents.Topics[topic], .. Enumerable.Repeat(Topic(From), count)];
                _ = TokenEvents.Read(topics, data);
            },
            iter: 1000);

    private static TokensTransferred? Read(Bytes32 topic, byte[] data) =>
        (TokensTransferred?)TokenEvents.Read([topic, Topic(From), Topic(From), Topic(To)], data);

    private static Bytes32 Topic(Address address) => new([.. new byte[12], .. address.ToArray()]);
}
