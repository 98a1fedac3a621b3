using Souk.Domain.Chain;

namespace Souk.Domain.Purchases;

/// <summary>The part of a purchase that a block of its chain moves.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Transaction">The transaction that was reported, or that of the fill.</param>
public sealed record PurchaseStanding(PurchaseStatus Status, PurchaseReason? Reason, TransactionHash? Transaction)
{
    /// <summary>Where a purchase stands.</summary>
    public static PurchaseStanding Of(Purchase purchase)
    {
        ArgumentNullException.ThrowIfNull(purchase);
        return new PurchaseStanding(purchase.Status, purchase.Reason, purchase.Transaction);
    }
}
