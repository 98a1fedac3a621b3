using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/policies/{id}/approve</c>: another person puts a version of a rule in force.</summary>
/// <remarks>Refuses with <c>not_found</c>, <c>second_person_required</c>, <c>conflict</c>, in that order.</remarks>
internal static class ApprovePolicy
{
    /// <param name="Version">The version that was read: an approval is of that one and no other.</param>
    internal sealed record Request(int Version);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/policies/{id}/approve", HandleAsync).RequireAdminScope(RoleScopes.SigningApprove);

    internal static async Task<Ok<PolicyView>> HandleAsync(
        PolicyRuleId id,
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        CancellationToken cancellationToken)
    {
        PolicyView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/policies/{id}/approve",
            request,
            SigningJson.Default.ApprovePolicyRequest,
            SigningJson.Default.PolicyView,
            transaction => ApproveAsync(transaction, caller, id, request.Version, cancellationToken),
            cancellationToken);
        return TypedResults.Ok(view);
    }

    private static async Task<PolicyView> ApproveAsync(
        Transaction transaction, Caller caller, PolicyRuleId id, int version, CancellationToken cancellationToken)
    {
        PolicyRecord proposed = await PolicyTable.LockAsync(transaction, id, version, cancellationToken);
        if (proposed.ProposedBy == caller.UserId)
            throw new FailureException(FailureCode.SecondPersonRequired, "Whoever proposed a rule may not approve it.");
        if (await PolicyTable.FindActiveVersionAsync(transaction, id, cancellationToken) >= version)
            throw new FailureException(FailureCode.Conflict, "This version or a newer one is in force already.");

        await PolicyTable.ApproveAsync(transaction, id, version, caller.UserId, cancellationToken);
        AuditDetail detail = new(version, proposed.Rule.Title);
        await Audit.AppendAsync(
            transaction,
            caller.UserId,
            "policy.approve",
            $"policy/{id}",
            JsonSerializer.Serialize(detail, SigningJson.Default.AuditDetail),
            cancellationToken);
        return PolicyView.Of(proposed with { ApprovedBy = caller.UserId, ApprovedAt = transaction.Now });
    }
}
