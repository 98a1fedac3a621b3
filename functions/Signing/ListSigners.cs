using Microsoft.AspNetCore.Http.HttpResults;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>GET /v1/signers</c>: the platform's wallets.</summary>
internal static class ListSigners
{
    internal sealed record Response(IReadOnlyList<SignerView> Items);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/signers", HandleAsync).RequireAdminScope(RoleScopes.SigningRead);

    internal static async Task<Ok<Response>> HandleAsync(Database database, CancellationToken cancellationToken)
    {
        List<SignerRecord> signers = await database.ReadAsync(
            transaction => SignerTable.ListAsync(transaction, cancellationToken), cancellationToken);
        return TypedResults.Ok(new Response([.. signers.Select(SignerView.Of)]));
    }
}
