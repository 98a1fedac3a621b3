using Souk.Domain.Failures;
using Souk.Domain.Purchases;

namespace Souk.Domain.Listings;

/// <content>What the chain, or the passing of its time, does to it.</content>
public sealed partial record Listing
{
    /// <summary>The chain shows the order filled. True whatever stood here, so only a second fill is refused.</summary>
    /// <param name="purchase">The purchase of ours that it settles; null for a fill from outside.</param>
    public Decision<Listing> Fill(PurchaseId? purchase)
    {
        if (!ListingLifecycle.CanCorrect(Status, ListingStatus.Filled)) return Refuse("The listing is filled.");
        return this with
        {
            Status = ListingStatus.Filled,
            Reason = purchase is null ? ListingReason.SoldOutside : ListingReason.Sold,
        };
    }

    /// <summary>The chain shows the order cancelled, or its counter raised.</summary>
    /// <param name="reason"><see cref="ListingReason.CancelledOnChain"/> or <c>CounterRaised</c>.</param>
    public Decision<Listing> CancelOnChain(ListingReason reason)
    {
        if (reason is not (ListingReason.CancelledOnChain or ListingReason.CounterRaised))
            throw new ArgumentOutOfRangeException(nameof(reason));
        return Status == ListingStatus.Cancelled ? this : MoveTo(ListingStatus.Cancelled, reason);
    }

    /// <summary>Ends the wait of a cancelled protected listing once no fill can come.</summary>
    /// <param name="chainTime">The time of the last block applied.</param>
    public Decision<Listing> CompleteCancel(DateTimeOffset chainTime)
    {
        if (Status != ListingStatus.CancelPending) return Refuse("The listing waits for no cancellation.");
        return IsFillImpossibleAt(chainTime)
            ? MoveTo(ListingStatus.Cancelled, ListingReason.SellerCancelled)
            : Refuse("A fill may still come.");
    }

    /// <summary>The order's end passed on its chain, so no fill can come.</summary>
    /// <param name="chainTime">The time of the last block applied.</param>
    public Decision<Listing> Expire(DateTimeOffset chainTime) =>
        chainTime >= EndsAt
            ? MoveTo(ListingStatus.Expired, ListingReason.Ended)
            : Refuse("The chain has not reached the listing's end.");

    /// <summary>A fill would revert now: the token or the approval is gone.</summary>
    /// <remarks>A cancelled one stays as it is. That the token left outweighs a lost approval.</remarks>
    /// <param name="reason"><see cref="ListingReason.TokenMoved"/> or <c>ApprovalRevoked</c>.</param>
    public Decision<Listing> Deactivate(ListingReason reason)
    {
        if (reason is not (ListingReason.TokenMoved or ListingReason.ApprovalRevoked))
            throw new ArgumentOutOfRangeException(nameof(reason));
        if (Status == ListingStatus.CancelPending) return this;
        if (Status == ListingStatus.Inactive)
            return Reason == ListingReason.TokenMoved ? this : this with { Reason = reason };

        // An approval cannot undo that the seller has yet to confirm.
        if (Status == ListingStatus.NeedsReconfirm && reason == ListingReason.ApprovalRevoked) return this;
        return MoveTo(ListingStatus.Inactive, reason);
    }

    /// <summary>The approval is back, and the token never left: for sale, and held if a hold is still on it.</summary>
    public Decision<Listing> Reactivate() =>
        Status == ListingStatus.Inactive && Reason == ListingReason.ApprovalRevoked
            ? ForSale()
            : Refuse("The listing did not wait for an approval.");

    /// <summary>The token left its seller and is back: never for sale again without the seller's word.</summary>
    public Decision<Listing> NeedReconfirm() =>
        Status is ListingStatus.CancelPending or ListingStatus.NeedsReconfirm
            ? this
            : MoveTo(ListingStatus.NeedsReconfirm, ListingReason.TokenReturned);
}
