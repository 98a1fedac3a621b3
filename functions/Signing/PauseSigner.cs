using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/signers/{id}/pause</c>: stops a wallet at once; one person is enough to stop.</summary>
/// <remarks>Refuses with <c>invalid_request</c>, <c>not_found</c>, <c>conflict</c>.</remarks>
internal static class PauseSigner
{
    private const int ReasonLengthMax = 200;

    /// <param name="Reason">Why, for the audit log and whoever unpauses.</param>
    internal sealed record Request(string Reason);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/signers/{id}/pause", HandleAsync).RequireAdminScope(RoleScopes.SigningApprove);

    internal static async Task<Ok<SignerView>> HandleAsync(
        SignerId id,
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        CancellationToken cancellationToken)
    {
        if (request.Reason.Length is 0 or > ReasonLengthMax)
        {
            throw new FailureException(
                new Failure(FailureCode.InvalidRequest, $"The reason has 1 to {ReasonLengthMax} characters.")
                {
                    Field = "$.reason",
                });
        }

        SignerView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/signers/{id}/pause",
            request,
            SigningJson.Default.PauseSignerRequest,
            SigningJson.Default.SignerView,
            transaction => PauseAsync(transaction, caller, id, request.Reason, cancellationToken),
            cancellationToken);
        return TypedResults.Ok(view);
    }

    private static async Task<SignerView> PauseAsync(
        Transaction transaction, Caller caller, SignerId id, string reason, CancellationToken cancellationToken)
    {
        await SignerTable.LockAsync(transaction, id, cancellationToken);
        if (!await SignerTable.PauseAsync(transaction, id, caller.UserId, reason, cancellationToken))
            throw new FailureException(FailureCode.Conflict, "The signer is paused already.");

        await Audit.AppendAsync(
            transaction,
            caller.UserId,
            "signer.pause",
            $"signer/{id}",
            JsonSerializer.Serialize(new AuditDetail(Reason: reason), SigningJson.Default.AuditDetail),
            cancellationToken);
        return SignerView.Of(await SignerTable.GetAsync(transaction, id, cancellationToken));
    }
}
