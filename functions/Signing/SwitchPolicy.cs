using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>
/// <c>POST /v1/policies/{id}/disable</c> and <c>/enable</c>: a version that says the same, switched off or on.
/// </summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>conflict</c>, in that order. What allows less is in force at once: switching off
/// a rule, a list or a contract, and switching on a wallet's limit. The other way waits for a second person.
/// </remarks>
internal static class SwitchPolicy
{
    internal sealed record Request;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/policies/{id}/disable", DisableAsync).RequireAdminScope(RoleScopes.SigningApprove);
        routes.MapPost("/v1/policies/{id}/enable", EnableAsync).RequireAdminScope(RoleScopes.SigningApprove);
    }

    internal static Task<Created<PolicyView>> DisableAsync(
        PolicyId id,
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        CancellationToken cancellationToken) =>
        HandleAsync(id, caller, key, request, database, isEnabled: false, cancellationToken);

    internal static Task<Created<PolicyView>> EnableAsync(
        PolicyId id,
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        CancellationToken cancellationToken) =>
        HandleAsync(id, caller, key, request, database, isEnabled: true, cancellationToken);

    private static async Task<Created<PolicyView>> HandleAsync(
        PolicyId id,
        Caller caller,
        IdempotencyKey key,
        Request request,
        Database database,
        bool isEnabled,
        CancellationToken cancellationToken)
    {
        string act = isEnabled ? "enable" : "disable";
        PolicyView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/policies/{id}/{act}",
            request,
            SigningJson.Default.SwitchPolicyRequest,
            SigningJson.Default.PolicyView,
            transaction => PolicyProposal.AddAsync(
                transaction,
                caller,
                id,
                (_, version, inForce) => Switch(inForce, version, isEnabled),
                $"policy.{act}",
                cancellationToken),
            cancellationToken);
        return TypedResults.Created($"/v1/policies/{view.Id}", view);
    }

    private static PolicyContent Switch(PolicyContent? inForce, int version, bool isEnabled)
    {
        if (inForce is null)
            throw new FailureException(FailureCode.Conflict, "No version of the policy is in force.");
        if (inForce.IsEnabled == isEnabled)
            throw new FailureException(FailureCode.Conflict, $"It is switched {(isEnabled ? "on" : "off")} already.");
        return inForce is PolicyRule rule
            ? rule with { Version = version, IsEnabled = isEnabled }
            : inForce with { IsEnabled = isEnabled };
    }
}
