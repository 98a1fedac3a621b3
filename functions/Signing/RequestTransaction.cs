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
/// <c>fee_ceiling_exceeded</c>, <c>simulation_failed</c>, <c>conflict</c> (paid back already), in that order. The
/// transaction has no nonce yet: one is taken when it is sent.
/// </remarks>
internal static partial class RequestTransaction
{
    private const int BodyBytesMax = 128 * 1024;

    private const string Route = "POST /v1/transactions";

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
        Operation request,
        Database database,
        AlchemyClients nodes,
        Signers signers,
        JudgeCall judge,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        if (request.Fault() is { } fault)
            throw new FailureException(fault);
        nodes.For(request.ChainId);
        Task<Response?> FindAsync() => database.FindAnswerAsync(
            caller.UserId,
            key,
            Route,
            request,
            SigningJson.Default.Operation,
            SigningJson.Default.RequestTransactionResponse,
            cancellationToken);

        Response? response = await FindAsync();
        if (response is null)
        {
            try
            {
                response = await AcceptAsync(
                    caller, key, request, database, nodes, signers, judge, cancellationToken);
                Log.Queued(loggers.CreateLogger("Souk.Signing"), response.Id, request.ChainId, response.RuleId);
            }
            catch (FailureException) when (!cancellationToken.IsCancellationRequested)
            {
                // What refuses it may be what its own duplicate has just done: used up a cap, or minted the token.
                response = await FindAsync();
                if (response is null)
                    throw;
            }
        }

        return TypedResults.Accepted($"/v1/transactions/{response.Id}", response);
    }

    private static async Task<Response> AcceptAsync(
        Caller caller,
        IdempotencyKey key,
        Operation request,
        Database database,
        AlchemyClients nodes,
        Signers signers,
        JudgeCall judge,
        CancellationToken cancellationToken)
    {
        AlchemyClient node = nodes.For(request.ChainId);
        SignerRecord signer = await signers.GetAsync(request.ChainId, request.Signer, cancellationToken);
        TransactionCall call = RequestedCall.Of(request, signer, caller.Roles);
        await database.ReadAsync(t => judge.ExpectAsync(t, call, cancellationToken), cancellationToken);
        if (signer.IsPaused)
            throw new FailureException(FailureCode.SignerUnavailable, "The signer is paused.");
        await FeeCeiling.CheckAsync(node, request, cancellationToken);
        call = call with
        {
            Simulation = await SimulateCall.HandleAsync(database, node, signer, call, cancellationToken),
        };
        return await database.OnceAsync(
            caller.UserId,
            key,
            Route,
            request,
            SigningJson.Default.Operation,
            SigningJson.Default.RequestTransactionResponse,
            t => QueueAsync(t, caller, node.Chain, judge, call, request, cancellationToken),
            cancellationToken);
    }

    private static async Task<Response> QueueAsync(
        Transaction transaction,
        Caller caller,
        ChainSettings chain,
        JudgeCall judge,
        TransactionCall call,
        Operation request,
        CancellationToken cancellationToken)
    {
        TransactionId id = new(transaction.NewId());
        PolicyVerdict verdict = await judge.ChargeAsync(transaction, id, call, cancellationToken);
        TransactionRecord queued = new(
            id, call.Signer, call.ChainId, call.To, call.Value, call.Data.ToArray(),
            chain.GasLimitFor(call.Simulation!.Gas), request.Description)
        {
            Status = TransactionStatus.Queued,
            RequestedBy = caller.UserId,
            RuleId = verdict.RuleId,
            RuleVersion = verdict.RuleVersion,
            WhenFeesExceed = request.WhenFeesExceed,
            FeePerGasMax = request.FeePerGasWeiMax,
            RefundOf = request.RefundOf,
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

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Queued transaction {TransactionId} on {ChainId} by rule {RuleId}.")]
        internal static partial void Queued(
            ILogger logger, TransactionId transactionId, ChainId chainId, PolicyRuleId ruleId);
    }
}
