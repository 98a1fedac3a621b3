using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Tokens;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>A listing as the API shows it; its signature is never part of it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Status">Where it stands at the moment of reading.</param>
/// <param name="Reason">Why it stands there; null while it is for sale.</param>
/// <param name="ChainId">Its chain.</param>
/// <param name="Contract">The token's contract.</param>
/// <param name="TokenId">The token.</param>
/// <param name="Standard">The contract's standard.</param>
/// <param name="Quantity">Units, sold whole.</param>
/// <param name="PriceWei">What a buyer pays in all, in wei.</param>
/// <param name="Seller">The seller's wallet.</param>
/// <param name="OrderHash">The order's name on its chain.</param>
/// <param name="Protection">Whether a hold is exclusive and a cancel final.</param>
/// <param name="StartsAt">From when it can be bought.</param>
/// <param name="EndsAt">Until when, exclusive.</param>
/// <param name="CreatedAt">When it was listed.</param>
/// <param name="Order">The signed order, without its signature.</param>
internal sealed record ListingView(
    ListingId Id,
    ListingStatus Status,
    ListingReason? Reason,
    ChainId ChainId,
    Address Contract,
    TokenId TokenId,
    TokenStandard Standard,
    UInt256 Quantity,
    Wei PriceWei,
    Address Seller,
    OrderHash OrderHash,
    Protection Protection,
    DateTimeOffset StartsAt,
    DateTimeOffset EndsAt,
    DateTimeOffset CreatedAt,
    OrderComponents Order)
{
    internal static ListingView Of(ListingRow row, DateTimeOffset now)
    {
        Listing listing = row.Listing;
        return new ListingView(
            listing.Id, listing.StatusAt(now), listing.Reason, listing.Token.ChainId, listing.Token.Contract,
            listing.Token.TokenId, listing.Standard, listing.Quantity, listing.Price, listing.Seller, listing.OrderHash,
            listing.Protection, listing.StartsAt, listing.EndsAt, row.CreatedAt, row.Order);
    }
}
