using Souk.Domain.Failures;

namespace Souk.Domain.Listings;

/// <content>What its seller may do.</content>
public sealed partial record Listing
{
    /// <summary>Takes it off the market.</summary>
    /// <remarks>
    /// A protected listing is Cancelled at once if no authorization to fill it can be alive: none was handed out, or
    /// the last ended before the last block applied. Otherwise, and always for an open one, it is CancelPending:
    /// no new hold, but a fill may still come. Asking again changes nothing.
    /// </remarks>
    /// <param name="chainTime">The time of the last block applied.</param>
    public Decision<Listing> Cancel(DateTimeOffset chainTime)
    {
        if (Status is ListingStatus.CancelPending) return this;
        if (Status is ListingStatus.Cancelled && Reason == ListingReason.SellerCancelled) return this;
        return MoveTo(
            IsFillImpossibleAt(chainTime) ? ListingStatus.Cancelled : ListingStatus.CancelPending,
            ListingReason.SellerCancelled);
    }

    /// <summary>Says that it is for sale again: its token came back, or what made it Inactive was mended.</summary>
    /// <remarks>The caller has seen on chain that a fill would pass.</remarks>
    /// <returns>Refuses with <c>conflict</c> unless it waits for that.</returns>
    public Decision<Listing> Confirm() =>
        Status is ListingStatus.NeedsReconfirm or ListingStatus.Inactive
            ? ForSale()
            : Refuse("The listing waits for no confirmation.");

    /// <summary>Whether no authorization lets a fill pass any more.</summary>
    private bool IsFillImpossibleAt(DateTimeOffset chainTime) =>
        Protection == Protection.Protected
        && (LastAuthorizationExpiresAt is not DateTimeOffset expiresAt || expiresAt <= chainTime);
}
