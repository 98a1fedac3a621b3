using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>
/// Undoes what blocks had done: every derived row carries the block it came from, and every move of a listing or
/// purchase is kept with what stood before.
/// </summary>
/// <remarks>The caller holds the chain's cursor locked: nobody lists anything or lets time decide meanwhile.</remarks>
internal static class BlockUnwinder
{
    /// <summary>
    /// Blocks above <paramref name="to"/> left the chain: all is as if they had never been, but for what people did
    /// here since (<see cref="Listing.Undo"/> says what that means). What was announced is announced to be undone.
    /// </summary>
    internal static async Task UnwindAsync(
        Transaction transaction, ChainId chain, FollowedBlock to, CancellationToken cancellationToken)
    {
        List<ListingId> orphaned =
            await ListingTable.ListOrphanedAsync(transaction, chain, to.Number, cancellationToken);
        List<DerivedChange> changes =
            await DerivedChangeTable.ListAsync(transaction, chain, to.Number, cancellationToken);
        DerivedUndo undo = await DerivedUndo.LockAsync(transaction, changes, orphaned, cancellationToken);
        changes.ForEach(undo.TakeBack);
        await DerivedChangeTable.RemoveAsync(transaction, changes, cancellationToken);
        await RemoveFactsAsync(transaction, chain, to.Number, kept: [], cancellationToken);
        // Facts of a block that is gone are no older than what replaces it.
        await ListingTable.UnwindAsync(transaction, chain, to, cancellationToken);
        await undo.JudgeAsync(orphaned, cancellationToken);
        await undo.StoreAsync(isAnnounced: true, cancellationToken);
    }

    /// <summary>
    /// Blocks above <paramref name="to"/> are only to be read anew: what their logs did is taken back until
    /// <see cref="LogApplier"/>, as a replay, has done it again. What their time decided stays, and so does what logs
    /// will not do again, for a person or time had the later word. Nothing is announced.
    /// </summary>
    internal static async Task RewindAsync(
        Transaction transaction, ChainId chain, long to, CancellationToken cancellationToken)
    {
        List<DerivedChange> changes = await DerivedChangeTable.ListAsync(transaction, chain, to, cancellationToken);
        changes.RemoveAll(change => change.Origin.LogIndex is null);
        DerivedUndo undo = await DerivedUndo.LockAsync(transaction, changes, [], cancellationToken);
        List<DerivedChange> kept = [];
        foreach (DerivedChange change in changes)
        {
            if (undo.IsSuperseded(change))
                kept.Add(change);
            else
                undo.TakeBack(change);
        }

        await DerivedChangeTable.RemoveAsync(transaction, changes.Except(kept), cancellationToken);
        await RemoveFactsAsync(transaction, chain, to, kept, cancellationToken);
        await undo.StoreAsync(isAnnounced: false, cancellationToken);
    }

    private static async Task RemoveFactsAsync(
        Transaction transaction,
        ChainId chain,
        long to,
        IReadOnlyList<DerivedChange> kept,
        CancellationToken cancellationToken)
    {
        await OrderEventTable.UnwindAsync(transaction, chain, to, cancellationToken);
        await SettlementLineTable.UnwindAsync(transaction, chain, to, cancellationToken);
        await ActivityTable.UnwindAsync(transaction, chain, to, kept, cancellationToken);
        await CollectionTable.UnwindAsync(transaction, chain, to, cancellationToken);
        await TokenApprovalTable.UnwindAsync(transaction, chain, to, cancellationToken);
        await TokenTable.UnwindAsync(transaction, chain, to, cancellationToken);
        await CurrencyTable.UnwindAsync(transaction, chain, to, cancellationToken);
    }
}

/// <summary>The listings and purchases that undone blocks had moved: locked, taken back, stored once.</summary>
internal sealed class DerivedUndo
{
    private readonly Transaction _transaction;
    private readonly Dictionary<ListingId, ListingRow> _rows;
    private readonly Dictionary<PurchaseId, Purchase> _purchasesBefore;
    private readonly Dictionary<ListingId, Listing> _listings;
    private readonly Dictionary<PurchaseId, Purchase> _purchases;
    private readonly HashSet<ListingId> _reopened = [];

    private DerivedUndo(Transaction transaction, List<ListingRow> rows, List<Purchase> purchases)
    {
        _transaction = transaction;
        _rows = rows.ToDictionary(row => row.Listing.Id);
        _listings = rows.ToDictionary(row => row.Listing.Id, row => row.Listing);
        _purchasesBefore = purchases.ToDictionary(purchase => purchase.Id);
        _purchases = purchases.ToDictionary(purchase => purchase.Id);
    }

