using Microsoft.AspNetCore.Http.HttpResults;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>GET /v1/policies</c>: the rules in force, and the versions that wait for a second person.</summary>
internal static class ListPolicies
{
    internal sealed record Response(IReadOnlyList<PolicyView> Active, IReadOnlyList<PolicyView> Proposed);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/policies", HandleAsync).RequireAdminScope(RoleScopes.SigningRead);

    internal static Task<Ok<Response>> HandleAsync(Database database, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction =>
            {
                List<PolicyRecord> active = await PolicyTable.ListActiveAsync(transaction, cancellationToken);
                List<PolicyRecord> proposed = await PolicyTable.ListProposedAsync(transaction, cancellationToken);
                return TypedResults.Ok(new Response(
                    [.. active.Select(PolicyView.Of)], [.. proposed.Select(PolicyView.Of)]));
            },
            cancellationToken);
}
