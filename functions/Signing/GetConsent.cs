using Souk.Domain.Consents;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>GET /v1/consents/{id}</c>: what became of a call that the caller was asked about.</summary>
/// <remarks>Refuses with <c>not_found</c>.</remarks>
internal static class GetConsent
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/consents/{id}", HandleAsync).RequireScope(RoleScopes.MarketTrade);

    internal static async Task<ConsentView> HandleAsync(
        ConsentId id, Caller caller, Database database, CancellationToken cancellationToken) =>
        ConsentView.Of(await database.ReadAsync(
            transaction => ConsentTable.GetOwnAsync(transaction, id, caller.UserId, cancellationToken),
            cancellationToken));
}
