using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Purchases;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>POST /v1/purchases/{id}/transactions</c>: the buyer says which transaction their wallet sent.</summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>hold_lapsed</c>, <c>conflict</c>, in that order. It is a hint that keeps the hold
/// from lapsing unseen; only the chain settles.
/// </remarks>
internal static class ReportTransaction
{
    /// <param name="TransactionHash">The transaction.</param>
    internal sealed record Request(TransactionHash TransactionHash);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/purchases/{id}/transactions", HandleAsync).RequireScope(RoleScopes.MarketTrade);

    internal static async Task<PurchaseView> HandleAsync(
        PurchaseId id,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Caller caller,
        Database database,
        ChainRegistry chains,
        ZoneSigner signer,
        CancellationToken cancellationToken)
    {
        await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/purchases/{id}/transactions",
            request,
            MarketplaceJson.Default.ReportTransactionRequest,
            MarketplaceJson.Default.OpenPurchaseOpened,
            async transaction =>
            {
                Purchase purchase =
                    await PurchaseTable.LockOwnAsync(transaction, id, caller.UserId, cancellationToken);
                Purchase submitted = purchase.Submit(request.TransactionHash, transaction.Now).OrThrow();
                await PurchaseTable.MoveAsync(transaction, purchase, submitted, cancellationToken);
                return new OpenPurchase.Opened(id);
            },
            cancellationToken);
        return await GetPurchase.HandleAsync(id, caller, database, chains, signer, cancellationToken);
    }
}
