using Souk.Domain.Chain;
using Souk.Domain.Tests.Orders;
using Souk.Domain.Tokens;

namespace Souk.Domain.Tests.Tokens;

public sealed class CurrencyEventsTests
{
    private static readonly Address From = SampleOrders.Seller.Address;
    private static readonly Address To = SampleOrders.Creator;
    private static readonly byte[] Amount = new UInt256(42).ToBytes32().ToArray();

    /// <summary>As the verified source of WETH9 on Ethereum has them.</summary>
    public static TheoryData<Bytes32, string> Topics => new()
    {
        { CurrencyEvents.DepositTopic, "0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c" },
        { CurrencyEvents.WithdrawalTopic, "0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65" },
    };

    [Theory]
    [MemberData(nameof(Topics))]
    public void Knows_the_topics_that_weth_adds(Bytes32 topic, string expected) =>
        Assert.Equal(expected, topic.ToString());

    [Fact]
    public void Reads_what_moves_money()
    {
        Assert.Equal(
            new CurrencyMoved(From, To, 42),
            CurrencyEvents.Read([TokenEvents.TransferTopic, Topic(From), Topic(To)], Amount));
        Assert.Equal(
            new CurrencyMoved(Address.Zero, To, 42),
            CurrencyEvents.Read([CurrencyEvents.DepositTopic, Topic(To)], Amount));
        Assert.Equal(
            new CurrencyMoved(From, Address.Zero, 42),
            CurrencyEvents.Read([CurrencyEvents.WithdrawalTopic, Topic(From)], Amount));
    }

    [Fact]
    public void Reads_an_allowance() =>
        Assert.Equal(
            new CurrencyApproved(From, To, 42),
            CurrencyEvents.Read([TokenEvents.ApprovalTopic, Topic(From), Topic(To)], Amount));

    [Fact]
    public void Reads_nothing_else()
    {
        Bytes32[] transfer = [TokenEvents.TransferTopic, Topic(From), Topic(To)];
        Bytes32 noAddress = new(Enumerable.Repeat((byte)1, 32).ToArray());
        Bytes32[] dirty = [TokenEvents.TransferTopic, Topic(From), noAddress];

        Assert.Null(CurrencyEvents.Read([.. transfer, Topic(To)], []));
        Assert.Null(CurrencyEvents.Read(transfer, Amount.AsSpan(1)));
        Assert.Null(CurrencyEvents.Read(dirty, Amount));
        Assert.Null(CurrencyEvents.Read([CurrencyEvents.DepositTopic, Topic(From), Topic(To)], Amount));
        Assert.Null(CurrencyEvents.Read([TokenEvents.TransferTopic, Topic(From)], Amount));
        Assert.Null(CurrencyEvents.Read([], Amount));
    }

    private static Bytes32 Topic(Address address) => new([.. new byte[12], .. address.ToArray()]);
}
