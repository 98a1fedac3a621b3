using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>
/// <c>POST /v1/transactions/{id}/cancel</c>: has a transaction not happen, as far as that can still be had.
/// </summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>not_found</c>, <c>conflict</c> (in a block, ended, a filler, or being
/// cancelled already). What no node has seen is refused at once. Else a payment of nothing to the wallet itself, with
/// the same nonce and a higher fee, goes out: whichever of the two is mined decides, and the history tells.
/// </remarks>
internal static class CancelTransaction
{
    private const int ReasonLengthMax = 150;

    /// <param name="Reason">Why, for the history and the audit log.</param>
    internal sealed record Request(string Reason);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/transactions/{id}/cancel", HandleAsync).RequireAdminScope(RoleScopes.SigningRequest);

    internal static async Task<Ok<TransactionView>> HandleAsync(
        TransactionId id,
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        CancellationToken cancellationToken)
    {
        if (request.Reason.Length is 0 or > ReasonLengthMax)
        {
            throw new FailureException(
                new Failure(FailureCode.InvalidRequest, $"The reason has 1 to {ReasonLengthMax} characters.")
                {
                    Field = "$.reason",
                });
        }

        TransactionView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/transactions/{id}/cancel",
            request,
            SigningJson.Default.CancelTransactionRequest,
            SigningJson.Default.TransactionView,
            transaction => CancelAsync(transaction, caller, id, request.Reason, cancellationToken),
            cancellationToken);
        return TypedResults.Ok(view);
    }

    private static async Task<TransactionView> CancelAsync(
        Transaction transaction, Caller caller, TransactionId id, string why, CancellationToken cancellationToken)
    {
        (SignerRecord signer, TransactionRecord standing) =
            await LockAsync(transaction, id, cancellationToken);
        string reason = $"cancelled: {why}";
        if (await IsUnseenAsync(transaction, standing, cancellationToken))
        {
            await RefuseTransaction.RefuseAsync(transaction, signer, standing, reason, cancellationToken);
        }
        else
        {
            RequireWaiting(standing);
            await TransactionMoves.WishAsync(
                transaction, standing, TransactionWish.Cancel, reason, cancellationToken);
            await TransactionQueued.AnnounceAsync(transaction, standing, cancellationToken);
        }

        await Audit.AppendAsync(
            transaction,
            caller.UserId,
            "transaction.cancel",
            $"transaction/{id}",
            JsonSerializer.Serialize(new AuditDetail(Reason: why), SigningJson.Default.AuditDetail),
            cancellationToken);
        return TransactionView.Of((await TransactionTable.FindAsync(transaction, id, cancellationToken))!);
    }

    /// <summary>
    /// The transaction and its wallet, locked: the wallet first, as where nonces are given, so that nobody waits in a
    /// circle. A filler is nobody's to change.
    /// </summary>
    /// <exception cref="FailureException"><c>not_found</c>, <c>conflict</c>.</exception>
    internal static async Task<(SignerRecord Signer, TransactionRecord Standing)> LockAsync(
        Transaction transaction, TransactionId id, CancellationToken cancellationToken)
    {
        TransactionRecord found = await TransactionTable.FindAsync(transaction, id, cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "There is no such transaction.");
        if (found.IsFiller)
            throw new FailureException(FailureCode.Conflict, "It fills a nonce that must be used.");
        SignerRecord signer = await SignerTable.LockAsync(transaction, found.SignerId, cancellationToken);
        return (signer, await TransactionTable.LockAsync(transaction, id, cancellationToken));
    }

    /// <summary>Refuses what a node cannot have any more, or is to be cancelled already.</summary>
    /// <exception cref="FailureException"><c>conflict</c>.</exception>
    internal static void RequireWaiting(TransactionRecord standing)
    {
        if (standing.Status is not (TransactionStatus.Signed or TransactionStatus.Broadcast
            or TransactionStatus.Unknown))
        {
            throw new FailureException(FailureCode.Conflict, "The transaction is in a block, or has ended.");
        }

        if (standing.Wish == TransactionWish.Cancel)
            throw new FailureException(FailureCode.Conflict, "The transaction is being cancelled.");
    }

    /// <summary>Whether no node can have it: it is not signed, or its octets were never given to one.</summary>
    private static async Task<bool> IsUnseenAsync(
        Transaction transaction, TransactionRecord standing, CancellationToken cancellationToken)
    {
        if (standing.Status is TransactionStatus.Queued or TransactionStatus.Allocated)
            return true;
        if (standing.Status != TransactionStatus.Signed)
            return false;

        List<TransactionAttempt> attempts =
            await TransactionAttemptTable.ListAsync(transaction, standing.Id, cancellationToken);
        return attempts.TrueForAll(it => it.GivenAt is null || !it.IsFor(standing.Nonce));
    }
}
