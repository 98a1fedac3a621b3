using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>GET /v1/admin/chains/{chainId}/resyncs/{id}</c>: how a rebuilding goes, and its proof.</summary>
/// <remarks>Refuses with <c>not_found</c>.</remarks>
internal static class GetResync
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/admin/chains/{chainId}/resyncs/{id}", HandleAsync).RequireAdminScope(RoleScopes.OpsRead);

    internal static async Task<ResyncView> HandleAsync(
        ChainId chainId, Guid id, Database database, CancellationToken cancellationToken) =>
        ResyncView.Of(
            await database.ReadAsync(
                transaction => ChainResyncTable.FindAsync(transaction, chainId, id, cancellationToken),
                cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "There is no such resync."));
}
