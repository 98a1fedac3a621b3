using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Domain.Wire;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/transactions</c>: asks for a transaction of the platform's wallet; policy first.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>chain_unknown</c>, <c>policy_denied</c>, <c>signer_unavailable</c>,
/// <c>simulation_failed</c>, in that order. The transaction has no nonce yet: one is taken when it is sent.
/// </remarks>
internal static partial class RequestTransaction
{
    /// <summary>The largest call data taken, in bytes; as JSON text it is twice that.</summary>
    internal const int DataBytesMax = 48 * 1024;

    private const int BodyBytesMax = 128 * 1024;
    private const int DescriptionLengthMax = 200;

    /// <summary>The most gas one transaction may use (EIP-7825 caps it at 2^24 units).</summary>
    private const long GasLimitMax = 16_000_000;

    private const string Operation = "POST /v1/transactions";

    /// <param name="ChainId">The chain.</param>
    /// <param name="To">The contract to call, or who is paid.</param>
    /// <param name="Data">The call data as 0x text; <c>0x</c> for a plain payment.</param>
    /// <param name="ValueWei">The native coin to send along.</param>
    /// <param name="Description">Why, for people and for the signing provider's own log.</param>
    /// <param name="Signer">The name of the wallet that is to send it; null: the chain's first.</param>
    internal sealed record Request(
        ChainId ChainId,
        Address To,
        string Data,
        Wei ValueWei,
        string Description,
        // Left out where it is null, so that a request from before there was a choice keeps its fingerprint.
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        string? Signer = null);

    internal sealed record Response(
        TransactionId Id,
        TransactionStatus Status,
        ChainId ChainId,
        SignerId SignerId,
        PolicyRuleId RuleId,
        int RuleVersion);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/transactions", HandleAsync)
            .LimitBody(BodyBytesMax)
            .RequireAdminScope(RoleScopes.SigningRequest);

    internal static async Task<Accepted<Response>> HandleAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        AlchemyClients nodes,
        Signers signers,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        TransactionCall call = Read(request, caller);
        AlchemyClient node = nodes.For(request.ChainId);
        Response? response = await database.FindAnswerAsync(
            caller.UserId,
            key,
            Operation,
            request,
            SigningJson.Default.RequestTransactionRequest,
            SigningJson.Default.RequestTransactionResponse,
            cancellationToken);
        if (response is null)
        {
            await database.ReadAsync(t => AllowAsync(t, call, isBinding: false, cancellationToken), cancellationToken);
            SignerRecord signer = await signers.GetAsync(request.ChainId, request.Signer, cancellationToken);
            if (signer.IsPaused)
                throw new FailureException(FailureCode.SignerUnavailable, "The signer is paused.");
            long gasLimit = await SimulateAsync(node, signer, call, cancellationToken);
            response = await database.OnceAsync(
                caller.UserId,
                key,
                Operation,
                request,
                SigningJson.Default.RequestTransactionRequest,
                SigningJson.Default.RequestTransactionResponse,
                t => QueueAsync(t, caller, signer, call, gasLimit, request.Description, cancellationToken),
                cancellationToken);
            Log.Queued(loggers.CreateLogger("Souk.Signing"), response.Id, request.ChainId, response.RuleId);
        }

