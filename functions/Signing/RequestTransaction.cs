using System.Text.Json.Serialization;
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

/// <summary><c>POST /v1/transactions</c>: asks for a transaction of the platform's wallet; policy first.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>chain_unknown</c>, <c>signer_unavailable</c>, <c>policy_denied</c>,
/// <c>simulation_failed</c>, in that order. The transaction has no nonce yet: one is taken when it is sent.
/// </remarks>
internal static partial class RequestTransaction
{
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
        JudgeCall judge,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        RequestedCall asked = Read(request, caller);
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
            SignerRecord signer = await signers.GetAsync(request.ChainId, request.Signer, cancellationToken);
            TransactionCall call = asked.By(signer.Id);
            await database.ReadAsync(t => judge.ExpectAsync(t, call, cancellationToken), cancellationToken);
            if (signer.IsPaused)
                throw new FailureException(FailureCode.SignerUnavailable, "The signer is paused.");
            long gas = await SimulateAsync(node, signer, call, cancellationToken);
            call = call with { Simulation = new SimulationOutcome(true, gas) };
            response = await database.OnceAsync(
                caller.UserId,
                key,
                Operation,
                request,
                SigningJson.Default.RequestTransactionRequest,
                SigningJson.Default.RequestTransactionResponse,
                t => QueueAsync(t, caller, judge, call, request.Description, cancellationToken),
                cancellationToken);
            Log.Queued(loggers.CreateLogger("Souk.Signing"), response.Id, request.ChainId, response.RuleId);
        }

        return TypedResults.Accepted($"/v1/transactions/{response.Id}", response);
    }

    private static RequestedCall Read(Request request, Caller caller)
    {
        if (request.Description.Length is 0 or > DescriptionLengthMax)
            throw Invalid("$.description", $"The description has 1 to {DescriptionLengthMax} characters.");
        return RequestedCall.Read(request.ChainId, request.To, request.Data, request.ValueWei, caller.Roles);
    }

    private static async Task<Response> QueueAsync(
        Transaction transaction,
        Caller caller,
        JudgeCall judge,
        TransactionCall call,
        string description,
        CancellationToken cancellationToken)
    {
        TransactionId id = new(transaction.NewId());
        PolicyVerdict verdict = await judge.ChargeAsync(transaction, id, call, cancellationToken);
        TransactionRecord queued = new(
            id, call.Signer, call.ChainId, call.To!.Value, call.Value, call.Data.ToArray(),
            GasLimit(call.Simulation!.Gas), description)
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
        ChainCall simulated = new(call.To!.Value, call.Data) { From = signer.Address, Value = call.Value };
        try
        {
            long gas = await node.EstimateGasAsync(simulated, cancellationToken);
            return GasLimit(gas) <= GasLimitMax
                ? gas
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

    /// <summary>A quarter more: what the call costs may grow with the state it meets when it is mined.</summary>
    private static long GasLimit(long gas) => gas + (gas / 4);

    private static FailureException Invalid(string field, string detail) =>
        new(new Failure(FailureCode.InvalidRequest, detail) { Field = field });

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Queued transaction {TransactionId} on {ChainId} by rule {RuleId}.")]
        internal static partial void Queued(
            ILogger logger, TransactionId transactionId, ChainId chainId, PolicyRuleId ruleId);
    }
}
