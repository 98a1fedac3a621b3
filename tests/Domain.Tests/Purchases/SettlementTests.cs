using System.Collections.Immutable;
using CsCheck;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Orders;
using Souk.Domain.Purchases;
using Souk.Domain.Tests.Listings;
using Souk.Domain.Tests.Orders;

namespace Souk.Domain.Tests.Purchases;

public sealed class SettlementTests
{
    private static readonly Address Seller = SampleOrders.Seller.Address;

    private static readonly SettlementTerms Terms = new(
        Wei.FromUlong(1_000_000_000_000_000_000), Seller, SampleOrders.Platform, SampleOrders.Creator, 3);

    [Fact]
    public void Names_each_line_of_a_fill()
    {
        ImmutableArray<SettlementLine> lines = Settlement.FromFill(Fill(SampleOrders.Listing()), Terms, 9).OrThrow();

        Assert.Equal(
            [
                new SettlementLine(Seller, SettlementKind.Seller, Wei.FromUlong(925000000000000000), 9, 0),
                new SettlementLine(
                    SampleOrders.Platform, SettlementKind.PlatformFee, Wei.FromUlong(25000000000000000), 9, 1),
                new SettlementLine(
                    SampleOrders.Creator, SettlementKind.Royalty, Wei.FromUlong(50000000000000000), 9, 2),
            ],
            lines);
    }

    [Fact]
    public void Tells_the_proceeds_from_the_royalty_of_a_seller_who_made_the_token()
    {
        OrderComponents order = SampleOrders.Listing();
        order = order with
        {
            Consideration = [.. order.Consideration.Select(it =>
                it.Recipient == SampleOrders.Creator ? it with { Recipient = Seller } : it)],
        };

        ImmutableArray<SettlementLine> lines =
            Settlement.FromFill(Fill(order), Terms with { RoyaltyRecipient = Seller }, 9).OrThrow();

        Assert.Equal(
            [SettlementKind.Seller, SettlementKind.PlatformFee, SettlementKind.Royalty],
            lines.Select(it => it.Kind));
    }

    [Fact]
    public void Counts_what_the_buyer_added_as_a_tip_beyond_the_price()
    {
        OrderFulfilled fill = Fill(SampleOrders.Listing());
        var tip = new ReceivedItem(ItemType.Native, Address.Zero, 0, 7, Seller);

        ImmutableArray<SettlementLine> lines = Settlement.FromFill(
            fill with { Consideration = fill.Consideration.Add(tip) }, Terms, 9).OrThrow();

        Assert.Equal((SettlementKind.Tip, Wei.FromUlong(7)), (lines[3].Kind, lines[3].Amount));
    }

    [Fact]
    public void Refuses_what_does_not_add_up_to_the_price()
    {
        OrderFulfilled fill = Fill(SampleOrders.Listing());
        ReceivedItem first = fill.Consideration[0];
        OrderFulfilled[] wrong =
        [
            fill with { Offerer = SampleOrders.Creator },
            fill with { Consideration = [] },
            fill with { Consideration = fill.Consideration.RemoveAt(2) },
            fill with { Consideration = fill.Consideration.SetItem(0, first with { Amount = first.Amount - 1 }) },
            fill with { Consideration = fill.Consideration.SetItem(0, first with { ItemType = ItemType.Erc20 }) },
            fill with { Consideration = fill.Consideration.SetItem(0, first with { ItemType = ItemType.Erc721 }) },
        ];

        Assert.All(
            wrong,
            it => Assert.Equal(FailureCode.PriceMismatch, Settlement.FromFill(it, Terms, 9).Failure?.Code));
    }

    [Fact]
    public void Adds_up_for_every_price_fee_and_royalty() =>
        Gen.Select(Gen.ULong[1, ulong.MaxValue], Gen.Int[0, 9_999], Gen.Int[0, 10_000]).Sample(
            (price, feeBps, royaltyBps) =>
            {
                Wei whole = Wei.FromUlong(price);
                Decision<PriceBreakdown> decision = PriceBreakdown.Of(
                    whole,
                    new FeeSchedule(1, feeBps, SampleOrders.Platform),
                    new Royalty(SampleOrders.Creator, whole.ShareOf(royaltyBps)));
                if (decision.Failure is not null) return true;

                ImmutableArray<ConsiderationItem> items = decision.OrThrow().ToConsideration(Seller);
                ImmutableArray<SettlementLine> lines = Settlement.FromFill(
                    Fill(SampleOrders.Listing() with { Consideration = items }),
                    Terms with { Price = whole, ItemCount = items.Length },
                    0).OrThrow();
                return Wei.Sum(lines.Select(it => it.Amount)) == whole
                    && lines.All(it => it.Kind is not (SettlementKind.Other or SettlementKind.Tip));
            });

    /// <summary>The log that the contract writes for the order, through its octets.</summary>
    private static OrderFulfilled Fill(OrderComponents order) => Assert.IsType<OrderFulfilled>(SeaportEvents.Read(
        SeaportEventsTests.FulfilledLog(order), SeaportEventsTests.FulfilledData(order, SampleListings.Buyer)));
}
