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
/// <c>POST /v1/signers/{id}/unpause</c> lets a wallet send again, <c>POST /v1/signers/unpause</c> a chain's wallets or
/// all; not the act of whoever paused.
/// </summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>chain_unknown</c>, <c>conflict</c>, <c>second_person_required</c>, in that order.
/// Lifts the pause of the very same; a wallet whose chain is paused too stays paused. What waited is sent by the
/// schedule.
/// </remarks>
internal static class UnpauseSigner
{
    internal sealed record Request;

    /// <param name="ChainId">The chain whose wallets were stopped; null where all were.</param>
    internal sealed record RequestMany(ChainId? ChainId);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/signers/{id}/unpause", HandleAsync).RequireAdminScope(RoleScopes.SigningApprove);
        routes.MapPost("/v1/signers/unpause", HandleManyAsync).RequireAdminScope(RoleScopes.SigningApprove);
    }

    internal static async Task<Ok<SignerView>> HandleAsync(
        SignerId id,
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        CancellationToken cancellationToken)
    {
        SignerView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/signers/{id}/unpause",
            request,
            SigningJson.Default.UnpauseSignerRequest,
            SigningJson.Default.SignerView,
            async transaction =>
            {
                await SignerTable.GetAsync(transaction, id, cancellationToken);
                await Pausing.UnpauseAsync(transaction, caller, PauseTarget.Of(id), cancellationToken);
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
        PauseTarget target = PauseTarget.Of(request.ChainId is { } chain ? chains.Get(chain).Id : null);
        PauseView view = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/signers/unpause",
            request,
            SigningJson.Default.UnpauseSignerRequestMany,
            SigningJson.Default.PauseView,
            async transaction => PauseView.Of(
                await Pausing.UnpauseAsync(transaction, caller, target, cancellationToken)),
            cancellationToken);
        return TypedResults.Ok(view);
    }
}
