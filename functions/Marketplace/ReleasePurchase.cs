using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Domain.Sessions;
using Souk.Domain.Wire;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>DELETE /v1/purchases/{id}</c>: the buyer gives a hold back.</summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>conflict</c>, in that order. The authorization that went out still counts: the
/// listing can be held again once it has expired. Repeating changes nothing.
/// </remarks>
internal static class ReleasePurchase
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapDelete("/v1/purchases/{id}", HandleAsync).RequireScope(RoleScopes.MarketTrade);

    internal static Task<PurchaseView> HandleAsync(
        PurchaseId id,
        Caller caller,
        Database database,
        ChainRegistry chains,
        ZoneSigner signer,
        CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                Purchase seen = await PurchaseTable.FindOwnAsync(transaction, id, caller.UserId, cancellationToken)
                    ?? throw new FailureException(FailureCode.NotFound, "There is no such purchase.");
                // The listing's row is locked before its purchases' wherever both are.
                ListingRow row = await ListingTable.LockAsync(transaction, seen.ListingId, cancellationToken);
                Purchase purchase =
                    await PurchaseTable.LockOwnAsync(transaction, id, caller.UserId, cancellationToken);
                bool isRepeat = purchase is
                {
                    Status: PurchaseStatus.Released, Reason: PurchaseReason.BuyerReleased,
                };
                Purchase released = isRepeat ? purchase : purchase.Release().OrThrow();
                await PurchaseEnd.StoreAsync(
                    transaction, row.Listing, purchase, released, byTime: null, cancellationToken);
                return await PurchaseView.ReadAsync(transaction, released, chains, signer, cancellationToken);
            },
            cancellationToken);
}

/// <summary>What is stored and said when a purchase ends without its token.</summary>
internal static class PurchaseEnd
{
    /// <param name="transaction">The transaction.</param>
    /// <param name="listing">The purchase's listing, locked.</param>
    /// <param name="before">The purchase.</param>
    /// <param name="after">What it ended as.</param>
    /// <param name="byTime">The block whose time decided it; null where a person or our own time did.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task StoreAsync(
        Transaction transaction,
        Listing listing,
        Purchase before,
        Purchase after,
        ChangeOrigin? byTime,
        CancellationToken cancellationToken)
    {
        if (before == after)
            return;
        Listing free = listing.HeldBy == before.Id ? listing.Release(before.Id).OrThrow() : listing;
        if (byTime is null)
        {
            await PurchaseTable.MoveAsync(transaction, before, after, cancellationToken);
            await ListingTable.MoveAsync(transaction, listing, free, cancellationToken);
        }
        else
        {
            await DerivedChangeTable.MoveAsync(transaction, byTime, before, after, cancellationToken);
            await DerivedChangeTable.MoveAsync(transaction, byTime, listing, free, cancellationToken);
        }

        await AnnounceAsync(transaction, EventType.PurchaseEnded, after, cancellationToken);
    }

    internal static Task AnnounceAsync(
        Transaction transaction, EventType type, Purchase purchase, CancellationToken cancellationToken) =>
        transaction.AnnounceAsync(
            type,
            $"purchase/{purchase.Id}",
            new SaleFact(purchase.Id.Value, purchase.ListingId.Value, WireText.Of(purchase.Status)),
            MarketplaceJson.Default.SaleFact,
            cancellationToken);
}
