using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/policies</c>: proposes a rule, or a new version of one, to a second person.</summary>
/// <remarks>Refuses with <c>chain_unknown</c>, <c>not_found</c>, <c>invalid_request</c>, in that order.</remarks>
internal static class ProposePolicy
{
    /// <summary>The largest body, in bytes: two hundred addresses for each of several arguments fit.</summary>
    private const int BodyBytesMax = 128 * 1024;

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
    /// <param name="Signers">The wallets that may send it; null for any of the chain's.</param>
    /// <param name="ContractList">The recipient list that counts besides the contracts; null for none.</param>
    /// <param name="CodeHashes">Which code may be deployed; null for a rule about calls or payments.</param>
    /// <param name="Simulation">What its simulation must have shown; null for nothing.</param>
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
        VelocityCap Daily,
        ImmutableArray<SignerId>? Signers = null,
        string? ContractList = null,
        ImmutableArray<Bytes32>? CodeHashes = null,
        SimulationRule? Simulation = null);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/policies", HandleAsync)
            .LimitBody(BodyBytesMax)
            .RequireAdminScope(RoleScopes.SigningApprove);

    internal static async Task<Created<PolicyView>> HandleAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        ChainRegistry chains,
        CancellationToken cancellationToken)
    {
        chains.Get(request.ChainId);
        PolicyId? id = request.RuleId is { } rule ? new PolicyId(rule.Value) : null;
        PolicyView view = await database.OnceAsync(
            caller.UserId,
            key,
            Operation,
            request,
            SigningJson.Default.ProposePolicyRequest,
            SigningJson.Default.PolicyView,
            transaction => PolicyProposal.AddAsync(
                transaction,
                caller,
                id,
                (policy, version, _) => Rule(request, new PolicyRuleId(policy.Value), version),
                "policy.propose",
                cancellationToken),
            cancellationToken);
        return TypedResults.Created($"/v1/policies/{view.Id}", view);
    }

    private static PolicyRule Rule(Request request, PolicyRuleId id, int version) => new()
    {
        Id = id,
        Version = version,
        IsEnabled = request.IsEnabled,
        Title = request.Title,
        ChainId = request.ChainId,
        Signers = request.Signers,
        Contracts = request.Contracts,
        ContractList = request.ContractList,
        Function = request.Function,
        Arguments = request.Arguments,
        CodeHashes = request.CodeHashes,
        NativeValueMax = request.NativeValueMax,
        Roles = request.Roles,
        Window = request.Window,
        Simulation = request.Simulation,
        Hourly = request.Hourly,
        Daily = request.Daily,
    };
}
