using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Wire;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary>
/// <c>GET /v1/admin/dead-letters?status&amp;consumer&amp;type&amp;source&amp;cursor&amp;limit</c>: events that a
/// consumer could not take, newest first.
/// </summary>
/// <remarks>Refuses with <c>invalid_request</c>.</remarks>
internal static class ListDeadLetters
{
    /// <param name="DeadLetters">The page.</param>
    /// <param name="Next">Give it as <c>cursor</c> for the next page; null at the end.</param>
    internal sealed record Response(IReadOnlyList<DeadLetterView> DeadLetters, string? Next);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/admin/dead-letters", HandleAsync).RequireAdminScope(RoleScopes.OpsRead);

    internal static async Task<Response> HandleAsync(
        string? status,
        string? consumer,
        string? type,
        string? source,
        KeysetCursor? cursor,
        int? limit,
        Database database,
        CancellationToken cancellationToken)
    {
        DeadLetterStatus? wanted = null;
        if (status is not null)
        {
            wanted = WireText.TryParse(status, out DeadLetterStatus named)
                ? named
                : throw new FailureException(
                    new Failure(FailureCode.InvalidRequest, "There is no such status.") { Field = "status" });
        }

        int rowsMax = Page.Rows(limit);
        KeysetCursor after = cursor ?? KeysetCursor.First;
        List<DeadLetterRecord> page = await database.ReadAsync(
            t => DeadLetterTable.ListAsync(
                t, wanted, consumer, type, source, after.At, after.Id, rowsMax, cancellationToken),
            cancellationToken);
        return new Response(
            [.. page.Select(DeadLetterView.Of)],
            Page.Next(page, rowsMax, letter => new KeysetCursor(letter.CreatedAt, letter.Id)));
    }
}
