using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/policies</c>: proposes a rule, or a new version of one, to a second person.</summary>
/// <remarks>Refuses with <c>invalid_request</c>, <c>chain_unknown</c>, <c>not_found</c>, <c>conflict</c>.</remarks>
internal static class ProposePolicy
{
    private const string Operation = "POST /v1/policies";

    /// <param name="RuleId">The rule to change; null for a new one.</param>
    /// <param name="IsEnabled">Whether it counts once it is in force.</param>
    /// <param name="Title">What operators call it.</param>
    /// <param name="ChainId">The chain.</param>
    /// <param name="Contracts">The contracts that may be called, or who may be paid.</param>
    /// <param name="Function">The function, as in <c>mint(address,uint256)</c>; null for a plain payment.</param>
    /// <param name="Arguments">What each argument may be, in order.</param>
    /// <param name="NativeValueMax">The most native coin one transaction may send, in wei.</param>
    /// <param name="Roles">Who may ask.</param>
    /// <param name="Window">When; null for any time.</param>
    /// <param name="Hourly">What it may come to in an hour.</param>
    /// <param name="Daily">What it may come to in a day.</param>
    internal sealed record Request(
        PolicyRuleId? RuleId,
        bool IsEnabled,
        string Title,
        ChainId ChainId,
        ImmutableArray<Address> Contracts,
        string? Function,
        ImmutableArray<ArgumentRule> Arguments,
        Wei NativeValueMax,
        ImmutableArray<Role> Roles,
        TimeWindow? Window,
        VelocityCap Hourly,
        VelocityCap Daily);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/policies", HandleAsync).RequireAdminScope(RoleScopes.SigningApprove);

    internal static async Task<Created<PolicyView>> HandleAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        ChainRegistry chains,
        CancellationToken cancellationToken)
    {
        chains.Get(request.ChainId);
        PolicyView view = await database.OnceAsync(
            caller.UserId,
            key,
            Operation,
            request,
            SigningJson.Default.ProposePolicyRequest,
            SigningJson.Default.PolicyView,
            transaction => ProposeAsync(transaction, caller, request, cancellationToken),
            cancellationToken);
        return TypedResults.Created($"/v1/policies/{view.RuleId}", view);
    }

    private static async Task<PolicyView> ProposeAsync(
        Transaction transaction, Caller caller, Request request, CancellationToken cancellationToken)
    {
        PolicyRuleId id = request.RuleId ?? new PolicyRuleId(transaction.NewId());
        int newest = await PolicyTable.FindVersionAsync(transaction, id, cancellationToken);
        if (request.RuleId is not null && newest == 0)
            throw new FailureException(FailureCode.NotFound, "There is no such rule.");

        PolicyRule rule = Rule(request, id, newest + 1).Check().OrThrow();
        if (!await PolicyTable.AddAsync(transaction, rule, caller.UserId, cancellationToken))
            throw new FailureException(FailureCode.Conflict, "Another version of the rule was proposed meanwhile.");

        await Audit.AppendAsync(
            transaction,
            caller.UserId,
            "policy.propose",
            $"policy/{id}",
            JsonSerializer.Serialize(new AuditDetail(rule.Version, rule.Title), SigningJson.Default.AuditDetail),
            cancellationToken);
        return PolicyView.Of(new PolicyRecord(rule, caller.UserId, transaction.Now, null, null));
    }

    private static PolicyRule Rule(Request request, PolicyRuleId id, int version) => new()
    {
        Id = id,
        Version = version,
        IsEnabled = request.IsEnabled,
        Title = request.Title,
        ChainId = request.ChainId,
        Contracts = request.Contracts,
        Function = request.Function,
        Arguments = request.Arguments,
        NativeValueMax = request.NativeValueMax,
        Roles = request.Roles,
        Window = request.Window,
        Hourly = request.Hourly,
        Daily = request.Daily,
    };
}
