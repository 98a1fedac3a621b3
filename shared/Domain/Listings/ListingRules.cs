using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Orders;

namespace Souk.Domain.Listings;

/// <summary>Whether a signed order may be listed.</summary>
/// <remarks>
/// The first rule that fails answers: <c>order_mismatch</c>, <c>signature_invalid</c>, <c>price_mismatch</c>,
/// <c>order_expired</c>, <c>counter_stale</c>, <c>not_token_owner</c>, <c>not_approved</c>.
/// </remarks>
public static class ListingRules
{
    /// <summary>Judges the answer to a prepared listing.</summary>
    /// <param name="submitted">The order as it came back.</param>
    /// <param name="terms">What was prepared.</param>
    /// <param name="fee">The fee schedule in force now.</param>
    /// <param name="facts">What the chain says now.</param>
    /// <param name="isSignatureValid">What <see cref="OrderSignature.Verify"/>, or the seller's contract, said.</param>
    /// <param name="now">Our time.</param>
    /// <returns>The order's name, or the failure.</returns>
    public static Decision<OrderHash> Check(
        OrderComponents submitted,
        ListingTerms terms,
        FeeSchedule fee,
        ChainFacts facts,
        bool isSignatureValid,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(submitted);
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(facts);
        if (submitted != terms.ToOrder())
            return new Failure(FailureCode.OrderMismatch, "The order differs from the one that was prepared.");
        if (!isSignatureValid)
            return new Failure(FailureCode.SignatureInvalid, "The signature is not the seller's for this order.");
        if (CheckPrice(terms, fee, facts) is Failure mispriced) return mispriced;
        if (terms.Check(now).Failure is Failure { Code: FailureCode.OrderExpired } ended) return ended;
        return CheckFacts(submitted, facts) is Failure failure ? failure : submitted.Hash();
    }

    /// <summary>Judges an open order made elsewhere.</summary>
    /// <param name="order">The order.</param>
    /// <param name="offer">What <see cref="OpenOffer.Of"/> read from it.</param>
    /// <param name="facts">What the chain says now.</param>
    /// <param name="isSignatureValid">What <see cref="OrderSignature.Verify"/>, or the seller's contract, said.</param>
    /// <param name="now">Our time.</param>
    /// <returns>The order's name, or the failure. Its fees are its own affair.</returns>
    public static Decision<OrderHash> CheckOpen(
        OrderComponents order, OpenOffer offer, ChainFacts facts, bool isSignatureValid, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(facts);
        if (!isSignatureValid)
            return new Failure(FailureCode.SignatureInvalid, "The signature is not the seller's for this order.");
        if (offer.EndsAt - now < ListingLimits.DurationMin)
            return new Failure(FailureCode.OrderExpired, "The order has ended, or ends too soon.");
        if (offer.EndsAt - now > ListingLimits.DurationMax)
            return new Failure(FailureCode.OrderExpired, "The order ends too far ahead.");
        return CheckFacts(order, facts) is Failure failure ? failure : order.Hash();
    }

    private static Failure? CheckPrice(ListingTerms terms, FeeSchedule fee, ChainFacts facts)
    {
        Decision<PriceBreakdown> today = PriceBreakdown.Of(terms.Price.Price, fee, facts.Royalty);
        if (today.Failure is not null) return today.Failure;
        return today.OrThrow().ToConsideration(terms.Seller)
            .SequenceEqual(terms.Price.ToConsideration(terms.Seller))
            ? null
            : new Failure(
                FailureCode.PriceMismatch, "The fee or the royalty changed since the order was prepared.");
    }

    private static Failure? CheckFacts(OrderComponents order, ChainFacts facts)
    {
        if (order.Counter != facts.Counter)
            return new Failure(FailureCode.CounterStale, "The seller's counter has changed.");
        if (facts.SellerBalance < order.Offer[0].StartAmount)
            return new Failure(FailureCode.NotTokenOwner, "The seller does not own the token.");
        return facts.IsApproved
            ? null
            : new Failure(FailureCode.NotApproved, "The seller has not approved the marketplace's operator.");
    }
}
