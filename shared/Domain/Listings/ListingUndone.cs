using Souk.Domain.Purchases;

namespace Souk.Domain.Listings;

/// <summary>The part of a listing that a block of its chain moves.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Why it stands there.</param>
/// <param name="HeldBy">The purchase that holds it.</param>
/// <param name="HeldUntil">When the hold lapses.</param>
public sealed record ListingStanding(
    ListingStatus Status, ListingReason? Reason, PurchaseId? HeldBy, DateTimeOffset? HeldUntil)
{
    /// <summary>Where a listing stands.</summary>
    public static ListingStanding Of(Listing listing)
    {
        ArgumentNullException.ThrowIfNull(listing);
        return new ListingStanding(listing.Status, listing.Reason, listing.HeldBy, listing.HeldUntil);
    }
}

/// <content>What is left of it when a block left the chain.</content>
public sealed partial record Listing
{
    /// <summary>
    /// A block that moved it left the chain: it stands where it would without that block, as far as what was done
    /// here since allows.
    /// </summary>
    /// <remarks>
    /// <list type="number">
    /// <item>A hold is a buyer's: it stays as it is now, unless the block itself ended it.</item>
    /// <item>What ended it, or waits to, since the block (its seller's cancel, its end) stays: that was told.</item>
    /// <item>
    /// Everything else goes back to before the block. A seller's confirmation or a hold since then rested on what
    /// the block showed: where the block had put it back on sale, it is off sale again.
    /// </item>
    /// <item>For sale means held while a hold is written on it, and active when that was given back since.</item>
    /// </list>
    /// </remarks>
    /// <param name="before">Where the block found it.</param>
    /// <param name="after">Where the block left it.</param>
    public Listing Undo(ListingStanding before, ListingStanding after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        bool isHoldAsLeft = HeldBy == after.HeldBy && HeldUntil == after.HeldUntil;
        Listing merged = isHoldAsLeft ? this with { HeldBy = before.HeldBy, HeldUntil = before.HeldUntil } : this;
        if (HasEndedSince(after))
            return merged;
        return before.Status is ListingStatus.Active or ListingStatus.Held
            ? merged.ForSale()
            : merged with { Status = before.Status, Reason = before.Reason };
    }

    /// <summary>Whether its seller or its end has ended it since, or will: then no log but a fill moves it.</summary>
    /// <param name="after">Where a block left it.</param>
    public bool HasEndedSince(ListingStanding after)
    {
        ArgumentNullException.ThrowIfNull(after);
        bool isAsLeft = Status == after.Status && Reason == after.Reason;
        return !isAsLeft && (Status == ListingStatus.CancelPending || ListingLifecycle.IsTerminal(Status));
    }

    /// <summary>What an undone block leaves of it where the seller's token has another open listing by now.</summary>
    /// <remarks>A token has one open listing of its seller's, and the newer one is what the seller means.</remarks>
    public Listing GiveWay() => Status switch
    {
        ListingStatus.Active or ListingStatus.Held =>
            this with { Status = ListingStatus.NeedsReconfirm, Reason = ListingReason.TokenReturned },
        ListingStatus.CancelPending => this with { Status = ListingStatus.Cancelled },
        _ => this,
    };
}
