using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>GET /v1/listings</c>: what is for sale, newest first, a page at a time.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>. A listing whose end has passed is left out whatever its row says.
/// </remarks>
internal static class SearchListings
{
    private const int PageMax = 100;
    private const int PageDefault = 20;

    private const string SearchSql = """
        SELECT id FROM listings
        WHERE status IN ('active', 'held') AND ends_at > $1
            AND ($2 = 0 OR chain_id = $2)
            AND ($3::bytea IS NULL OR contract = $3)
            AND ($4::text IS NULL OR token_id = $4::numeric)
            AND ($5::bytea IS NULL OR seller = $5)
            AND ($6::text IS NULL OR price_wei <= $6::numeric)
            AND (created_at, id) < ($7, $8)
        ORDER BY created_at DESC, id DESC LIMIT $9
        """;

    /// <param name="Listings">The page.</param>
    /// <param name="Next">Give it as <c>cursor</c> for the next page; null at the end.</param>
    internal sealed record Response(IReadOnlyList<ListingView> Listings, string? Next);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/listings", HandleAsync).AllowAnyone("The market is open to look at.");

    internal static async Task<Response> HandleAsync(
        ChainId? chainId,
        Address? contract,
        TokenId? tokenId,
        Address? seller,
        Wei? priceWeiMax,
        KeysetCursor? cursor,
        int? limit,
        Database database,
        CancellationToken cancellationToken)
    {
        int rowsMax = PageSize(limit);
        KeysetCursor after = cursor ?? KeysetCursor.First;
        long chain = chainId is { } one ? (long)one.Value : 0;
        return await database.ReadAsync(
            async transaction =>
            {
                List<Guid> ids = await transaction.ListAsync(
                    SearchSql,
                    [
                        transaction.Now, chain, contract, tokenId?.ToString(), seller, priceWeiMax, after.At, after.Id,
                        rowsMax,
                    ],
                    row => row.Id(0),
                    cancellationToken);
                List<ListingRow> rows = await ListingTable.ListAsync(transaction, [.. ids], cancellationToken);
                ListingView[] page = [.. rows.Select(row => ListingView.Of(row, transaction.Now))];
                string? next = page.Length < rowsMax
                    ? null
                    : new KeysetCursor(page[^1].CreatedAt, page[^1].Id.Value).ToString();
                return new Response(page, next);
            },
            cancellationToken);
    }

    /// <summary>A page's size, within bounds.</summary>
    internal static int PageSize(int? limit) => limit switch
    {
        null => PageDefault,
        >= 1 and <= PageMax => limit.Value,
        _ => throw new FailureException(new Failure(
            FailureCode.InvalidRequest, $"The limit must lie between 1 and {PageMax}.") { Field = "limit" }),
    };
}
