using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Sessions;
using Souk.Domain.Tokens;
using Souk.Domain.Wire;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>POST /v1/listings</c>: puts a signed order up for sale.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>order_exists</c> (listed), <c>order_mismatch</c>,
/// <c>signature_invalid</c>, <c>price_mismatch</c>, <c>order_expired</c>, <c>counter_stale</c>,
/// <c>not_token_owner</c>, <c>not_approved</c>, <c>order_exists</c> (spent on chain), <c>conflict</c>, in that order.
/// The chain's facts are observed anew, in one block, and stored with it; no block applied here is newer.
/// </remarks>
internal static partial class SubmitListing
{
    /// <summary>
    /// How often facts are observed that the follower overtakes: between two observations lies a block.
    /// </summary>
    private const int AttemptsMax = 3;

    /// <param name="Order">The order as the wallet signed it.</param>
    /// <param name="Signature">The signature, hexadecimal.</param>
    internal sealed record Request(OrderComponents Order, string Signature)
    {
        /// <summary>Names the order, never the signature.</summary>
        public override string ToString() => $"Request {{ Order = {Order.Hash()} }}";
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/listings", HandleAsync).RequireScope(RoleScopes.MarketTrade);

    internal static async Task<Created<ListingView>> HandleAsync(
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Caller caller,
        Database database,
        ChainRegistry chains,
        ChainObserver observer,
        ILogger<MarketplaceFunction> logger,
        CancellationToken cancellationToken)
    {
        byte[] signature = ParseSignature(request.Signature);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                ListingView view = await database.OnceAsync(
                    caller.UserId,
                    key,
                    "POST /v1/listings",
                    request,
                    MarketplaceJson.Default.SubmitListingRequest,
                    MarketplaceJson.Default.ListingView,
                    () => JudgeAsync(request, signature, caller, database, chains, observer, cancellationToken),
                    (transaction, judged) => StoreAsync(transaction, judged, cancellationToken),
                    cancellationToken);
                Log.Listed(logger, view.Id, view.OrderHash);
                return TypedResults.Created($"/v1/listings/{view.Id}", view);
            }
            catch (StaleFactsException) when (attempt < AttemptsMax)
            {
                Log.JudgedAgain(logger, request.Order.Hash());
            }
            catch (StaleFactsException)
            {
                throw new FailureException(FailureCode.UpstreamUnavailable, "The chain's node lags behind its logs.");
            }
        }
    }

    /// <summary>The chain was followed past the block in which a listing's facts were observed.</summary>
    private sealed class StaleFactsException : Exception;

    private static async Task<ListingRow> JudgeAsync(
        Request request,
        byte[] signature,
        Caller caller,
        Database database,
        ChainRegistry chains,
        ChainObserver observer,
        CancellationToken cancellationToken)
    {
        PreparedListing prepared = await database.ReadAsync(
            transaction => RequirePreparedAsync(transaction, request.Order.Hash(), caller, chains, cancellationToken),
            cancellationToken);
        ListingTerms terms = Restore(prepared);
        ChainFacts facts = await observer.ObserveAsync(
            terms.Token, terms.Standard, terms.Seller, prepared.Price, cancellationToken);
        bool isSigned = await observer.IsSignedAsync(request.Order, prepared.ChainId, signature, cancellationToken);
        FeeSchedule fee = PlatformFee.Of(chains.Get(prepared.ChainId));
        OrderHash hash = ListingRules.Check(request.Order, terms, fee, facts, isSigned, database.Now).OrThrow();
        if (await observer.IsSpentAsync(hash, prepared.ChainId, cancellationToken))
            throw new FailureException(FailureCode.OrderExists, "The order was cancelled or filled on its chain.");

        Listing listing = new()
        {
            Id = default,
            Token = terms.Token,
            Standard = terms.Standard,
            Quantity = terms.Quantity,
            SellerId = new UserId(prepared.SellerId),
            Seller = terms.Seller,
            OrderHash = hash,
            Price = prepared.Price,
            Protection = Protection.Protected,
            StartsAt = terms.StartsAt,
            EndsAt = terms.EndsAt,
        };
        // Of a price too small for a fee the order pays none: then nobody is to be taken for its recipient.
        Address feeRecipient = terms.Price.PlatformFee.IsZero ? Address.Zero : fee.Recipient;
        return new ListingRow(
            listing, request.Order, signature, fee.Version, feeRecipient, prepared.Royalty.Recipient,
            (long)facts.BlockNumber, facts.BlockHash, database.Now);
    }

    /// <summary>The caller's own preparation of this order. What is another's does not exist.</summary>
    private static async Task<PreparedListing> RequirePreparedAsync(
        Transaction transaction,
        OrderHash order,
        Caller caller,
        ChainRegistry chains,
        CancellationToken cancellationToken)
    {
        PreparedListing? prepared =
            await PreparedListingTable.FindAsync(transaction, order, caller.UserId, cancellationToken);
        if (prepared is not null)
            return prepared;
        // An order does not say its chain; its signature does.
        foreach (ChainSettings chain in chains.All)
        {
            if (await ListingTable.HasOrderAsync(transaction, chain.Id, order, caller.UserId, cancellationToken))
                throw Listed();
        }

        throw new FailureException(new Failure(
            FailureCode.OrderMismatch, "The order is not one that was prepared for this seller, or its time is over.")
        {
            Field = "$.order",
        });
    }

    private static async Task<ListingView> StoreAsync(
        Transaction transaction, ListingRow judged, CancellationToken cancellationToken)
    {
        // From here to the commit the cursor stands still: a log is either in the facts, or applied after this.
        ChainCursor? cursor = await ChainCursorTable.LockSharedAsync(
            transaction, judged.Listing.Token.ChainId, cancellationToken);
        if (cursor?.Block.Number > judged.ObservedBlock)
            throw new StaleFactsException();
        ListingRow row = judged with
        {
            Listing = judged.Listing with { Id = new ListingId(transaction.NewId()) },
            CreatedAt = transaction.Now,
        };
        try
        {
            await ListingTable.AddAsync(transaction, row, cancellationToken);
        }
        catch (PostgresException exception) when (PostgresFailures.IsDuplicate(exception, ListingTable.OrderConstraint))
        {
            throw Listed();
        }
        catch (PostgresException exception) when (PostgresFailures.IsDuplicate(exception, ListingTable.OneOpenIndex))
        {
            throw new FailureException(FailureCode.Conflict, "The token is listed already; cancel that listing first.");
        }

        await PreparedListingTable.RemoveAsync(transaction, row.Listing.OrderHash, cancellationToken);
        await ActivityTable.AddAsync(
            transaction, ActivityEntry.Of(ActivityKind.List, row.Listing), cancellationToken);
        await transaction.AnnounceAsync(
            EventType.ListingActivated,
            $"listing/{row.Listing.Id}",
            new ListingFact(row.Listing.Id.Value, WireText.Of(row.Listing.Status)),
            MarketplaceJson.Default.ListingFact,
            cancellationToken);
        return ListingView.Of(row, transaction.Now);
    }

    /// <summary>The terms that the stored preparation was made of.</summary>
    private static ListingTerms Restore(PreparedListing prepared)
    {
        OrderComponents order = prepared.Order;
        OfferItem offered = order.Offer[0];
        return new ListingTerms
        {
            Token = new TokenReference(prepared.ChainId, offered.Token, new TokenId(offered.IdentifierOrCriteria)),
            Standard = offered.ItemType == ItemType.Erc721 ? TokenStandard.Erc721 : TokenStandard.Erc1155,
            Quantity = offered.StartAmount,
            Seller = order.Offerer,
            Price = PriceBreakdown.Of(prepared.Price, prepared.Fee, prepared.Royalty).OrThrow(),
            StartsAt = DateTimeOffset.FromUnixTimeSeconds((long)order.StartTime.ToBigInteger()),
            EndsAt = DateTimeOffset.FromUnixTimeSeconds((long)order.EndTime.ToBigInteger()),
            Zone = order.Zone,
            ConduitKey = order.ConduitKey,
            Counter = order.Counter,
            Salt = order.Salt,
        };
    }

    private static byte[] ParseSignature(string text)
    {
        bool isSound = text.Length <= 2 + (2 * OrderSignature.LengthMax);
        return isSound && Hex.TryDecode(text, out byte[]? signature)
            ? OrderSignature.Normalize(signature)
            : throw new FailureException(new Failure(
                FailureCode.InvalidRequest, "The signature must be 0x and hexadecimal digits.")
            {
                Field = "$.signature",
            });
    }

    private static FailureException Listed() => new(FailureCode.OrderExists, "The order is listed already.");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Listed {ListingId}, order {OrderHash}.")]
        internal static partial void Listed(ILogger logger, ListingId listingId, OrderHash orderHash);

        [LoggerMessage(2, LogLevel.Information, "Judged order {OrderHash} again: the chain was followed meanwhile.")]
        internal static partial void JudgedAgain(ILogger logger, OrderHash orderHash);
    }
}
