using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>GET /v1/listings/{id}</c>: one listing, whatever became of it.</summary>
/// <remarks>Refuses with <c>not_found</c>.</remarks>
internal static class GetListing
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/listings/{id}", HandleAsync).AllowAnyone("The market is open to look at.");

    internal static Task<ListingView> HandleAsync(
        ListingId id, Database database, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction =>
            {
                ListingRow row = await ListingTable.FindAsync(transaction, id, cancellationToken)
                    ?? throw new FailureException(FailureCode.NotFound, "There is no such listing.");
                return ListingView.Of(row, transaction.Now);
            },
            cancellationToken);
}
