using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary>
/// <c>GET /v1/admin/inbox?consumer&amp;source&amp;type&amp;mark&amp;since&amp;cursor&amp;limit</c>: what was taken,
/// newest first; what providers and partners delivered stands under consumer <c>webhooks</c>.
/// </summary>
/// <remarks>Refuses with <c>invalid_request</c>. A delivery's body is shown to nobody.</remarks>
internal static class ListInbox
{
    // Two indexes, of what rooms took and of what was delivered, are each read from their newest end. A row's hash
    // orders those of one microsecond.
    internal const string ListSql = """
        SELECT consumer, source, id, type, mark, taken_at, key FROM (
            (SELECT consumer, source, id, type, mark, taken_at,
                md5(concat_ws(E'\x1f', consumer, source, id))::uuid AS key
            FROM inbox
            WHERE consumer = 'webhooks' AND ($1::text IS NULL OR $1 = 'webhooks')
                AND ($2::text IS NULL OR source = $2) AND ($3::text IS NULL OR type = $3)
                AND ($4::timestamptz IS NULL OR taken_at >= $4) AND taken_at <= $5
                AND (taken_at, md5(concat_ws(E'\x1f', consumer, source, id))::uuid) < ($5, $6)
            ORDER BY taken_at DESC, key DESC LIMIT $7)
            UNION ALL
            (SELECT consumer, source, id, type, mark, taken_at,
                md5(concat_ws(E'\x1f', consumer, source, id))::uuid AS key
            FROM inbox
            WHERE consumer <> 'webhooks' AND ($1::text IS NULL OR $1 <> 'webhooks' AND consumer = $1)
                AND ($2::text IS NULL OR source = $2) AND ($3::text IS NULL OR type = $3)
                AND ($4::timestamptz IS NULL OR taken_at >= $4) AND taken_at <= $5
                AND (taken_at, md5(concat_ws(E'\x1f', consumer, source, id))::uuid) < ($5, $6)
            ORDER BY taken_at DESC, key DESC LIMIT $7)) AS newest
        ORDER BY taken_at DESC, key DESC LIMIT $7
        """;

    // The few that are marked have an index of their own.
    internal const string ListMarkedSql = """
        SELECT consumer, source, id, type, mark, taken_at, md5(concat_ws(E'\x1f', consumer, source, id))::uuid AS key
        FROM inbox
        WHERE mark = $8 AND ($1::text IS NULL OR consumer = $1)
            AND ($2::text IS NULL OR source = $2) AND ($3::text IS NULL OR type = $3)
            AND ($4::timestamptz IS NULL OR taken_at >= $4) AND taken_at <= $5
            AND (taken_at, md5(concat_ws(E'\x1f', consumer, source, id))::uuid) < ($5, $6)
        ORDER BY taken_at DESC, key DESC LIMIT $7
        """;

    /// <param name="Consumer">The function that took it.</param>
    /// <param name="Source">Where it came from: a room, or a provider's hook.</param>
    /// <param name="EventId">Its id, unique per source.</param>
    /// <param name="Type">What kind it is; null for an event between rooms, of which only the id is kept.</param>
    /// <param name="Mark">Why to look at it, such as <c>unknown_type</c>; null for no reason.</param>
    /// <param name="TakenAt">When it was taken.</param>
    internal sealed record TakenEvent(
        string Consumer, string Source, string EventId, string? Type, string? Mark, DateTimeOffset TakenAt);

    /// <param name="Inbox">The page.</param>
    /// <param name="Next">Give it as <c>cursor</c> for the next page; null at the end.</param>
    internal sealed record Response(IReadOnlyList<TakenEvent> Inbox, string? Next);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/admin/inbox", HandleAsync).RequireAdminScope(RoleScopes.OpsRead);

    internal static async Task<Response> HandleAsync(
        string? consumer,
        string? source,
        string? type,
        string? mark,
        DateTimeOffset? since,
        KeysetCursor? cursor,
        int? limit,
        Database database,
        CancellationToken cancellationToken)
    {
        int rowsMax = Page.Rows(limit);
        KeysetCursor after = cursor ?? KeysetCursor.First;
        SqlValue[] values = [consumer, source, type, since, after.At, after.Id, rowsMax];
        List<(TakenEvent Taken, Guid Key)> page = await database.ReadAsync(
            t => mark is null
                ? t.ListAsync(ListSql, values, Read, cancellationToken)
                : t.ListAsync(ListMarkedSql, [.. values, mark], Read, cancellationToken),
            cancellationToken);
        return new Response(
            [.. page.Select(row => row.Taken)],
            Page.Next(page, rowsMax, row => new KeysetCursor(row.Taken.TakenAt, row.Key)));
    }

    private static (TakenEvent Taken, Guid Key) Read(Row row) => (
        new TakenEvent(
            row.Text(0), row.Text(1), row.Text(2), row.TextOrNull(3), row.TextOrNull(4), row.Instant(5)),
        row.Id(6));
}
