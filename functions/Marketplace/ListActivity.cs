using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Domain.Wire;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary><c>GET /v1/activity</c>: what happened, newest first, a page at a time.</summary>
/// <remarks>Refuses with <c>invalid_request</c>.</remarks>
internal static class ListActivity
{
    private const string ListSql = """
        SELECT id, kind, chain_id, contract, token_id::text, quantity::text, from_address, to_address, price_wei::text,
            listing_id, transaction_hash, block_number, happened_at
        FROM activity
        WHERE ($1 = 0 OR chain_id = $1)
            AND ($2::bytea IS NULL OR contract = $2)
            AND ($3::text IS NULL OR token_id = $3::numeric)
            AND (happened_at, id) < ($4, $5)
        ORDER BY happened_at DESC, id DESC LIMIT $6
        """;

    internal sealed record Entry(
        Guid Id,
        ActivityKind Kind,
        ChainId ChainId,
        Address Contract,
        TokenId TokenId,
        UInt256 Quantity,
        Address? From,
        Address? To,
        Wei? PriceWei,
        Guid? ListingId,
        TransactionHash? TransactionHash,
        long? BlockNumber,
        DateTimeOffset HappenedAt);

    /// <param name="Activity">The page.</param>
    /// <param name="Next">Give it as <c>cursor</c> for the next page; null at the end.</param>
    internal sealed record Response(IReadOnlyList<Entry> Activity, string? Next);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/activity", HandleAsync).AllowAnyone("The market is open to look at.");

    internal static async Task<Response> HandleAsync(
        ChainId? chainId,
        Address? contract,
        TokenId? tokenId,
        KeysetCursor? cursor,
        int? limit,
        Database database,
        CancellationToken cancellationToken)
    {
        int rowsMax = SearchListings.PageSize(limit);
        KeysetCursor after = cursor ?? KeysetCursor.First;
        long chain = chainId is { } one ? (long)one.Value : 0;
        List<Entry> page = await database.ReadAsync(
            transaction => transaction.ListAsync(
                ListSql,
                [chain, contract, tokenId?.ToString(), after.At, after.Id, rowsMax],
                Read,
                cancellationToken),
            cancellationToken);
        string? next = page.Count < rowsMax ? null : new KeysetCursor(page[^1].HappenedAt, page[^1].Id).ToString();
        return new Response(page, next);
    }

    private static Entry Read(Row row) => new(
        row.Id(0),
        WireText.Parse<ActivityKind>(row.Text(1)),
        row.ChainId(2),
        row.Address(3),
        row.TokenId(4),
        row.Number(5),
        row.AddressOrNull(6),
        row.AddressOrNull(7),
        row.WeiOrNull(8),
        row.IdOrNull(9),
        row.HashOrNull(10) is { } hash ? new TransactionHash(hash) : null,
        row.BigintOrNull(11),
        row.Instant(12));
}
