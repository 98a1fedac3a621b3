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
                await PurchaseEnd.StoreAsync(transaction, row.Listing, purchase, released, cancellationToken);
                return await PurchaseView.ReadAsync(transaction, released, chains, signer, cancellationToken);
            },
            cancellationToken);
}

/// <summary>What is stored and said when a purchase ends without its token.</summary>
internal static class PurchaseEnd
{
    internal static async Task StoreAsync(
        Transaction transaction,
        Listing listing,
        Purchase before,
        Purchase after,
        CancellationToken cancellationToken)
    {
        if (before == after)
            return;
        await PurchaseTable.MoveAsync(transaction, before, after, cancellationToken);
        if (listing.HeldBy == before.Id)
        {
            Listing free = listing.Release(before.Id).OrThrow();
            await ListingTable.MoveAsync(transaction, listing, free, cancellationToken);
        }

        await transaction.AnnounceAsync(
            EventType.PurchaseEnded,
            $"purchase/{after.Id}",
            new SaleFact(after.Id.Value, after.ListingId.Value, WireText.Of(after.Status)),
            MarketplaceJson.Default.SaleFact,
            cancellationToken);
    }
}
