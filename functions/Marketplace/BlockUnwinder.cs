using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>
/// Undoes what blocks that left the chain had done: every derived row carries the block it came from.
/// </summary>
internal static class BlockUnwinder
{
    /// <summary>Undoes everything above <paramref name="toBlock"/>, last first.</summary>
    internal static async Task UnwindAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        List<OrderEvent> undone = await OrderEventTable.UnwindAsync(transaction, chain, toBlock, cancellationToken);
        foreach (OrderEvent happened in undone)
            await UndoAsync(transaction, happened, cancellationToken);
        await SettlementLineTable.UnwindAsync(transaction, chain, toBlock, cancellationToken);
        await TokenTable.UnwindAsync(transaction, chain, toBlock, cancellationToken);
        await ActivityTable.UnwindAsync(transaction, chain, toBlock, cancellationToken);
        await CollectionTable.UnwindAsync(transaction, chain, toBlock, cancellationToken);
    }

    private static async Task UndoAsync(
        Transaction transaction, OrderEvent happened, CancellationToken cancellationToken)
    {
        ListingRow row = await ListingTable.LockAsync(transaction, happened.Listing, cancellationToken);
        Decision<Listing> before = happened.IsFill ? row.Listing.Unfill(transaction.Now) : row.Listing.Uncancel();

        // Refused: something here moved it since, such as its end passing; that stands.
        if (before.Failure is null)
            await ListingTable.MoveAsync(transaction, row.Listing, before.OrThrow(), cancellationToken);
        if (happened.Purchase is not { } settled)
            return;
        Purchase? purchase = await PurchaseTable.LockAsync(transaction, settled, cancellationToken);
        if (purchase is { Status: PurchaseStatus.Settled })
            await PurchaseTable.MoveAsync(transaction, purchase, purchase.Unsettle().OrThrow(), cancellationToken);
    }
}
