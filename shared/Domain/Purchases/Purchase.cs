using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Sessions;
using Souk.Domain.Wire;

namespace Souk.Domain.Purchases;

/// <summary>Why a purchase ended without its token.</summary>
[JsonConverter(typeof(WireTextJsonConverter<PurchaseReason>))]
public enum PurchaseReason
{
    /// <summary>The buyer gave the hold back.</summary>
    BuyerReleased,

    /// <summary>The hold lapsed before a transaction was reported.</summary>
    HoldLapsed,

    /// <summary>The listing was filled by someone else.</summary>
    SoldToAnother,

    /// <summary>The listing was cancelled, or its token or approval left.</summary>
    ListingUnavailable,

    /// <summary>A transaction was reported, but no block filled the order before the authorization ended.</summary>
    NotFilledInTime,

    /// <summary>The reported transaction had no effect on chain.</summary>
    TransactionReverted,
}

/// <summary>One buyer's hold of a listing and what became of it.</summary>
/// <remarks>
/// What the buyer reports is a hint; only the chain settles. <c>now</c> is our time, <c>chainTime</c> that of the
/// last block applied. A refused move is <c>conflict</c> unless said otherwise.
/// </remarks>
public sealed record Purchase
{
    /// <summary>Its name.</summary>
    public required PurchaseId Id { get; init; }

    /// <summary>The listing it holds.</summary>
    public required ListingId ListingId { get; init; }

    /// <summary>The chain and order it fills.</summary>
    public required ChainId ChainId { get; init; }

    /// <summary>The order it fills.</summary>
    public required OrderHash OrderHash { get; init; }

    /// <summary>The user who buys.</summary>
    public required UserId BuyerId { get; init; }

    /// <summary>The wallet that must call the fill.</summary>
    public required Address Buyer { get; init; }

    /// <summary>What the buyer pays, in wei, without the chain's fee.</summary>
    public required Wei Price { get; init; }

    /// <summary>When the hold lapses; exclusive.</summary>
    public required DateTimeOffset HeldUntil { get; init; }

    /// <summary>Until which block time the fill can pass, exclusive: the authorization's end, or the order's.</summary>
    public required DateTimeOffset FillableUntil { get; init; }

    /// <summary>Where it stands.</summary>
    public PurchaseStatus Status { get; init; } = PurchaseStatus.Held;

    /// <summary>Why it ended; null unless Released or Failed.</summary>
    public PurchaseReason? Reason { get; init; }

    /// <summary>The transaction the buyer reported, or that of the fill.</summary>
    public TransactionHash? Transaction { get; init; }

    /// <summary>Begins a purchase on a listing just held for it.</summary>
    /// <param name="listing">What <see cref="Listing.Hold"/> answered.</param>
    /// <param name="id">The purchase that holds it.</param>
    /// <param name="buyerId">The user who buys.</param>
    /// <param name="buyer">The wallet that will fill.</param>
    /// <exception cref="ArgumentException">The listing is not held by this purchase.</exception>
    public static Purchase Begin(Listing listing, PurchaseId id, UserId buyerId, Address buyer)
    {
        ArgumentNullException.ThrowIfNull(listing);
        if (listing.HeldBy != id || listing.HeldUntil is not DateTimeOffset heldUntil)
            throw new ArgumentException("The listing is not held by this purchase.", nameof(listing));

        return new Purchase
        {
            Id = id,
            ListingId = listing.Id,
            ChainId = listing.Token.ChainId,
            OrderHash = listing.OrderHash,
            BuyerId = buyerId,
            Buyer = buyer,
            Price = listing.Price,
            HeldUntil = heldUntil,
            FillableUntil = listing.Protection == Protection.Protected
                ? listing.LastAuthorizationExpiresAt ?? heldUntil
                : listing.EndsAt,
        };
    }

