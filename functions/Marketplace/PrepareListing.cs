using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;
using Souk.Platform.Randomness;

namespace Souk.Marketplace;

/// <summary><c>POST /v1/listings/prepare</c>: builds the order that the seller's wallet is to sign.</summary>
/// <remarks>
/// Refuses with <c>chain_unknown</c>, <c>collection_unknown</c>, <c>wallet_not_linked</c>, <c>price_mismatch</c>,
/// <c>invalid_request</c>, <c>order_expired</c>, <c>not_token_owner</c>, in that order. A missing approval is no
/// refusal yet: the answer carries the step that gives it.
/// </remarks>
internal static partial class PrepareListing
{
    /// <summary>How long the seller has to sign: a hardware wallet and a coffee.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <param name="ChainId">The token's chain.</param>
    /// <param name="Contract">The token's contract.</param>
    /// <param name="TokenId">The token.</param>
    /// <param name="PriceWei">What a buyer shall pay in all, in wei.</param>
    /// <param name="Seller">The seller's linked wallet.</param>
    /// <param name="EndsAt">Until when it shall be for sale.</param>
    /// <param name="StartsAt">From when; absent means now.</param>
    /// <param name="Quantity">Units, sold whole; absent means 1.</param>
    internal sealed record Request(
        ChainId ChainId,
        Address Contract,
        TokenId TokenId,
        Wei PriceWei,
        Address Seller,
        DateTimeOffset EndsAt,
        DateTimeOffset? StartsAt = null,
        UInt256? Quantity = null);

    /// <param name="OrderHash">The order's name.</param>
    /// <param name="Order">The order.</param>
    /// <param name="TypedData">What the wallet signs with eth_signTypedData_v4.</param>
    /// <param name="SellerWei">What the seller will receive, in wei.</param>
    /// <param name="PlatformFeeWei">What the platform will receive, in wei.</param>
    /// <param name="RoyaltyWei">What the creator will receive, in wei.</param>
    /// <param name="ExpiresAt">Until when it may be submitted.</param>
    /// <param name="Steps">What the wallet must send before: the approval, where it is missing.</param>
    internal sealed record Response(
        OrderHash OrderHash,
        OrderComponents Order,
        JsonElement TypedData,
        Wei SellerWei,
        Wei PlatformFeeWei,
        Wei RoyaltyWei,
        DateTimeOffset ExpiresAt,
        IReadOnlyList<WalletStep> Steps);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/listings/prepare", HandleAsync).RequireScope(RoleScopes.MarketTrade);

    internal static async Task<Response> HandleAsync(
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Caller caller,
        Database database,
        AlchemyClients clients,
        ChainObserver observer,
        EntropySource entropy,
        CancellationToken cancellationToken)
    {
        AlchemyClient client = clients.For(request.ChainId);
        return await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/listings/prepare",
            request,
            MarketplaceJson.Default.PrepareListingRequest,
            MarketplaceJson.Default.PrepareListingResponse,
            () => ObserveAsync(request, caller, client, database, observer, entropy, cancellationToken),
            (transaction, observed) => StoreAsync(transaction, caller, observed, client.Chain, cancellationToken),
            cancellationToken);
    }

    /// <summary>What is to be signed, and sent before, as the chain stands.</summary>
    private sealed record Observed(ListingTerms Terms, IReadOnlyList<WalletStep> Steps);

    private static async Task<Observed> ObserveAsync(
        Request request,
        Caller caller,
        AlchemyClient client,
        Database database,
        ChainObserver observer,
        EntropySource entropy,
        CancellationToken cancellationToken)
    {
        Collection collection = await RequireCollectionAsync(database, caller, request, cancellationToken);
        TokenReference token = new(request.ChainId, request.Contract, request.TokenId);
        ChainFacts facts = await observer.ObserveAsync(
            token, collection.Standard, request.Seller, request.PriceWei, cancellationToken);
        ListingTerms terms = MakeTerms(request, token, collection, client.Chain, facts, database.Now, entropy);
        if (facts.SellerBalance < terms.Quantity)
            throw new FailureException(FailureCode.NotTokenOwner, "The seller does not own the token.");
        Address mover = await observer.GetOperatorAsync(client, cancellationToken);
        return new Observed(terms, facts.IsApproved ? [] : [WalletStep.Approve(token, mover)]);
    }

    private static Task<Collection> RequireCollectionAsync(
        Database database, Caller caller, Request request, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction =>
            {
                Collection collection =
                    await CollectionTable.FindAsync(transaction, request.ChainId, request.Contract, cancellationToken)
                    ?? throw new FailureException(new Failure(
                        FailureCode.CollectionUnknown, "The collection is not registered.") { Field = "$.contract" });
                await LinkedWallet.RequireAsync(
                    transaction, caller.UserId, request.ChainId, request.Seller, "$.seller", cancellationToken);
                return collection;
            },
            cancellationToken);

    private static ListingTerms MakeTerms(
        Request request,
        TokenReference token,
        Collection collection,
        ChainSettings chain,
        ChainFacts facts,
        DateTimeOffset now,
        EntropySource entropy)
    {
        byte[] salt = new byte[32];
        entropy.Fill(salt.AsSpan(16));
        ListingTerms terms = new()
        {
            Token = token,
            Standard = collection.Standard,
            Quantity = request.Quantity ?? UInt256.One,
            Seller = request.Seller,
            Price = PriceBreakdown.Of(request.PriceWei, PlatformFee.Of(chain), facts.Royalty).OrThrow(),
            // A block's time may lie behind ours: an order that starts now could not be filled in the next block.
            StartsAt = request.StartsAt ?? (facts.BlockTime < now ? facts.BlockTime : now),
            EndsAt = request.EndsAt,
            Zone = chain.Zone,
            ConduitKey = chain.ConduitKey,
            Counter = facts.Counter,
            Salt = UInt256.FromBigEndian(salt),
        };
        return terms.Check(now).OrThrow();
    }

    private static async Task<Response> StoreAsync(
        Transaction transaction,
        Caller caller,
        Observed observed,
        ChainSettings chain,
        CancellationToken cancellationToken)
    {
        ListingTerms terms = observed.Terms;
        OrderComponents order = terms.ToOrder();
        PreparedListing prepared = new(
            order.Hash(), chain.Id, caller.UserId, order, terms.Price.Price, terms.Price.Fee, terms.Price.Royalty,
            transaction.Now + Lifetime);
        await PreparedListingTable.AddAsync(transaction, prepared, cancellationToken);
        return new Response(
            prepared.OrderHash,
            order,
            OrderTypedData.ToElement(order, new SeaportDomain(chain.Id, chain.Seaport)),
            terms.Price.Proceeds,
            terms.Price.PlatformFee,
            terms.Price.Royalty.Amount,
            prepared.ExpiresAt,
            observed.Steps);
    }
}
