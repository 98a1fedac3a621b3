using Microsoft.AspNetCore.Http.HttpResults;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>GET /v1/transactions/{id}</c>: a transaction and every move it made.</summary>
/// <remarks>Refuses with <c>not_found</c>.</remarks>
internal static class GetTransaction
{
    internal sealed record Response(TransactionView Transaction, IReadOnlyList<MoveView> History);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/transactions/{id}", HandleAsync).RequireAdminScope(RoleScopes.SigningRead);

    internal static Task<Ok<Response>> HandleAsync(
        TransactionId id, Database database, CancellationToken cancellationToken) => database.ReadAsync(
        async transaction =>
        {
            TransactionRecord found = await TransactionTable.FindAsync(transaction, id, cancellationToken)
                ?? throw new FailureException(FailureCode.NotFound, "There is no such transaction.");
            List<TransactionMove> moves =
                await TransactionTable.ListHistoryAsync(transaction, id, cancellationToken);
            return TypedResults.Ok(new Response(TransactionView.Of(found), [.. moves.Select(MoveView.Of)]));
        },
        cancellationToken);
}
