using Microsoft.AspNetCore.Http.HttpResults;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>GET /v1/transactions/{id}</c>: a transaction, every move it made and every signature.</summary>
/// <remarks>Refuses with <c>not_found</c>.</remarks>
internal static class GetTransaction
{
    /// <param name="Transaction">As it stands.</param>
    /// <param name="History">Every move, oldest first.</param>
    /// <param name="Attempts">Every signature, oldest first.</param>
    /// <param name="Call">The call as the registered contract reads it; null when none is registered there.</param>
    internal sealed record Response(
        TransactionView Transaction,
        IReadOnlyList<MoveView> History,
        IReadOnlyList<AttemptView> Attempts,
        CallView? Call);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/transactions/{id}", HandleAsync).RequireAdminScope(RoleScopes.SigningRead);

    internal static Task<Ok<Response>> HandleAsync(
        TransactionId id, Database database, CancellationToken cancellationToken) => database.ReadAsync(
        async transaction =>
        {
            TransactionRecord found = await TransactionTable.FindAsync(transaction, id, cancellationToken)
                ?? throw new FailureException(FailureCode.NotFound, "There is no such transaction.");
            List<TransactionMove> moves =
                await TransactionMoves.ListHistoryAsync(transaction, id, cancellationToken);
            List<TransactionAttempt> attempts =
                await TransactionAttemptTable.ListAsync(transaction, id, cancellationToken);
            return TypedResults.Ok(new Response(
                TransactionView.Of(found),
                [.. moves.Select(MoveView.Of)],
                [.. attempts.Select(AttemptView.Of).Reverse()],
                await CallView.FindAsync(transaction, found.ChainId, found.To, found.Data, cancellationToken)));
        },
        cancellationToken);
}
