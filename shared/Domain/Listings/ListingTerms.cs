using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Orders;
using Souk.Domain.Tokens;

namespace Souk.Domain.Listings;

/// <summary>
/// What a seller asks for, completed by what the platform and the chain add: a protected order to be.
/// </summary>
/// <remarks>Kept between prepare and submit; the order a wallet signs is <see cref="ToOrder"/>, nothing else.</remarks>
public sealed record ListingTerms
{
    /// <summary>The token for sale.</summary>
    public required TokenReference Token { get; init; }

    /// <summary>The standard its contract speaks.</summary>
    public required TokenStandard Standard { get; init; }

    /// <summary>Units, sold whole; 1 for ERC-721.</summary>
    public required UInt256 Quantity { get; init; }

    /// <summary>The wallet that sells.</summary>
    public required Address Seller { get; init; }

    /// <summary>How the price divides.</summary>
    public required PriceBreakdown Price { get; init; }

    /// <summary>From when it can be filled; inclusive. Fractions of a second are cut off.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Until when it can be filled; exclusive. Fractions of a second are cut off.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>The chain's zone of ours.</summary>
    public required Address Zone { get; init; }

    /// <summary>The conduit that the seller approves; zero for Seaport itself.</summary>
    public required Bytes32 ConduitKey { get; init; }

    /// <summary>The seller's counter when prepared.</summary>
    public required UInt256 Counter { get; init; }

    /// <summary>Tells this order apart from another of the same terms; random.</summary>
    public required UInt256 Salt { get; init; }

    /// <summary>Whether the terms make a listing at all.</summary>
    /// <param name="now">Our time.</param>
    /// <returns>
    /// Itself; or refuses with <c>invalid_request</c> (quantity, start) or <c>order_expired</c> (too short or too
    /// long, of what is left of it), in that order.
    /// </returns>
    public Decision<ListingTerms> Check(DateTimeOffset now)
    {
        if (Quantity.IsZero || (Standard == TokenStandard.Erc721 && Quantity != UInt256.One))
            return Refuse(FailureCode.InvalidRequest, "The quantity is not one the token can have.", "$.quantity");
        if (StartsAt > now + ListingLimits.StartDelayMax)
            return Refuse(FailureCode.InvalidRequest, "The listing starts too far ahead.", "$.startsAt");

        TimeSpan open = EndsAt - (StartsAt > now ? StartsAt : now);
        if (open < ListingLimits.DurationMin || open > ListingLimits.DurationMax)
        {
            return Refuse(
                FailureCode.OrderExpired,
                $"A listing is open for {ListingLimits.DurationMin.TotalMinutes} minutes to "
                + $"{ListingLimits.DurationMax.TotalDays} days.",
                "$.endsAt");
        }

        return this;
    }

    /// <summary>The order: whole, restricted to our zone, at a price that does not change.</summary>
    public OrderComponents ToOrder() => new()
    {
        Offerer = Seller,
        Zone = Zone,
        Offer =
        [
            new OfferItem(
                Standard == TokenStandard.Erc721 ? ItemType.Erc721 : ItemType.Erc1155,
                Token.Contract,
                Token.TokenId.Value,
                Quantity,
                Quantity),
        ],
        Consideration = Price.ToConsideration(Seller),
        OrderType = OrderType.FullRestricted,
        StartTime = (ulong)StartsAt.ToUnixTimeSeconds(),
        EndTime = (ulong)EndsAt.ToUnixTimeSeconds(),
        ZoneHash = Bytes32.Zero,
        Salt = Salt,
        ConduitKey = ConduitKey,
        Counter = Counter,
    };

    private static Failure Refuse(FailureCode code, string why, string field) => new(code, why) { Field = field };
}
