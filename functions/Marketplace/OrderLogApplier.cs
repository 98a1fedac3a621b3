using Souk.Domain.Events;
using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Purchases;
using Souk.Domain.Tokens;
using Souk.Domain.Wire;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>What Seaport's own logs do to listings and purchases.</summary>
internal sealed class OrderLogApplier(Transaction transaction)
{
    /// <summary>Applies a log.</summary>
    /// <returns>The listing that it filled; null for any other log, and one applied before.</returns>
    internal async Task<Listing?> ApplyAsync(
        LogOrigin origin, SeaportEvent? happened, CancellationToken cancellationToken)
    {
        if (happened is OrderFulfilled fill)
            return await FillAsync(origin, fill, cancellationToken);
        if (happened is OrderCancelled cancelled)
            await CancelAsync(origin, cancelled.OrderHash, cancellationToken);
        else if (happened is CounterIncremented raised)
            await CancelAllAsync(origin, raised, cancellationToken);
        return null;
    }

    private async Task<Listing?> FillAsync(LogOrigin origin, OrderFulfilled fill, CancellationToken cancellationToken)
    {
        ListingRow? row = await ListingTable.LockByOrderAsync(
            transaction, origin.ChainId, fill.OrderHash, cancellationToken);
        if (row is null)
            return null;
        List<Purchase> purchases =
            await PurchaseTable.LockByListingAsync(transaction, row.Listing.Id, cancellationToken);
        Purchase? settled = Settling(purchases, fill, origin);
        OrderEvent happened = new(row.Listing.Id, IsFill: true, settled?.Id);
        if (!await OrderEventTable.AddAsync(transaction, origin, happened, cancellationToken))
            return null;

        Listing filled = row.Listing.Fill(settled?.Id).OrThrow();
        await ListingTable.MoveAsync(transaction, row.Listing, filled, cancellationToken);
        await SettleAsync(origin, row, fill, settled, cancellationToken);
        foreach (Purchase other in purchases
            .Where(it => it.Id != settled?.Id && !PurchaseLifecycle.IsTerminal(it.Status)))
        {
            Purchase ended = other.End(PurchaseReason.SoldToAnother).OrThrow();
            await PurchaseTable.MoveAsync(transaction, other, ended, cancellationToken);
        }

        Address? buyer = fill.Recipient.IsZero ? settled?.Buyer : fill.Recipient;
        ActivityEntry sale = new(
            ActivityKind.Sale, filled.Token, filled.Quantity, filled.Seller, buyer, filled.Price, filled.Id);
        await ActivityTable.AddAsync(transaction, sale, origin, cancellationToken);
        return filled;
    }

    private async Task SettleAsync(
        LogOrigin origin, ListingRow row, OrderFulfilled fill, Purchase? purchase, CancellationToken cancellationToken)
    {
        SettlementTerms terms = new(
            row.Listing.Price,
            row.Listing.Seller,
            row.FeeRecipient.IsZero ? null : row.FeeRecipient,
            row.RoyaltyRecipient.IsZero ? null : row.RoyaltyRecipient,
            row.Order.Consideration.Length);
        foreach (SettlementLine line in Settlement.FromFill(fill, terms, origin.LogIndex).OrThrow())
        {
            await SettlementLineTable.AddAsync(
                transaction, origin, row.Listing.Id, purchase?.Id, line, cancellationToken);
        }

        if (purchase is null)
            return;
        Purchase settled = purchase.Settle(origin.TransactionHash).OrThrow();
        await PurchaseTable.MoveAsync(transaction, purchase, settled, cancellationToken);
        await transaction.AnnounceAsync(
            EventType.PurchaseSettled,
            $"purchase/{settled.Id}",
            new SaleFact(settled.Id.Value, row.Listing.Id.Value, WireText.Of(settled.Status)),
            MarketplaceJson.Default.SaleFact,
            cancellationToken);
    }

    /// <summary>
    /// Which purchase a fill settles: its buyer's, whose time had not run out when the block was made.
    /// </summary>
    /// <remarks>A buyer may have the token sent to another, or match the order: then their report tells.</remarks>
    private static Purchase? Settling(List<Purchase> purchases, OrderFulfilled fill, LogOrigin origin) =>
        purchases
            .Where(it => it.Buyer == fill.Recipient || it.Transaction == origin.TransactionHash)
            .Where(it => origin.BlockTime < it.FillableUntil)
            .OrderByDescending(it => it.Transaction == origin.TransactionHash)
            .ThenBy(it => PurchaseLifecycle.IsTerminal(it.Status))
            .FirstOrDefault();

    private async Task CancelAsync(LogOrigin origin, OrderHash order, CancellationToken cancellationToken)
    {
        ListingRow? row = await ListingTable.LockByOrderAsync(transaction, origin.ChainId, order, cancellationToken);
        if (row is not null)
            await CancelAsync(origin, row.Listing, ListingReason.CancelledOnChain, cancellationToken);
    }

    private async Task CancelAllAsync(
        LogOrigin origin, CounterIncremented raised, CancellationToken cancellationToken)
    {
        List<ListingRow> rows = await ListingTable.LockByOffererAsync(
            transaction, origin.ChainId, raised.Offerer, cancellationToken);
        // A listing whose facts are newer was signed with a counter that came after this one.
        foreach (ListingRow row in rows.Where(row => row.ObservedBlock < origin.BlockNumber))
        {
            if (row.Order.Counter != raised.NewCounter)
                await CancelAsync(origin, row.Listing, ListingReason.CounterRaised, cancellationToken);
        }
    }

    private async Task CancelAsync(
        LogOrigin origin, Listing listing, ListingReason reason, CancellationToken cancellationToken)
    {
        // Ended already, by its seller or by time: the chain only says so too.
        if (ListingLifecycle.IsTerminal(listing.Status))
            return;
        OrderEvent happened = new(listing.Id, IsFill: false, Purchase: null);
        if (!await OrderEventTable.AddAsync(transaction, origin, happened, cancellationToken))
            return;
        Listing cancelled = listing.CancelOnChain(reason).OrThrow();
        await ListingTable.MoveAsync(transaction, listing, cancelled, cancellationToken);
        foreach (Purchase open in await PurchaseTable.LockByListingAsync(transaction, listing.Id, cancellationToken))
        {
            if (PurchaseLifecycle.IsTerminal(open.Status))
                continue;
            Purchase ended = open.End(PurchaseReason.ListingUnavailable).OrThrow();
            await PurchaseTable.MoveAsync(transaction, open, ended, cancellationToken);
        }

        await ListingEnd.AnnounceAsync(transaction, ActivityKind.Cancel, cancelled, origin, cancellationToken);
    }
}
