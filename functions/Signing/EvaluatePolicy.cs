using Microsoft.AspNetCore.Http.HttpResults;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/policies/evaluate</c>: tells which rule would decide, without signing or counting.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>chain_unknown</c>, <c>signer_unavailable</c>, in that order. Judges with the
/// caller's own roles. It does not simulate: <c>simulatedGas</c> says what to suppose a simulation showed.
/// </remarks>
internal static class EvaluatePolicy
{
    /// <param name="ChainId">The chain.</param>
    /// <param name="To">The contract to call, or who is paid; null to deploy a contract.</param>
    /// <param name="Data">The call data or creation code as 0x text; <c>0x</c> for a plain payment.</param>
    /// <param name="ValueWei">The native coin to send along.</param>
    /// <param name="Signer">The name of the wallet that would send it; null: the chain's first.</param>
    /// <param name="SimulatedGas">The gas that a simulation is supposed to have used; null: none was made.</param>
    internal sealed record Request(
        ChainId ChainId, Address? To, string Data, Wei ValueWei, string? Signer = null, long? SimulatedGas = null);

    /// <param name="IsAllowed">Whether it would be accepted.</param>
    /// <param name="Reason">Why, or why not.</param>
    /// <param name="RuleId">The rule that decided, or came nearest; null when none names the call.</param>
    /// <param name="RuleVersion">Its version.</param>
    /// <param name="Detail">A sentence.</param>
    /// <param name="Call">The call as the registered contract reads it; null when none is registered there.</param>
    /// <param name="Candidates">What each rule that names the call says of it.</param>
    /// <param name="SignerId">The wallet.</param>
    /// <param name="SignerLimit">What its limit leaves; null when it has none.</param>
    internal sealed record Response(
        bool IsAllowed,
        PolicyReason Reason,
        PolicyRuleId? RuleId,
        int? RuleVersion,
        string Detail,
        CallView? Call,
        IReadOnlyList<CandidateView> Candidates,
        SignerId SignerId,
        LimitView? SignerLimit);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/policies/evaluate", HandleAsync)
            .LimitBody(128 * 1024)
            .RequireAdminScope(RoleScopes.SigningRead);

    internal static async Task<Ok<Response>> HandleAsync(
        Caller caller,
        Request request,
        Database database,
        ChainRegistry chains,
        Signers signers,
        JudgeCall judge,
        CancellationToken cancellationToken)
    {
        RequestedCall asked = RequestedCall.Read(
            chains.Get(request.ChainId).Id, request.To, request.Data, request.ValueWei, caller.Roles);
        SignerRecord signer = await signers.GetAsync(request.ChainId, request.Signer, cancellationToken);
        TransactionCall call = asked.By(signer.Id) with
        {
            Simulation = request.SimulatedGas is { } gas ? new SimulationOutcome(true, gas) : null,
        };
        return TypedResults.Ok(await database.ReadAsync(
            transaction => ExplainAsync(transaction, judge, call, cancellationToken), cancellationToken));
    }

    private static async Task<Response> ExplainAsync(
        Transaction transaction, JudgeCall judge, TransactionCall call, CancellationToken cancellationToken)
    {
        PolicyEngine engine = await judge.GetEngineAsync(transaction, cancellationToken);
        PolicyUsages usages = await PolicyUsageTable.FindAsync(
            transaction, UsagePhase.Accepted, engine.Candidates(call), call.Signer, cancellationToken);
        PolicyVerdict verdict = engine.Evaluate(call, usages, transaction.Now);
        return new Response(
            verdict.IsAllowed,
            verdict.Reason,
            verdict.RuleId,
            verdict.RuleVersion,
            verdict.Detail,
            await CallView.FindAsync(transaction, call.ChainId, call.To, call.Data, cancellationToken),
            [
                .. engine.Explain(call, usages, transaction.Now)
                    .Select(it => CandidateView.Of(it, usages.Of(it.Rule.Id))),
            ],
            call.Signer,
            LimitView.Of(engine.FindLimit(call.Signer), usages.Signer));
    }
}
