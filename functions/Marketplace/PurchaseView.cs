using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>A payment of a sale, as the chain's log shows it.</summary>
/// <param name="Recipient">Who received it.</param>
/// <param name="Kind">What for.</param>
/// <param name="AmountWei">How much, in wei.</param>
internal sealed record SettlementView(Address Recipient, SettlementKind Kind, Wei AmountWei);

/// <summary>A purchase as its buyer sees it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="ListingId">What it holds.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Why it ended; null unless it ended without its token.</param>
/// <param name="ChainId">On which chain.</param>
/// <param name="Buyer">The wallet that must send the fill.</param>
/// <param name="PriceWei">What it costs in all, in wei.</param>
/// <param name="HeldUntil">When the hold lapses.</param>
/// <param name="FillableUntil">Until which block time the fill passes, exclusive.</param>
/// <param name="TransactionHash">The transaction reported, or that of the fill; null before.</param>
/// <param name="Steps">What the wallet sends, while the hold runs.</param>
/// <param name="Settlement">Who was paid what, once settled.</param>
internal sealed record PurchaseView(
    PurchaseId Id,
    ListingId ListingId,
    PurchaseStatus Status,
    PurchaseReason? Reason,
    ChainId ChainId,
    Address Buyer,
    Wei PriceWei,
    DateTimeOffset HeldUntil,
    DateTimeOffset FillableUntil,
    TransactionHash? TransactionHash,
    IReadOnlyList<WalletStep> Steps,
    IReadOnlyList<SettlementView> Settlement)
{
    /// <summary>
    /// Reads a purchase with its steps; the steps are made anew each time, and are the same each time.
    /// </summary>
    internal static async Task<PurchaseView> ReadAsync(
        Transaction transaction,
        Purchase purchase,
        ChainRegistry chains,
        ZoneSigner signer,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<WalletStep> steps = [];
        if (purchase.IsHeldAt(transaction.Now))
        {
            ListingRow? row = await ListingTable.FindAsync(transaction, purchase.ListingId, cancellationToken);
            PrivateKey key = await signer.GetKeyAsync(cancellationToken);
            // Once the token or its approval has left, the step would cost its sender the gas and nothing else.
            if (row is { Listing.Status: ListingStatus.Held or ListingStatus.CancelPending })
                steps = [WalletStep.Fulfil(chains.Get(purchase.ChainId), row, purchase, key)];
        }

        List<SettlementLine> lines = await SettlementLineTable.ListAsync(transaction, purchase.Id, cancellationToken);
        return new PurchaseView(
            purchase.Id, purchase.ListingId, purchase.Status, purchase.Reason, purchase.ChainId, purchase.Buyer,
            purchase.Price, purchase.HeldUntil, purchase.FillableUntil, purchase.Transaction, steps,
            [.. lines.Select(line => new SettlementView(line.Recipient, line.Kind, line.Amount))]);
    }
}