    /// <summary>Whether the hold still runs: a lapsed one is void when read, whatever its row says.</summary>
    /// <param name="now">Our time.</param>
    public bool IsHeldAt(DateTimeOffset now) =>
        Status is PurchaseStatus.Held or PurchaseStatus.Submitted && now < HeldUntil;

    /// <summary>The buyer says that this transaction was sent. The same one again changes nothing.</summary>
    /// <param name="transaction">Its hash.</param>
    /// <param name="now">Our time.</param>
    /// <returns>
    /// Refuses with <c>hold_lapsed</c>, or <c>conflict</c> when another transaction was reported or the purchase
    /// has ended.
    /// </returns>
    public Decision<Purchase> Submit(TransactionHash transaction, DateTimeOffset now)
    {
        if (Status is PurchaseStatus.Submitted or PurchaseStatus.Settled && Transaction == transaction) return this;
        if (Status == PurchaseStatus.Released || (Status == PurchaseStatus.Held && !IsHeldAt(now)))
            return new Failure(FailureCode.HoldLapsed, "The hold has ended.");
        if (!PurchaseLifecycle.CanMove(Status, PurchaseStatus.Submitted))
            return Refuse("Another transaction was reported, or the purchase has ended.");
        return this with { Status = PurchaseStatus.Submitted, Transaction = transaction };
    }

    /// <summary>
    /// The chain shows the fill by this buyer. True whatever stood here; the same one changes nothing.
    /// </summary>
    /// <param name="transaction">The transaction of the fill.</param>
    public Decision<Purchase> Settle(TransactionHash transaction)
    {
        if (Status == PurchaseStatus.Settled && Transaction == transaction) return this;
        if (!PurchaseLifecycle.CanCorrect(Status, PurchaseStatus.Settled)) return Refuse("The purchase is settled.");
        return this with { Status = PurchaseStatus.Settled, Reason = null, Transaction = transaction };
    }

    /// <summary>
    /// A block that moved it left the chain: back to where it stood, unless something moved it since.
    /// </summary>
    /// <param name="before">Where the block found it.</param>
    /// <param name="after">Where the block left it.</param>
    public Purchase Undo(PurchaseStanding before, PurchaseStanding after)
    {
        ArgumentNullException.ThrowIfNull(before);
        return PurchaseStanding.Of(this) == after
            ? this with { Status = before.Status, Reason = before.Reason, Transaction = before.Transaction }
            : this;
    }

    /// <summary>The buyer gives the hold back before reporting a transaction.</summary>
    public Decision<Purchase> Release() =>
        Status == PurchaseStatus.Held ? End(PurchaseReason.BuyerReleased) : Refuse("The purchase is past its hold.");

    /// <summary>
    /// Tidies what time has decided: a lapsed hold is Released, a fill that can no longer come is Failed.
    /// </summary>
    /// <param name="now">Our time.</param>
    /// <param name="chainTime">The time of the last block applied.</param>
    /// <returns>Refuses with <c>conflict</c> while the purchase may still go on.</returns>
    public Decision<Purchase> Lapse(DateTimeOffset now, DateTimeOffset chainTime)
    {
        if (Status == PurchaseStatus.Held && !IsHeldAt(now)) return End(PurchaseReason.HoldLapsed);
        if (Status == PurchaseStatus.Submitted && chainTime >= FillableUntil)
            return End(PurchaseReason.NotFilledInTime);
        return Refuse("The purchase may still go on.");
    }

    /// <summary>Ends it without its token: Released before a transaction was reported, Failed after.</summary>
    /// <param name="reason">Why.</param>
    public Decision<Purchase> End(PurchaseReason reason)
    {
        PurchaseStatus end = Status == PurchaseStatus.Held ? PurchaseStatus.Released : PurchaseStatus.Failed;
        if (!PurchaseLifecycle.CanMove(Status, end)) return Refuse("The purchase has ended.");
        return this with { Status = end, Reason = reason };
    }

    private static Failure Refuse(string why) => new(FailureCode.Conflict, why);
}