        return TypedResults.Accepted($"/v1/transactions/{response.Id}", response);
    }

    /// <summary>The call as the policy judges it, or a refusal that names the field.</summary>
    internal static TransactionCall Read(
        ChainId chainId, Address to, string data, Wei valueWei, IReadOnlyList<string> roles)
    {
        if (!Hex.TryDecode(data, out byte[]? bytes) || bytes.Length > DataBytesMax)
            throw Invalid("$.data", $"The call data is 0x text of at most {DataBytesMax} bytes.");
        if (to.IsZero)
            throw Invalid("$.to", "The zero address is nobody's.");
        return new TransactionCall(chainId, to, valueWei, bytes, Roles(roles));
    }

    /// <summary>The verdict of the rules in force.</summary>
    internal static async Task<PolicyVerdict> JudgeAsync(
        Transaction transaction, TransactionCall call, bool isBinding, CancellationToken cancellationToken)
    {
        PolicyEngine engine = await ReadEngineAsync(transaction, cancellationToken);
        if (isBinding)
        {
            // Whoever waited here sees what the one before spent, and the rules as they are now.
            await PolicyTable.SerializeAsync(transaction, engine.Candidates(call), cancellationToken);
            engine = await ReadEngineAsync(transaction, cancellationToken);
        }

        IReadOnlyDictionary<PolicyRuleId, RuleUsage> usage =
            await TransactionTable.FindUsageAsync(transaction, engine.Candidates(call), cancellationToken);
        return engine.Evaluate(call, usage, transaction.Now);
    }

    private static TransactionCall Read(Request request, Caller caller)
    {
        if (request.Description.Length is 0 or > DescriptionLengthMax)
            throw Invalid("$.description", $"The description has 1 to {DescriptionLengthMax} characters.");
        return Read(request.ChainId, request.To, request.Data, request.ValueWei, caller.Roles);
    }

    private static async Task<PolicyVerdict> AllowAsync(
        Transaction transaction, TransactionCall call, bool isBinding, CancellationToken cancellationToken)
    {
        PolicyVerdict verdict = await JudgeAsync(transaction, call, isBinding, cancellationToken);
        return verdict.IsAllowed ? verdict : throw new FailureException(FailureCode.PolicyDenied, verdict.Detail);
    }

    private static async Task<PolicyEngine> ReadEngineAsync(
        Transaction transaction, CancellationToken cancellationToken)
    {
        List<PolicyRecord> active = await PolicyTable.ListActiveAsync(transaction, cancellationToken);
        return new PolicyEngine(active.Select(policy => policy.Rule));
    }

    private static async Task<Response> QueueAsync(
        Transaction transaction,
        Caller caller,
        SignerRecord signer,
        TransactionCall call,
        long gasLimit,
        string description,
        CancellationToken cancellationToken)
    {
        PolicyVerdict verdict = await AllowAsync(transaction, call, isBinding: true, cancellationToken);
        TransactionRecord queued = new(
            new TransactionId(transaction.NewId()), signer.Id, call.ChainId, call.To, call.Value, call.Data.ToArray(),
            gasLimit, description)
        {
            Status = TransactionStatus.Queued,
            RequestedBy = caller.UserId,
            RuleId = verdict.RuleId,
            RuleVersion = verdict.RuleVersion,
        };
        await TransactionTable.AddAsync(transaction, queued, cancellationToken);
        await Audit.AppendAsync(
            transaction, caller.UserId, "transaction.request", $"transaction/{queued.Id}", "{}", cancellationToken);
        await TransactionQueued.AnnounceAsync(transaction, queued, cancellationToken);
        return new Response(
            queued.Id,
            queued.Status,
            queued.ChainId,
            queued.SignerId,
            verdict.RuleId!.Value,
            verdict.RuleVersion!.Value);
    }

    private static async Task<long> SimulateAsync(
        AlchemyClient node, SignerRecord signer, TransactionCall call, CancellationToken cancellationToken)
    {
        ChainCall simulated = new(call.To, call.Data) { From = signer.Address, Value = call.Value };
        try
        {
            long gas = await node.EstimateGasAsync(simulated, cancellationToken);
            // A quarter more: what the call costs may grow with the state it meets when it is mined.
            long gasLimit = gas + (gas / 4);
            return gasLimit <= GasLimitMax
                ? gasLimit
                : throw new FailureException(FailureCode.SimulationFailed, "It needs more gas than a block's share.");
        }
        catch (CallRevertedException reverted)
        {
            throw new FailureException(
                new Failure(
                    FailureCode.SimulationFailed,
                    reverted.Reason is { } reason ? $"It would revert: {reason}." : "It would revert.",
                    $"Revert data {Hex.Encode(reverted.RevertData)}"),
                reverted);
        }
    }

    private static ImmutableArray<Role> Roles(IReadOnlyList<string> texts)
    {
        ImmutableArray<Role>.Builder roles = ImmutableArray.CreateBuilder<Role>(texts.Count);
        foreach (string text in texts)
        {
            if (WireText.TryParse(text, out Role role))
                roles.Add(role);
        }

        return roles.ToImmutable();
    }

    private static FailureException Invalid(string field, string detail) =>
        new(new Failure(FailureCode.InvalidRequest, detail) { Field = field });

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Queued transaction {TransactionId} on {ChainId} by rule {RuleId}.")]
        internal static partial void Queued(
            ILogger logger, TransactionId transactionId, ChainId chainId, PolicyRuleId ruleId);
    }
}
