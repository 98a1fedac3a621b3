using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Purchases;
using Souk.Domain.Sessions;
using Souk.Domain.Tokens;

namespace Souk.Domain.Listings;

/// <summary>One signed order offered for sale, and every rule by which it moves.</summary>
/// <remarks>
/// Two clocks meet here. <c>now</c> is ours and decides what may still be handed out. <c>chainTime</c> is the time
/// of the last block applied and decides what can no longer happen: a fill counts by its block's time, so nothing
/// is final before every block of that time has been read. A refused move is <c>conflict</c> unless said otherwise.
/// </remarks>
public sealed partial record Listing
{
    /// <summary>Its name.</summary>
    public required ListingId Id { get; init; }

    /// <summary>The token for sale.</summary>
    public required TokenReference Token { get; init; }

    /// <summary>The standard its contract speaks.</summary>
    public required TokenStandard Standard { get; init; }

    /// <summary>Units of the token, sold whole; 1 for ERC-721.</summary>
    public required UInt256 Quantity { get; init; }

    /// <summary>The user who listed it.</summary>
    public required UserId SellerId { get; init; }

    /// <summary>The wallet that signed the order and owns the token.</summary>
    public required Address Seller { get; init; }

    /// <summary>The order's name on its chain.</summary>
    public required OrderHash OrderHash { get; init; }

    /// <summary>What a buyer pays for the whole quantity, in wei.</summary>
    public required Wei Price { get; init; }

    /// <summary>Whether a fill needs our authorization.</summary>
    public required Protection Protection { get; init; }

    /// <summary>From when it can be filled; inclusive, in whole seconds.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Until when it can be filled; exclusive, in whole seconds.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Where it stands.</summary>
    public ListingStatus Status { get; init; } = ListingStatus.Active;

    /// <summary>Why it stands there; null while Active or Held.</summary>
    public ListingReason? Reason { get; init; }

    /// <summary>The purchase that holds it, lapsed or not.</summary>
    public PurchaseId? HeldBy { get; init; }

    /// <summary>When the hold lapses; exclusive.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>When the latest authorization handed out ends, by block time; null if none ever was.</summary>
    public DateTimeOffset? LastAuthorizationExpiresAt { get; init; }

    /// <summary>Where a reader sees it stand: a lapsed hold is void, and past its end nothing is for sale.</summary>
    /// <param name="now">Our time.</param>
    public ListingStatus StatusAt(DateTimeOffset now)
    {
        bool isOpen = !ListingLifecycle.IsTerminal(Status);
        if (isOpen && now >= EndsAt) return ListingStatus.Expired;
        return Status == ListingStatus.Held && !IsHeldAt(now) ? ListingStatus.Active : Status;
    }

    /// <summary>Whether some purchase's hold still runs.</summary>
    /// <param name="now">Our time.</param>
    public bool IsHeldAt(DateTimeOffset now) => HeldBy is not null && now < HeldUntil;

    /// <summary>Until when an authorization handed out now would let a fill pass: whole seconds, exclusive.</summary>
    /// <param name="now">Our time.</param>
    public DateTimeOffset AuthorizationExpiryAt(DateTimeOffset now)
    {
        DateTimeOffset whole = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        return Earlier(whole + ListingLimits.AuthorizationLifetime, EndsAt);
    }

    /// <summary>
    /// Gives it to one buyer for a while; for a protected listing an authorization counts as handed out.
    /// </summary>
    /// <param name="purchase">The buyer's purchase; the same one again changes nothing.</param>
    /// <param name="buyer">The wallet that will fill.</param>
    /// <param name="now">Our time.</param>
    /// <returns>
    /// Refuses with <c>listing_not_active</c>, <c>own_listing</c>, <c>order_expired</c>, <c>listing_held</c>, in
    /// that order.
    /// </returns>
    public Decision<Listing> Hold(PurchaseId purchase, Address buyer, DateTimeOffset now)
    {
        if (Status is not (ListingStatus.Active or ListingStatus.Held))
            return new Failure(FailureCode.ListingNotActive, "The listing is not for sale.");
        if (now < StartsAt) return new Failure(FailureCode.ListingNotActive, "The listing has not started.");
        if (buyer == Seller) return new Failure(FailureCode.OwnListing, "The buyer's wallet is the seller's.");
        if (Status == ListingStatus.Held && HeldBy == purchase && IsHeldAt(now)) return this;
        if (now + ListingLimits.HandOutMargin >= EndsAt)
            return new Failure(FailureCode.OrderExpired, "The listing ends too soon to be bought.");
        if (FreeAt(now) is DateTimeOffset freeAt)
        {
            return new Failure(FailureCode.ListingHeld, "Another buyer holds the listing.")
            {
                RetryAfter = freeAt - now,
            };
        }

        return this with
        {
            Status = ListingStatus.Held,
            Reason = null,
            HeldBy = purchase,
            HeldUntil = Earlier(now + ListingLimits.HoldDuration, EndsAt),
            LastAuthorizationExpiresAt =
                Protection == Protection.Protected ? AuthorizationExpiryAt(now) : LastAuthorizationExpiresAt,
        };
    }

    /// <summary>Ends a hold. Its authorization, once handed out, still counts until it expires.</summary>
    /// <param name="purchase">The purchase that holds it; any other is refused.</param>
    public Decision<Listing> Release(PurchaseId purchase)
    {
        if (HeldBy != purchase) return Refuse("Another purchase holds the listing, or none.");

        Listing free = this with { HeldBy = null, HeldUntil = null };
        return Status == ListingStatus.Held ? free.ForSale() : free;
    }

    /// <summary>When a new hold can begin; null for now.</summary>
    private DateTimeOffset? FreeAt(DateTimeOffset now)
    {
        DateTimeOffset held = IsHeldAt(now) ? HeldUntil!.Value : now;
        DateTimeOffset authorized = LastAuthorizationExpiresAt ?? now;
        DateTimeOffset free = held > authorized ? held : authorized;
        return free > now ? free : null;
    }

    /// <summary>For sale: to the purchase whose hold is written here, lapsed or not, else to anybody.</summary>
    private Listing ForSale() =>
        this with { Status = HeldBy is null ? ListingStatus.Active : ListingStatus.Held, Reason = null };

    private Decision<Listing> MoveTo(ListingStatus status, ListingReason? reason)
    {
        if (!ListingLifecycle.CanMove(Status, status)) return Refuse("The listing's status does not allow this.");
        return this with { Status = status, Reason = reason };
    }

    private static Failure Refuse(string why) => new(FailureCode.Conflict, why);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
