using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary>
/// <c>GET /v1/admin/outbox?room&amp;type&amp;parked&amp;cursor&amp;limit</c>: events that are not done, newest first.
/// </summary>
/// <remarks>Refuses with <c>invalid_request</c>.</remarks>
internal static class ListOutbox
{
    private const string ListSql = """
        SELECT o.id, o.room, o.type, o.subject, o.attempts, o.created_at, o.sent_at, nullif(o.due_at, 'infinity'),
            ARRAY(SELECT m.consumer FROM outbox_missing m WHERE m.id = o.id ORDER BY m.consumer)
        FROM outbox o
        WHERE o.done_at IS NULL
            AND ($1::text IS NULL OR o.room = $1) AND ($2::text IS NULL OR o.type = $2)
            AND ($3 = 0 OR (o.due_at = 'infinity') = ($3 > 0))
            AND (o.created_at, o.id) < ($4, $5)
        ORDER BY o.created_at DESC, o.id DESC LIMIT $6
        """;

    /// <param name="Id">The event's id.</param>
    /// <param name="Room">Who announced it.</param>
    /// <param name="Type">Its type.</param>
    /// <param name="Subject">What it is about.</param>
    /// <param name="Attempts">How often the relay has sent it, or set out to.</param>
    /// <param name="CreatedAt">When it was announced.</param>
    /// <param name="SentAt">When the broker first took it from the relay; null when it has not.</param>
    /// <param name="DueAt">When the relay sends it next; null when it is parked.</param>
    /// <param name="Missing">Which consumers have not taken it.</param>
    internal sealed record WaitingEvent(
        Guid Id,
        string Room,
        string Type,
        string Subject,
        int Attempts,
        DateTimeOffset CreatedAt,
        DateTimeOffset? SentAt,
        DateTimeOffset? DueAt,
        IReadOnlyList<string> Missing);

    /// <param name="Outbox">The page.</param>
    /// <param name="Next">Give it as <c>cursor</c> for the next page; null at the end.</param>
    internal sealed record Response(IReadOnlyList<WaitingEvent> Outbox, string? Next);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/admin/outbox", HandleAsync).RequireAdminScope(RoleScopes.OpsRead);

    internal static async Task<Response> HandleAsync(
        string? room,
        string? type,
        bool? parked,
        KeysetCursor? cursor,
        int? limit,
        Database database,
        CancellationToken cancellationToken)
    {
        int rowsMax = Page.Rows(limit);
        KeysetCursor after = cursor ?? KeysetCursor.First;
        int only = parked switch { true => 1, false => -1, null => 0 };
        List<WaitingEvent> page = await database.ReadAsync(
            t => t.ListAsync(ListSql, [room, type, only, after.At, after.Id, rowsMax], Read, cancellationToken),
            cancellationToken);
        return new Response(page, Page.Next(page, rowsMax, entry => new KeysetCursor(entry.CreatedAt, entry.Id)));
    }

    private static WaitingEvent Read(Row row) => new(
        row.Id(0), row.Text(1), row.Text(2), row.Text(3), row.Integer(4), row.Instant(5), row.InstantOrNull(6),
        row.InstantOrNull(7), row.Texts(8));
}
