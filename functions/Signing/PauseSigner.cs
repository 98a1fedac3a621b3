using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>
/// <c>POST /v1/signers/{id}/pause</c> stops a wallet at once, <c>POST /v1/signers/pause</c> a chain's wallets or all;
/// one person is enough to stop.
/// </summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>not_found</c>, <c>chain_unknown</c>, <c>conflict</c>, in that order.
/// </remarks>
internal static class PauseSigner
{
    /// <param name="Reason">Why, for the audit log and whoever unpauses.</param>
    internal sealed record Request(string Reason);

    /// <param name="ChainId">The chain whose wallets are stopped; null stops all.</param>
    /// <param name="Reason">Why, for the audit log and whoever unpauses.</param>
    internal sealed record RequestMany(ChainId? ChainId, string Reason);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/signers/{id}/pause", HandleAsync).RequireAdminScope(RoleScopes.SigningApprove);
        routes.MapPost("/v1/signers/pause", HandleManyAsync).RequireAdminScope(RoleScopes.SigningApprove);
    }

    internal static async Task<Ok<SignerView>> HandleAsync(
        SignerId id,
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        CancellationToken cancellationToken)
    {
        Pausing.CheckReason(request.Reason);
        SignerView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/signers/{id}/pause",
            request,
            SigningJson.Default.PauseSignerRequest,
            SigningJson.Default.SignerView,
            async transaction =>
            {
                await SignerTable.GetAsync(transaction, id, cancellationToken);
                await Pausing.PauseAsync(
                    transaction, caller, PauseTarget.Of(id), request.Reason, cancellationToken);
                return SignerView.Of(await SignerTable.GetAsync(transaction, id, cancellationToken));
            },
            cancellationToken);
        return TypedResults.Ok(view);
    }

    internal static async Task<Ok<PauseView>> HandleManyAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        RequestMany request,
        Database database,
        ChainRegistry chains,
        CancellationToken cancellationToken)
    {
        Pausing.CheckReason(request.Reason);
        PauseTarget target = PauseTarget.Of(request.ChainId is { } chain ? chains.Get(chain).Id : null);
        PauseView view = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/signers/pause",
            request,
            SigningJson.Default.PauseSignerRequestMany,
            SigningJson.Default.PauseView,
            async transaction => PauseView.Of(
                await Pausing.PauseAsync(transaction, caller, target, request.Reason, cancellationToken)),
            cancellationToken);
        return TypedResults.Ok(view);
    }
}
