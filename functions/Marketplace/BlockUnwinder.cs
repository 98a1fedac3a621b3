using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Domain.Tokens;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>
/// Undoes what blocks that left the chain had done: every derived row carries the block it came from.
/// </summary>
internal static class BlockUnwinder
{
    /// <summary>Undoes everything above <paramref name="to"/>, last first.</summary>
    internal static async Task UnwindAsync(
        Transaction transaction, ChainId chain, FollowedBlock to, CancellationToken cancellationToken)
    {
        // Facts of a block that is gone are no older than what replaces it.
        await ListingTable.UnwindAsync(transaction, chain, to, cancellationToken);
        List<OrderEvent> undone = await OrderEventTable.UnwindAsync(transaction, chain, to.Number, cancellationToken);
        foreach (OrderEvent happened in undone)
            await UndoAsync(transaction, happened, cancellationToken);
        await SettlementLineTable.UnwindAsync(transaction, chain, to.Number, cancellationToken);
        await ActivityTable.UnwindAsync(transaction, chain, to.Number, cancellationToken);
        await CollectionTable.UnwindAsync(transaction, chain, to.Number, cancellationToken);

        List<(TokenReference Token, TokenMoved Moved)> moves =
            await TokenTable.UnwindAsync(transaction, chain, to.Number, cancellationToken);
        foreach ((TokenReference token, TokenMoved moved) in moves)
        {
            await TokenHolding.LeaveAsync(transaction, token, moved.To, origin: null, cancellationToken);
            await TokenHolding.ReturnAsync(transaction, token, moved.From, origin: null, cancellationToken);
        }
    }

    private static async Task UndoAsync(
        Transaction transaction, OrderEvent happened, CancellationToken cancellationToken)
    {
        ListingRow row = await ListingTable.LockAsync(transaction, happened.Listing, cancellationToken);
        Decision<Listing> before = happened.IsFill ? row.Listing.Unfill(transaction.Now) : row.Listing.Uncancel();

        // Refused: something here moved it since, such as its end passing; that stands.
        if (before.Failure is null)
        {
            Listing again = before.OrThrow();
            if (await ListingTable.HasOpenTwinAsync(transaction, again, cancellationToken))
                again = again.GiveWay();
            await ListingTable.MoveAsync(transaction, row.Listing, again, cancellationToken);
        }

        if (happened.Purchase is not { } settled)
            return;
        Purchase? purchase = await PurchaseTable.LockAsync(transaction, settled, cancellationToken);
        if (purchase is { Status: PurchaseStatus.Settled })
            await PurchaseTable.MoveAsync(transaction, purchase, purchase.Unsettle().OrThrow(), cancellationToken);
    }
}
