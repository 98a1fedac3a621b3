using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Sessions;
using Souk.Domain.Tokens;
using Souk.Domain.Wire;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>POST /v1/listings/{id}/cancel</c>: takes a listing off the market.</summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>forbidden</c>, <c>conflict</c>, in that order. A protected listing for which no
/// authorization is out is cancelled at once and for good: its signature alone fills nothing. Else it waits for the
/// authorization's end, or for the chain: <c>GET …/cancellation</c> gives the wallet's step. One that stopped being for
/// sale and whose token was listed again meanwhile cannot wait beside that: it conflicts until its authorization ended.
/// </remarks>
internal static partial class CancelListing
{
    /// <summary>Nothing but the listing's own name; the body is an empty object.</summary>
    internal sealed record Request;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/listings/{id}/cancel", HandleAsync).RequireScope(RoleScopes.MarketTrade);
        routes.MapGet("/v1/listings/{id}/cancellation", GetStepAsync).RequireScope(RoleScopes.MarketTrade);
    }

    internal static async Task<ListingView> HandleAsync(
        ListingId id,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Caller caller,
        Database database,
        ILogger<MarketplaceFunction> logger,
        CancellationToken cancellationToken)
    {
        ListingView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/listings/{id}/cancel",
            request,
            MarketplaceJson.Default.CancelListingRequest,
            MarketplaceJson.Default.ListingView,
            async transaction =>
            {
                ListingRow row = await ListingTable.LockAsync(transaction, id, cancellationToken);
                RequireSeller(row.Listing, caller);
                ChainCursor? cursor =
                    await ChainCursorTable.FindAsync(transaction, row.Listing.Token.ChainId, cancellationToken);
                Listing after = row.Listing.Cancel(cursor?.Block.Time ?? DateTimeOffset.MinValue).OrThrow();
                await ListingTable.MoveAsync(transaction, row.Listing, after, cancellationToken);
                if (after.Status == ListingStatus.Cancelled && row.Listing.Status != ListingStatus.Cancelled)
                    await ListingEnd.StoreAsync(transaction, ActivityKind.Cancel, after, cancellationToken);
                return ListingView.Of(row with { Listing = after }, transaction.Now);
            },
            cancellationToken);
        Log.Cancelled(logger, id, WireText.Of(view.Status));
        return view;
    }

    /// <summary>
    /// <c>GET /v1/listings/{id}/cancellation</c>: the step by which the seller's wallet cancels on chain.
    /// </summary>
    internal static Task<WalletStep> GetStepAsync(
        ListingId id, Caller caller, Database database, ChainRegistry chains, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction =>
            {
                ListingRow row = await ListingTable.FindAsync(transaction, id, cancellationToken)
                    ?? throw new FailureException(FailureCode.NotFound, "There is no such listing.");
                RequireSeller(row.Listing, caller);
                return WalletStep.Cancel(chains.Get(row.Listing.Token.ChainId), row.Order);
            },
            cancellationToken);

    internal static void RequireSeller(Listing listing, Caller caller)
    {
        if (listing.SellerId.Value != caller.UserId)
            throw new FailureException(FailureCode.Forbidden, "The listing is another seller's.");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Cancelled {ListingId}: {Status}.")]
        internal static partial void Cancelled(ILogger logger, ListingId listingId, string status);
    }
}

/// <summary>What is said and written when a listing ends without a sale.</summary>
internal static class ListingEnd
{
    /// <summary>What was done here: for people to read, and announced.</summary>
    internal static async Task StoreAsync(
        Transaction transaction, ActivityKind kind, Listing listing, CancellationToken cancellationToken)
    {
        await ActivityTable.AddAsync(transaction, ActivityEntry.Of(kind, listing), cancellationToken);
        await AnnounceAsync(transaction, listing, cancellationToken);
    }

    internal static Task AnnounceAsync(
        Transaction transaction, Listing listing, CancellationToken cancellationToken) =>
        AnnounceAsync(transaction, EventType.ListingEnded, listing, cancellationToken);

    internal static Task AnnounceAsync(
        Transaction transaction, EventType type, Listing listing, CancellationToken cancellationToken) =>
        transaction.AnnounceAsync(
            type,
            $"listing/{listing.Id}",
            new ListingFact(listing.Id.Value, WireText.Of(listing.Status)),
            MarketplaceJson.Default.ListingFact,
            cancellationToken);
}
