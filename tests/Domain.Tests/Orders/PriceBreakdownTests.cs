using CsCheck;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Orders;

namespace Souk.Domain.Tests.Orders;

public sealed class PriceBreakdownTests
{
    private static readonly Address Seller = Address.Parse("0x00000000000000000000000000000000000000e1");

    [Fact]
    public void Gives_the_seller_the_remainder()
    {
        PriceBreakdown price = PriceBreakdown
            .Of(Wei.FromUlong(999), new FeeSchedule(1, 250, SampleOrders.Platform), Royalty(99)).OrThrow();

        Assert.Equal(
            (24UL, 99UL, 876UL),
            (Number(price.PlatformFee), Number(price.Royalty.Amount), Number(price.Proceeds)));
        Assert.Equal(
            [
                ConsiderationItem.Native(Wei.FromUlong(876), Seller),
                ConsiderationItem.Native(Wei.FromUlong(24), SampleOrders.Platform),
                ConsiderationItem.Native(Wei.FromUlong(99), SampleOrders.Creator),
            ],
            price.ToConsideration(Seller));
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(250, 0, 2)]
    [InlineData(0, 10, 2)]
    [InlineData(250, 10, 3)]
    public void Leaves_out_what_is_zero(int feeBps, ulong royalty, int items) =>
        Assert.Equal(items, Of(1000, feeBps, royalty).OrThrow().ToConsideration(Seller).Length);

    [Theory]
    [InlineData(0, 250, 0)]
    [InlineData(1000, -1, 0)]
    [InlineData(1000, 10001, 0)]
    [InlineData(1000, 10000, 0)]
    [InlineData(1000, 0, 1001)]
    [InlineData(1000, 0, 1000)]
    [InlineData(1000, 5000, 500)]
    public void Refuses_a_price_that_leaves_the_seller_nothing(ulong price, int feeBps, ulong royalty) =>
        Assert.Equal(FailureCode.PriceMismatch, Of(price, feeBps, royalty).Failure?.Code);

    [Fact]
    public void Adds_up_to_the_price_whatever_is_asked() =>
        Gen.Select(Gen.Byte.Array[1, 32], Gen.Int[0, 10_000], Gen.Int[0, 10_000]).Sample(
            (octets, feeBps, royaltyBps) =>
            {
                var price = new Wei(UInt256.FromBigEndian(octets));
                Wei royalty = price.ShareOf(royaltyBps);
                Decision<PriceBreakdown> decision = PriceBreakdown.Of(
                    price,
                    new FeeSchedule(1, feeBps, SampleOrders.Platform),
                    new Royalty(SampleOrders.Creator, royalty));
                if (decision.Failure is not null)
                    return price.IsZero || price.ShareOf(feeBps) >= price - royalty;

                PriceBreakdown it = decision.OrThrow();
                Wei items = Wei.Sum(it.ToConsideration(Seller).Select(item => new Wei(item.StartAmount)));
                return it.Proceeds + it.PlatformFee + it.Royalty.Amount == price
                    && items == price
                    && !it.Proceeds.IsZero
                    && it.PlatformFee <= price
                    && it.ToConsideration(Seller).All(item => !item.StartAmount.IsZero);
            });

    private static Decision<PriceBreakdown> Of(ulong price, int feeBps, ulong royalty) =>
        PriceBreakdown.Of(Wei.FromUlong(price), new FeeSchedule(1, feeBps, SampleOrders.Platform), Royalty(royalty));

    private static Royalty Royalty(ulong amount) => new(SampleOrders.Creator, Wei.FromUlong(amount));

    private static ulong Number(Wei wei) => (ulong)wei.Value;
}
