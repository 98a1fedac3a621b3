using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>
/// <c>POST /v1/listings/{id}/purchases</c>: holds a listing for one buyer and gives their wallet its steps.
/// </summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>wallet_not_linked</c>, <c>own_listing</c>, <c>listing_not_active</c>,
/// <c>order_expired</c>, <c>listing_held</c>, <c>counter_stale</c>, <c>not_token_owner</c>, <c>not_approved</c>, in
/// that order. Of two buyers at the same instant the row's lock lets one in.
/// </remarks>
internal static partial class OpenPurchase
{
    /// <param name="Buyer">The buyer's linked wallet; only it can use the steps.</param>
    internal sealed record Request(Address Buyer);

    /// <summary>What is stored for a repeat: a name. The steps hold signatures and are made anew.</summary>
    internal sealed record Opened(PurchaseId PurchaseId);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/listings/{id}/purchases", HandleAsync).RequireScope(RoleScopes.MarketTrade);

    internal static async Task<Created<PurchaseView>> HandleAsync(
        ListingId id,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Caller caller,
        Database database,
        ChainRegistry chains,
        ChainObserver observer,
        ZoneSigner signer,
        ILogger<MarketplaceFunction> logger,
        CancellationToken cancellationToken)
    {
        Opened opened = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/listings/{id}/purchases",
            request,
            MarketplaceJson.Default.OpenPurchaseRequest,
            MarketplaceJson.Default.OpenPurchaseOpened,
            () => ObserveAsync(id, request.Buyer, caller, database, observer, signer, cancellationToken),
            (transaction, _) => HoldAsync(transaction, id, request.Buyer, caller, cancellationToken),
            cancellationToken);

        PurchaseView view = await GetPurchase.HandleAsync(
            opened.PurchaseId, caller, database, chains, signer, cancellationToken);
        Log.Held(logger, id, opened.PurchaseId);
        return TypedResults.Created($"/v1/purchases/{view.Id}", view);
    }

    /// <summary>Refuses what need not be asked of the chain, then what the chain would revert.</summary>
    private static async Task<ListingRow> ObserveAsync(
        ListingId id,
        Address buyer,
        Caller caller,
        Database database,
        ChainObserver observer,
        ZoneSigner signer,
        CancellationToken cancellationToken)
    {
        ListingRow seen = await database.ReadAsync(
            async transaction =>
            {
                ListingRow row = await ListingTable.FindAsync(transaction, id, cancellationToken)
                    ?? throw new FailureException(FailureCode.NotFound, "There is no such listing.");
                await DecideAsync(transaction, row.Listing, buyer, caller, cancellationToken);
                return row;
            },
            cancellationToken);
        await Fillable.RequireAsync(observer, seen, cancellationToken);

        // Without the key there are no steps, and a hold without steps would only keep others away.
        await signer.GetKeyAsync(cancellationToken);
        return seen;
    }

    private static async Task<Opened> HoldAsync(
        Transaction transaction, ListingId id, Address buyer, Caller caller, CancellationToken cancellationToken)
    {
        ListingRow row = await ListingTable.LockAsync(transaction, id, cancellationToken);
        Listing held = await DecideAsync(transaction, row.Listing, buyer, caller, cancellationToken);
        Purchase purchase = Purchase.Begin(held, held.HeldBy!.Value, new UserId(caller.UserId), buyer);
        await ListingTable.MoveAsync(transaction, row.Listing, held, cancellationToken);
        await PurchaseTable.AddAsync(transaction, purchase, cancellationToken);
        return new Opened(purchase.Id);
    }

    private static async Task<Listing> DecideAsync(
        Transaction transaction, Listing listing, Address buyer, Caller caller, CancellationToken cancellationToken)
    {
        await LinkedWallet.RequireAsync(
            transaction, caller.UserId, listing.Token.ChainId, buyer, "$.buyer", cancellationToken);
        if (listing.SellerId.Value == caller.UserId)
            throw new FailureException(FailureCode.OwnListing, "Sellers cannot buy their own listings.");
        return listing.Hold(new PurchaseId(transaction.NewId()), buyer, transaction.Now).OrThrow();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Held listing {ListingId} for purchase {PurchaseId}.")]
        internal static partial void Held(ILogger logger, ListingId listingId, PurchaseId purchaseId);
    }
}
