using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>
/// <c>POST /v1/transactions/{id}/replace</c>: offers more for a transaction that waits for the chain.
/// </summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>conflict</c> (no node has it yet, or it is in a block, ended, a filler, or being
/// cancelled). It is signed again with the same nonce and a fee that nodes take in its place, below the ceiling.
/// </remarks>
internal static class ReplaceTransaction
{
    internal sealed record Request;

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/transactions/{id}/replace", HandleAsync).RequireAdminScope(RoleScopes.SigningRequest);

    internal static async Task<Ok<TransactionView>> HandleAsync(
        TransactionId id,
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        CancellationToken cancellationToken)
    {
        TransactionView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/transactions/{id}/replace",
            request,
            SigningJson.Default.ReplaceTransactionRequest,
            SigningJson.Default.TransactionView,
            transaction => ReplaceAsync(transaction, caller, id, cancellationToken),
            cancellationToken);
        return TypedResults.Ok(view);
    }

    private static async Task<TransactionView> ReplaceAsync(
        Transaction transaction, Caller caller, TransactionId id, CancellationToken cancellationToken)
    {
        (_, TransactionRecord standing) = await CancelTransaction.LockAsync(transaction, id, cancellationToken);
        CancelTransaction.RequireWaiting(standing);
        TransactionRecord wished = await TransactionMoves.WishAsync(
            transaction, standing, TransactionWish.Replace, "replaced_on_request", cancellationToken);
        await TransactionQueued.AnnounceAsync(transaction, wished, cancellationToken);
        await Audit.AppendAsync(
            transaction, caller.UserId, "transaction.replace", $"transaction/{id}", "{}", cancellationToken);
        return TransactionView.Of(wished);
    }
}
