using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/policies/{id}/withdraw</c>: takes a version back that does not count yet.</summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>conflict</c>, in that order. Anyone who may approve may withdraw, approved
/// versions that wait for their time included: it leaves things as they are.
/// </remarks>
internal static class WithdrawPolicy
{
    /// <param name="Version">The version.</param>
    internal sealed record Request(int Version);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/policies/{id}/withdraw", HandleAsync).RequireAdminScope(RoleScopes.SigningApprove);

    internal static async Task<Ok<PolicyView>> HandleAsync(
        PolicyId id,
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        CancellationToken cancellationToken)
    {
        PolicyView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/policies/{id}/withdraw",
            request,
            SigningJson.Default.WithdrawPolicyRequest,
            SigningJson.Default.PolicyView,
            transaction => WithdrawAsync(transaction, caller, id, request.Version, cancellationToken),
            cancellationToken);
        return TypedResults.Ok(view);
    }

    private static async Task<PolicyView> WithdrawAsync(
        Transaction transaction, Caller caller, PolicyId id, int version, CancellationToken cancellationToken)
    {
        (PolicyRecord waiting, _) = await PolicyProposal.LockAsync(transaction, id, version, cancellationToken);
        if (waiting.WithdrawnAt is not null)
            throw new FailureException(FailureCode.Conflict, "The version was withdrawn already.");
        if (waiting.EffectiveAt <= transaction.Now)
            throw new FailureException(FailureCode.Conflict, "The version is in force, or was: propose another.");

        PolicyRecord withdrawn = waiting with { WithdrawnBy = caller.UserId, WithdrawnAt = transaction.Now };
        await PolicyTable.WithdrawAsync(transaction, withdrawn, cancellationToken);
        await PolicyProposal.AuditAsync(transaction, caller, "policy.withdraw", withdrawn, cancellationToken);
        return PolicyView.Of(withdrawn, transaction.Now);
    }
}
