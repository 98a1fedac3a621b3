using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Tests.Orders;
using Souk.Domain.Tokens;

namespace Souk.Domain.Tests.Listings;

public sealed class ListingRulesTests
{
    private static readonly DateTimeOffset Now = SampleListings.Now;
    private static readonly FeeSchedule Fee = new(1, 250, SampleOrders.Platform);
    private static readonly Royalty Royalty = new(SampleOrders.Creator, Wei.FromUlong(50));

    private static readonly ChainFacts Facts = new(7, new BlockHash(Bytes32.Zero), Now, 1, true, 5, Royalty);

    private static readonly ListingTerms Terms = new()
    {
        Token = SampleListings.Token,
        Standard = TokenStandard.Erc721,
        Quantity = 1,
        Seller = SampleOrders.Seller.Address,
        Price = PriceBreakdown.Of(Wei.FromUlong(1000), Fee, Royalty).OrThrow(),
        StartsAt = Now,
        EndsAt = Now.AddDays(7),
        Zone = Address.Parse("0x00000000000000000000000000000000000000d1"),
        ConduitKey = Bytes32.Zero,
        Counter = 5,
        Salt = 99,
    };

    [Fact]
    public void Takes_the_order_that_was_prepared() =>
        Assert.Equal(Terms.ToOrder().Hash(), Check(Terms.ToOrder()).OrThrow());

    [Fact]
    public void Builds_a_whole_order_restricted_to_the_zone()
    {
        OrderComponents order = Terms.ToOrder();

        Assert.Equal((OrderType.FullRestricted, Terms.Zone), (order.OrderType, order.Zone));
        Assert.Equal([new OfferItem(ItemType.Erc721, SampleOrders.Collection, 42, 1, 1)], order.Offer);
        Assert.Equal(Terms.Price.ToConsideration(Terms.Seller), order.Consideration);
        Assert.Equal((1_750_000_000UL, 1_750_604_800UL), ((ulong)order.StartTime, (ulong)order.EndTime));
    }

    /// <summary>Each row breaks its own rule and every later one; the first broken rule answers.</summary>
    [Fact]
    public void Answers_with_the_first_rule_that_fails()
    {
        OrderComponents other = Terms.ToOrder() with { Salt = 1 };
        DateTimeOffset late = Terms.EndsAt;
        ChainFacts unapproved = Facts with { IsApproved = false };
        ChainFacts foreign = unapproved with { SellerBalance = 0 };
        ChainFacts stale = foreign with { Counter = 6 };
        ChainFacts dearer = stale with { Royalty = Royalty with { Amount = Wei.FromUlong(51) } };

        Assert.Equal(FailureCode.OrderMismatch, Check(other, dearer, false, late).Failure?.Code);
        Assert.Equal(FailureCode.SignatureInvalid, Check(Terms.ToOrder(), dearer, false, late).Failure?.Code);
        Assert.Equal(FailureCode.PriceMismatch, Check(Terms.ToOrder(), dearer, true, late).Failure?.Code);
        Assert.Equal(FailureCode.OrderExpired, Check(Terms.ToOrder(), stale, true, late).Failure?.Code);
        Assert.Equal(FailureCode.CounterStale, Check(Terms.ToOrder(), stale).Failure?.Code);
        Assert.Equal(FailureCode.NotTokenOwner, Check(Terms.ToOrder(), foreign).Failure?.Code);
        Assert.Equal(FailureCode.NotApproved, Check(Terms.ToOrder(), unapproved).Failure?.Code);
    }

    [Fact]
    public void Refuses_any_change_to_the_prepared_order()
    {
        OrderComponents order = Terms.ToOrder();
        OrderComponents[] changed =
        [
            order with { Zone = Address.Zero },
            order with { OrderType = OrderType.FullOpen },
            order with { EndTime = order.EndTime + 1 },
            order with { Counter = 6 },
            order with { Consideration = [.. order.Consideration.Take(2)] },
            order with { Consideration = [.. order.Consideration.Reverse()] },
            order with { Offer = [order.Offer[0] with { IdentifierOrCriteria = 43 }] },
        ];

        Assert.All(changed, it => Assert.Equal(FailureCode.OrderMismatch, Check(it).Failure?.Code));
    }

