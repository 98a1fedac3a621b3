using Microsoft.AspNetCore.Http.HttpResults;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>GET /v1/policies/{id}</c>: every version of a policy, the newest first.</summary>
/// <remarks>Refuses with <c>not_found</c>.</remarks>
internal static class GetPolicy
{
    internal sealed record Response(IReadOnlyList<PolicyView> Versions);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/policies/{id}", HandleAsync).RequireAdminScope(RoleScopes.SigningRead);

    internal static Task<Ok<Response>> HandleAsync(
        PolicyId id, Database database, CancellationToken cancellationToken) => database.ReadAsync(
        async transaction =>
        {
            List<PolicyRecord> versions = await PolicyTable.ListVersionsAsync(transaction, id, cancellationToken);
            if (versions.Count == 0)
                throw PolicyProposal.NotFound();
            int newestInForce = PolicyProposal.FindInForce(versions, transaction.Now)?.Version ?? 0;
            return TypedResults.Ok(new Response(
                [.. versions.Select(it => PolicyView.Of(it, transaction.Now, newestInForce))]));
        },
        cancellationToken);
}
