using Microsoft.AspNetCore.Http.HttpResults;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/policies/evaluate</c>: tells which rule would decide, without signing or counting.</summary>
/// <remarks>Refuses with <c>invalid_request</c>, <c>chain_unknown</c>. Judges with the caller's own roles.</remarks>
internal static class EvaluatePolicy
{
    internal sealed record Request(ChainId ChainId, Address To, string Data, Wei ValueWei);

    internal sealed record Response(
        bool IsAllowed, PolicyReason Reason, PolicyRuleId? RuleId, int? RuleVersion, string Detail);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/policies/evaluate", HandleAsync)
            .LimitBody(128 * 1024)
            .RequireAdminScope(RoleScopes.SigningRead);

    internal static async Task<Ok<Response>> HandleAsync(
        Caller caller, Request request, Database database, ChainRegistry chains, CancellationToken cancellationToken)
    {
        TransactionCall call = RequestTransaction.Read(
            chains.Get(request.ChainId).Id, request.To, request.Data, request.ValueWei, caller.Roles);
        PolicyVerdict verdict = await database.ReadAsync(
            t => RequestTransaction.JudgeAsync(t, call, isBinding: false, cancellationToken), cancellationToken);
        return TypedResults.Ok(new Response(
            verdict.IsAllowed, verdict.Reason, verdict.RuleId, verdict.RuleVersion, verdict.Detail));
    }
}
