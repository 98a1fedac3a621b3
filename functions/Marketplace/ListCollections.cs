using Souk.Domain.Chain;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>GET /v1/collections</c>: the collections served here, of one chain or of all.</summary>
internal static class ListCollections
{
    internal sealed record Response(IReadOnlyList<CollectionView> Collections);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/collections", HandleAsync).AllowAnyone("The market is open to look at.");

    internal static async Task<Response> HandleAsync(
        ChainId? chainId, Database database, CancellationToken cancellationToken)
    {
        List<Collection> rows = await database.ReadAsync(
            transaction => CollectionTable.ListAsync(transaction, chainId, cancellationToken), cancellationToken);
        return new Response([.. rows.Select(CollectionView.Of)]);
    }
}