    [Fact]
    public void Refuses_a_price_of_yesterdays_fee()
    {
        Decision<OrderHash> decision = ListingRules.Check(
            Terms.ToOrder(), Terms, Fee with { Version = 2, PlatformFeeBps = 300 }, Facts, true, Now);

        Assert.Equal(FailureCode.PriceMismatch, decision.Failure?.Code);
    }

    [Theory]
    [InlineData(0, 9, FailureCode.OrderExpired)]
    [InlineData(0, 10, null)]
    [InlineData(0, 259200, null)]
    [InlineData(0, 259201, FailureCode.OrderExpired)]
    [InlineData(43200, 43210, null)]
    [InlineData(43201, 43211, FailureCode.InvalidRequest)]
    [InlineData(-60, 5, FailureCode.OrderExpired)]
    public void Limits_how_long_a_listing_is_open(int startMinutes, int endMinutes, FailureCode? expected)
    {
        ListingTerms terms = Terms with
        {
            StartsAt = Now.AddMinutes(startMinutes),
            EndsAt = Now.AddMinutes(endMinutes),
        };

        Assert.Equal(expected, terms.Check(Now).Failure?.Code);
    }

    [Theory]
    [InlineData(TokenStandard.Erc721, 0, false)]
    [InlineData(TokenStandard.Erc721, 2, false)]
    [InlineData(TokenStandard.Erc1155, 0, false)]
    [InlineData(TokenStandard.Erc1155, 7, true)]
    public void Limits_the_quantity_to_what_the_token_can_have(TokenStandard standard, ulong quantity, bool isGood) =>
        Assert.Equal(
            isGood, (Terms with { Standard = standard, Quantity = quantity }).Check(Now).Failure is null);

    [Fact]
    public void Reads_an_open_order_as_a_sale()
    {
        OrderComponents order = SampleOrders.Listing() with { EndTime = 1_750_086_400 };

        OpenOffer offer = OpenOffer.Of(order, new ChainId(1)).OrThrow();

        Assert.Equal(Wei.FromUlong(1_000_000_000_000_000_000), offer.Price);
        Assert.Equal(new TokenId(42), offer.Token.TokenId);
        Assert.Null(ListingRules.CheckOpen(order, offer, Facts with { Counter = 0 }, true, Now).Failure);
        Assert.Equal(
            FailureCode.SignatureInvalid,
            ListingRules.CheckOpen(order, offer, Facts, false, Now).Failure?.Code);
        Assert.Equal(
            FailureCode.CounterStale, ListingRules.CheckOpen(order, offer, Facts, true, Now).Failure?.Code);
        Assert.Equal(
            FailureCode.OrderExpired,
            ListingRules.CheckOpen(order, offer, Facts, true, offer.EndsAt.AddMinutes(-9)).Failure?.Code);
    }

    [Fact]
    public void Refuses_open_orders_that_are_no_plain_sale()
    {
        OrderComponents order = SampleOrders.Listing();
        OfferItem item = order.Offer[0];
        ConsiderationItem paid = order.Consideration[0];
        OrderComponents[] strange =
        [
            order with { Zone = Terms.Zone },
            order with { OrderType = OrderType.PartialOpen },
            order with { Offer = [] },
            order with { Offer = [item, item] },
            order with { Offer = [item with { ItemType = ItemType.Erc721WithCriteria }] },
            order with { Offer = [item with { StartAmount = 2, EndAmount = 2 }] },
            order with { Consideration = [] },
            order with { Consideration = [paid with { Recipient = SampleOrders.Creator }] },
            order with { Consideration = [paid with { EndAmount = 1 }] },
            order with { Consideration = [paid with { ItemType = ItemType.Erc20 }] },
            order with { Consideration = [paid with { StartAmount = 0, EndAmount = 0 }] },
            order with
            {
                Consideration =
                [
                    paid, paid with { StartAmount = UInt256.MaxValue, EndAmount = UInt256.MaxValue },
                ],
            },
            order with { EndTime = order.StartTime },
            order with { EndTime = UInt256.MaxValue },
        ];

        Assert.All(
            strange, it => Assert.Equal(FailureCode.OrderMismatch, OpenOffer.Of(it, new ChainId(1)).Failure?.Code));
    }

    private static Decision<OrderHash> Check(
        OrderComponents order, ChainFacts? facts = null, bool isSigned = true, DateTimeOffset? now = null) =>
        ListingRules.Check(order, Terms, Fee, facts ?? Facts, isSigned, now ?? Now);
}
