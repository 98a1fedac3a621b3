using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/policies/{id}/approve</c>: another person puts a version of a policy in force.</summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>second_person_required</c>, <c>conflict</c>, in that order. It comes in force
/// after the delay of <see cref="PolicyOptions.WideningDelay"/>.
/// </remarks>
internal static class ApprovePolicy
{
    /// <param name="Version">The version that was read: an approval is of that one and no other.</param>
    internal sealed record Request(int Version);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/policies/{id}/approve", HandleAsync).RequireAdminScope(RoleScopes.SigningApprove);

    internal static async Task<Ok<PolicyView>> HandleAsync(
        PolicyId id,
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        PolicyOptions options,
        CancellationToken cancellationToken)
    {
        PolicyView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/policies/{id}/approve",
            request,
            SigningJson.Default.ApprovePolicyRequest,
            SigningJson.Default.PolicyView,
            t => ApproveAsync(t, caller, id, request.Version, options.WideningDelay, cancellationToken),
            cancellationToken);
        return TypedResults.Ok(view);
    }

    private static async Task<PolicyView> ApproveAsync(
        Transaction transaction,
        Caller caller,
        PolicyId id,
        int version,
        TimeSpan delay,
        CancellationToken cancellationToken)
    {
        (PolicyRecord proposed, List<PolicyRecord> all) =
            await PolicyProposal.LockAsync(transaction, id, version, cancellationToken);
        if (proposed.ProposedBy == caller.UserId)
        {
            throw new FailureException(
                FailureCode.SecondPersonRequired, "Whoever proposed a version may not approve it.");
        }

        if (proposed.WithdrawnAt is not null)
            throw new FailureException(FailureCode.Conflict, "The version was withdrawn.");
        if (proposed.EffectiveAt is not null || PolicyProposal.FindInForce(all, transaction.Now)?.Version > version)
            throw new FailureException(FailureCode.Conflict, "This version or a newer one is approved already.");

        PolicyRecord approved = proposed with
        {
            ApprovedBy = caller.UserId,
            ApprovedAt = transaction.Now,
            EffectiveAt = transaction.Now + delay,
        };
        await PolicyTable.ApproveAsync(transaction, approved, cancellationToken);
        await PolicyProposal.AuditAsync(transaction, caller, "policy.approve", approved, cancellationToken);
        return PolicyView.Of(approved, transaction.Now);
    }
}
