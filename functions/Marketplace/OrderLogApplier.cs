using Souk.Domain.Events;
using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Purchases;
using Souk.Domain.Tokens;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>What Seaport's own logs do to listings and purchases.</summary>
/// <param name="transaction">The transaction.</param>
/// <param name="touched">The listings.</param>
/// <param name="isReplay">Whether the logs are only read anew: then nothing is announced again.</param>
internal sealed class OrderLogApplier(Transaction transaction, TouchedListings touched, bool isReplay)
{
    /// <summary>The orders that a log names.</summary>
    internal static IEnumerable<OrderHash> OrdersOf(SeaportEvent happened) => happened switch
    {
        OrderFulfilled fill => [fill.OrderHash],
        OrderCancelled cancelled => [cancelled.OrderHash],
        OrderValidated validated => [validated.OrderHash],
        OrdersMatched matched => matched.OrderHashes,
        _ => [],
    };

    /// <summary>Applies a log; for a listing that knows it already it changes nothing.</summary>
    internal async Task ApplyAsync(LogOrigin origin, SeaportEvent happened, CancellationToken cancellationToken)
    {
        if (happened is CounterIncremented raised)
            await RaiseAsync(origin, raised, cancellationToken);
        foreach (OrderHash order in OrdersOf(happened).Distinct())
        {
            if (touched.Find(order) is not { } row)
                continue;
            if (happened is OrderFulfilled fill)
                await FillAsync(origin, row, fill, cancellationToken);
            // What was said of the order before it was listed here is in the facts that it was listed by.
            else if (row.ObservedBlock < origin.BlockNumber)
                await NoteAsync(origin, row.Listing, happened, cancellationToken);
        }
    }

    private async Task FillAsync(
        LogOrigin origin, ListingRow row, OrderFulfilled fill, CancellationToken cancellationToken)
    {
        List<Purchase> purchases =
            await PurchaseTable.LockByListingAsync(transaction, row.Listing.Id, cancellationToken);
        Purchase? settled = Settling(purchases, fill, origin);
        OrderEvent happened = new(row.Listing.Id, OrderEventKind.Filled, settled?.Id);
        if (!await OrderEventTable.AddAsync(transaction, origin, happened, cancellationToken))
            return;

        Listing filled = await touched.MoveAsync(
            origin, row.Listing, row.Listing.Fill(settled?.Id).OrThrow(), cancellationToken);
        await SettleAsync(origin, row, fill, settled, cancellationToken);
        await EndOthersAsync(origin, purchases, settled, PurchaseReason.SoldToAnother, cancellationToken);

        Address? buyer = fill.Recipient.IsZero ? settled?.Buyer : fill.Recipient;
        ActivityEntry sale = ActivityEntry.Of(ActivityKind.Sale, filled) with { To = buyer };
        touched.Told.Add(new ChainActivity(origin, 0, sale, filled.OrderHash));
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
        await DerivedChangeTable.MoveAsync(
            transaction, ChangeOrigin.Of(origin), purchase, settled, cancellationToken);
        if (!isReplay)
            await PurchaseEnd.AnnounceAsync(transaction, EventType.PurchaseSettled, settled, cancellationToken);
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

    private async Task NoteAsync(
        LogOrigin origin, Listing listing, SeaportEvent happened, CancellationToken cancellationToken)
    {
        OrderEventKind kind = happened switch
        {
            OrderCancelled => OrderEventKind.Cancelled,
            OrderValidated => OrderEventKind.Validated,
            _ => OrderEventKind.Matched,
        };
        bool isNew = await OrderEventTable.AddAsync(
            transaction, origin, new OrderEvent(listing.Id, kind, Purchase: null), cancellationToken);
        if (isNew && kind == OrderEventKind.Cancelled)
            await CancelAsync(origin, listing, ListingReason.CancelledOnChain, cancellationToken);
    }

    private async Task RaiseAsync(LogOrigin origin, CounterIncremented raised, CancellationToken cancellationToken)
    {
        // A listing whose facts are newer was signed with a counter that came after this one.
        foreach (ListingRow row in touched.OfSeller(raised.Offerer, origin))
        {
            if (row.Order.Counter == raised.NewCounter)
                continue;
            OrderEvent happened = new(row.Listing.Id, OrderEventKind.CounterRaised, Purchase: null);
            if (await OrderEventTable.AddAsync(transaction, origin, happened, cancellationToken))
                await CancelAsync(origin, row.Listing, ListingReason.CounterRaised, cancellationToken);
        }
    }

    private async Task CancelAsync(
        LogOrigin origin, Listing listing, ListingReason reason, CancellationToken cancellationToken)
    {
        // Ended already, by its seller or by time: the chain only says so too.
        if (ListingLifecycle.IsTerminal(listing.Status))
            return;
        await touched.CancelAsync(origin, listing, reason, cancellationToken);
        List<Purchase> purchases = await PurchaseTable.LockByListingAsync(transaction, listing.Id, cancellationToken);
        await EndOthersAsync(origin, purchases, settled: null, PurchaseReason.ListingUnavailable, cancellationToken);
    }

    private async Task EndOthersAsync(
        LogOrigin origin,
        List<Purchase> purchases,
        Purchase? settled,
        PurchaseReason reason,
        CancellationToken cancellationToken)
    {
        foreach (Purchase open in purchases)
        {
            if (open.Id == settled?.Id || PurchaseLifecycle.IsTerminal(open.Status))
                continue;
            Purchase ended = open.End(reason).OrThrow();
            await DerivedChangeTable.MoveAsync(
                transaction, ChangeOrigin.Of(origin), open, ended, cancellationToken);
            if (!isReplay)
                await PurchaseEnd.AnnounceAsync(transaction, EventType.PurchaseEnded, ended, cancellationToken);
        }
    }
}
