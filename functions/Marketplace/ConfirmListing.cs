using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>
/// <c>POST /v1/listings/{id}/confirm</c>: the seller says that a token which was gone, or could not be moved, is for
/// sale again.
/// </summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>forbidden</c>, <c>conflict</c>, <c>counter_stale</c>, <c>not_token_owner</c>,
/// <c>not_approved</c>, in that order; and with <c>conflict</c> when the token has another open listing.
/// </remarks>
internal static class ConfirmListing
{
    /// <summary>Nothing but the listing's own name; the body is an empty object.</summary>
    internal sealed record Request;

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/listings/{id}/confirm", HandleAsync).RequireScope(RoleScopes.MarketTrade);

    internal static async Task<ListingView> HandleAsync(
        ListingId id,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Caller caller,
        Database database,
        ChainObserver observer,
        CancellationToken cancellationToken)
    {
        return await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/listings/{id}/confirm",
            request,
            MarketplaceJson.Default.ConfirmListingRequest,
            MarketplaceJson.Default.ListingView,
            () => ObserveAsync(id, caller, database, observer, cancellationToken),
            async (transaction, seen) =>
            {
                // Until the commit the cursor stands still: a log is either in the facts, or applied after this.
                ChainCursor? cursor = await ChainCursorTable.LockSharedAsync(
                    transaction, seen.Row.Listing.Token.ChainId, cancellationToken);
                long seenBlock = (long)seen.Facts.BlockNumber;
                if (cursor?.Block.Number > seenBlock)
                    throw new FailureException(FailureCode.UpstreamUnavailable, "The chain went on meanwhile.");
                ListingRow row = await ListingTable.LockAsync(transaction, id, cancellationToken);
                Listing after = row.Listing.Confirm().OrThrow();
                await ListingTable.MoveAsync(transaction, row.Listing, after, cancellationToken);
                await ListingTable.ConfirmAsync(transaction, id, seenBlock, cancellationToken);
                return ListingView.Of(row with { Listing = after }, transaction.Now);
            },
            cancellationToken);
    }

    private static async Task<(ListingRow Row, ChainFacts Facts)> ObserveAsync(
        ListingId id, Caller caller, Database database, ChainObserver observer, CancellationToken cancellationToken)
    {
        ListingRow row = await database.ReadAsync(
                transaction => ListingTable.FindAsync(transaction, id, cancellationToken), cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "There is no such listing.");
        CancelListing.RequireSeller(row.Listing, caller);
        // Refused for its status before the chain is asked; the row's lock decides below.
        row.Listing.Confirm().OrThrow();
        return (row, await Fillable.RequireAsync(observer, row, cancellationToken));
    }
}

/// <summary>Whether a fill of a listing would pass now, as far as its seller is concerned.</summary>
internal static class Fillable
{
    /// <exception cref="FailureException">
    /// <c>counter_stale</c>, <c>not_token_owner</c> or <c>not_approved</c>, in that order.
    /// </exception>
    internal static async Task<ChainFacts> RequireAsync(
        ChainObserver observer, ListingRow row, CancellationToken cancellationToken)
    {
        Listing listing = row.Listing;
        ChainFacts facts = await observer.ObserveAsync(
            listing.Token, listing.Standard, listing.Seller, listing.Price, cancellationToken);
        if (facts.Counter != row.Order.Counter)
            throw new FailureException(FailureCode.CounterStale, "The seller's counter has changed.");
        if (facts.SellerBalance < listing.Quantity)
            throw new FailureException(FailureCode.NotTokenOwner, "The seller no longer owns the token.");
        if (!facts.IsApproved)
            throw new FailureException(FailureCode.NotApproved, "The seller took back the operator's approval.");
        return facts;
    }
}
