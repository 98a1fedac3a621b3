using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/signers/{id}/limit</c>: bounds what a wallet may come to, whatever rules allow.</summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>invalid_request</c>, in that order. A first limit and a lower one are in force at
/// once; a higher one waits for a second person like any policy.
/// </remarks>
internal static class LimitSigner
{
    /// <param name="Hourly">What it may come to in an hour.</param>
    /// <param name="Daily">What it may come to in a day.</param>
    internal sealed record Request(VelocityCap Hourly, VelocityCap Daily);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/signers/{id}/limit", HandleAsync).RequireAdminScope(RoleScopes.SigningApprove);

    internal static async Task<Created<PolicyView>> HandleAsync(
        SignerId id,
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        CancellationToken cancellationToken)
    {
        SignerLimit limit = new() { IsEnabled = true, SignerId = id, Hourly = request.Hourly, Daily = request.Daily };
        PolicyView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/signers/{id}/limit",
            request,
            SigningJson.Default.LimitSignerRequest,
            SigningJson.Default.PolicyView,
            async transaction =>
            {
                await SignerTable.GetAsync(transaction, id, cancellationToken);
                return await PolicyProposal.AddByKeyAsync(
                    transaction, caller, limit, "signer_limit.propose", cancellationToken);
            },
            cancellationToken);
        return TypedResults.Created($"/v1/policies/{view.Id}", view);
    }
}