    /// <summary>Listings before purchases, each by id: nobody waits for us who holds what we want next.</summary>
    internal static async Task<DerivedUndo> LockAsync(
        Transaction transaction,
        List<DerivedChange> changes,
        IEnumerable<ListingId> others,
        CancellationToken cancellationToken)
    {
        HashSet<ListingId> listings = [.. changes.Select(change => change.Listing), .. others];
        if (listings.Count == 0)
            return new DerivedUndo(transaction, [], []);
        HashSet<PurchaseId> purchases = [.. changes.OfType<PurchaseChange>().Select(change => change.Purchase)];
        return new DerivedUndo(
            transaction,
            await ListingTable.LockWithTwinsAsync(transaction, listings, cancellationToken),
            await PurchaseTable.LockAsync(transaction, purchases, cancellationToken));
    }

    /// <summary>Whether a person or time had a later word, so that the log, read anew, changes nothing.</summary>
    internal bool IsSuperseded(DerivedChange change) => change is ListingChange moved
        && (_rows[moved.Listing].ConfirmedBlock >= moved.Origin.BlockNumber
            || _listings[moved.Listing].HasEndedSince(moved.After));

    /// <summary>Takes a change back; the caller begins with the last.</summary>
    internal void TakeBack(DerivedChange change)
    {
        if (change is PurchaseChange of)
        {
            _purchases[of.Purchase] = _purchases[of.Purchase].Undo(of.Before, of.After);
            return;
        }

        ListingChange moved = (ListingChange)change;
        bool wasEnded = ListingLifecycle.IsTerminal(_listings[moved.Listing].Status);
        Listing undone = _listings[moved.Listing] = _listings[moved.Listing].Undo(moved.Before, moved.After);
        if (moved.Origin.LogIndex is null && wasEnded && !ListingLifecycle.IsTerminal(undone.Status))
            _reopened.Add(moved.Listing);
    }

    /// <summary>A listing that was made of facts that are gone is off sale where the token never came.</summary>
    internal async Task JudgeAsync(IEnumerable<ListingId> orphaned, CancellationToken cancellationToken)
    {
        foreach (Listing listing in orphaned.Select(id => _listings[id]))
        {
            bool isDecided = ListingLifecycle.IsTerminal(listing.Status)
                || await TokenTable.SumAsync(_transaction, listing.Token, listing.Seller, cancellationToken)
                    >= listing.Quantity.ToBigInteger();
            if (!isDecided)
                _listings[listing.Id] = listing.Deactivate(ListingReason.TokenMoved).OrThrow();
        }
    }

    /// <summary>Stores what is left of each, those first that make room for others, and of those the newest.</summary>
    internal async Task StoreAsync(bool isAnnounced, CancellationToken cancellationToken)
    {
        foreach (Purchase after in _purchases.Values)
        {
            Purchase before = _purchasesBefore[after.Id];
            await PurchaseTable.MoveAsync(_transaction, before, after, cancellationToken);
            if (isAnnounced && before != after && PurchaseLifecycle.IsTerminal(before.Status))
                await PurchaseEnd.AnnounceAsync(_transaction, EventType.PurchaseReorged, after, cancellationToken);
        }

        IOrderedEnumerable<ListingRow> inOrder = _rows.Values
            .OrderBy(row => IsOpen(_listings[row.Listing.Id]))
            .ThenByDescending(row => row.CreatedAt)
            .ThenByDescending(row => row.Listing.Id.Value);
        foreach (Listing before in inOrder.Select(row => row.Listing))
        {
            Listing after = _listings[before.Id];
            if (before == after)
                continue;
            bool opens = IsOpen(after) && !IsOpen(before);
            if (opens && await ListingTable.HasOpenTwinAsync(_transaction, after, cancellationToken))
                after = after.GiveWay();
            await ListingTable.MoveAsync(_transaction, before, after, cancellationToken);
            if (_reopened.Contains(after.Id))
                await ActivityTable.RemoveEndAsync(_transaction, after, cancellationToken);
            if (isAnnounced && ListingLifecycle.IsTerminal(before.Status))
                await ListingEnd.AnnounceAsync(_transaction, EventType.ListingReorged, after, cancellationToken);
        }
    }

    /// <summary>Whether it takes the one place that a token's seller has for an open listing.</summary>
    private static bool IsOpen(Listing listing) =>
        listing.Status is ListingStatus.Active or ListingStatus.Held or ListingStatus.CancelPending;
}
