using Microsoft.AspNetCore.Http.HttpResults;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Domain.Wire;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>
/// <c>GET /v1/transactions?status&amp;signer&amp;nonce&amp;cursor&amp;limit</c>: transactions, newest first.
/// </summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>. The cursor is the last id of the page before. A nonce is a signer's, and held
/// by one transaction at most.
/// </remarks>
internal static class ListTransactions
{
    private const int PageRows = 50;
    private const int PageRowsMax = 200;

    /// <param name="Items">The page.</param>
    /// <param name="Cursor">Asks for the next page; null when this was the last.</param>
    internal sealed record Response(IReadOnlyList<TransactionView> Items, TransactionId? Cursor);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/transactions", HandleAsync).RequireAdminScope(RoleScopes.SigningRead);

    internal static async Task<Ok<Response>> HandleAsync(
        string? status,
        SignerId? signer,
        long? nonce,
        TransactionId? cursor,
        int? limit,
        Database database,
        CancellationToken cancellationToken)
    {
        TransactionStatus? wanted = null;
        if (status is not null)
        {
            wanted = WireText.TryParse(status, out TransactionStatus named)
                ? named
                : throw Invalid("status", "There is no such status.");
        }

        int rows = limit ?? PageRows;
        if (rows is < 1 or > PageRowsMax)
            throw Invalid("limit", $"A page has 1 to {PageRowsMax} rows.");

        if (nonce is { } number)
        {
            if (signer is not { } wallet || number < 0)
                throw Invalid("nonce", "A nonce is 0 or more, and a signer's: name the signer.");
            TransactionRecord? holder = await database.ReadAsync(
                t => TransactionTable.FindByNonceAsync(t, wallet, number, cancellationToken), cancellationToken);
            bool isWanted = holder is not null && (wanted is null || holder.Status == wanted);
            return TypedResults.Ok(new Response(isWanted ? [TransactionView.Of(holder!)] : [], null));
        }

        List<TransactionRecord> found = await database.ReadAsync(
            t => TransactionTable.ListAsync(t, wanted, signer, cursor, rows + 1, cancellationToken),
            cancellationToken);
        List<TransactionView> page = [.. found.Take(rows).Select(TransactionView.Of)];
        return TypedResults.Ok(new Response(page, found.Count > rows ? page[^1].Id : null));
    }

    private static FailureException Invalid(string field, string detail) =>
        new(new Failure(FailureCode.InvalidRequest, detail) { Field = field });
}
