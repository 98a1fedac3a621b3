using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/signers/{id}/unpause</c>: lets a wallet send again; not the act of whoever paused it.</summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>conflict</c>, <c>second_person_required</c>, in that order. What waited is sent
/// by the schedule.
/// </remarks>
internal static class UnpauseSigner
{
    internal sealed record Request;

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/signers/{id}/unpause", HandleAsync).RequireAdminScope(RoleScopes.SigningApprove);

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
            transaction => UnpauseAsync(transaction, caller, id, cancellationToken),
            cancellationToken);
        return TypedResults.Ok(view);
    }

    private static async Task<SignerView> UnpauseAsync(
        Transaction transaction, Caller caller, SignerId id, CancellationToken cancellationToken)
    {
        SignerRecord paused = await SignerTable.LockAsync(transaction, id, cancellationToken);
        if (!paused.IsPaused)
            throw new FailureException(FailureCode.Conflict, "The signer is not paused.");
        if (paused.PausedBy == caller.UserId)
            throw new FailureException(FailureCode.SecondPersonRequired, "Whoever paused a signer may not unpause it.");

        await SignerTable.UnpauseAsync(transaction, id, cancellationToken);
        await Audit.AppendAsync(
            transaction, caller.UserId, "signer.unpause", $"signer/{id}", "{}", cancellationToken);
        return SignerView.Of(await SignerTable.GetAsync(transaction, id, cancellationToken));
    }
}
