using Souk.Domain.Failures;
using Souk.Domain.Purchases;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>GET /v1/purchases/{id}</c>: the buyer's own purchase, with its steps while the hold runs.</summary>
/// <remarks>Refuses with <c>not_found</c>, also for another buyer's.</remarks>
internal static class GetPurchase
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/purchases/{id}", HandleAsync).RequireScope(RoleScopes.MarketTrade);

    internal static Task<PurchaseView> HandleAsync(
        PurchaseId id,
        Caller caller,
        Database database,
        ChainRegistry chains,
        ZoneSigner signer,
        CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction =>
            {
                Purchase purchase =
                    await PurchaseTable.FindOwnAsync(transaction, id, caller.UserId, cancellationToken)
                    ?? throw new FailureException(FailureCode.NotFound, "There is no such purchase.");
                return await PurchaseView.ReadAsync(transaction, purchase, chains, signer, cancellationToken);
            },
            cancellationToken);
}
