using System.Text;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.CloudEvents;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary><c>GET /v1/admin/dead-letters/{id}</c>: a dead letter with all of its event.</summary>
/// <remarks>Refuses with <c>not_found</c>.</remarks>
internal static class GetDeadLetter
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <param name="Letter">The letter.</param>
    /// <param name="HappenedAt">When the event says that it happened.</param>
    /// <param name="Extensions">Its extension attributes.</param>
    /// <param name="ContentType">The media type of its data.</param>
    /// <param name="Data">Its data as text; null when they are none.</param>
    /// <param name="DataBase64">Its data in base64, when they are no text.</param>
    internal sealed record Response(
        DeadLetterView Letter,
        DateTimeOffset? HappenedAt,
        IReadOnlyDictionary<string, string> Extensions,
        string? ContentType,
        string? Data,
        string? DataBase64);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/admin/dead-letters/{id}", HandleAsync).RequireAdminScope(RoleScopes.OpsRead);

    internal static async Task<Response> HandleAsync(Guid id, Database database, CancellationToken cancellationToken)
    {
        DeadLetterRecord letter = await database.ReadAsync(
                t => DeadLetterTable.FindAsync(t, id, cancellationToken), cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "There is no such dead letter.");
        ReceivedEvent dead = letter.Event;
        string? text = TextOf(dead.Data.Span);
        return new Response(
            DeadLetterView.Of(letter),
            dead.Time,
            dead.Extensions,
            dead.ContentType,
            text,
            text is null ? Convert.ToBase64String(dead.Data.Span) : null);
    }

    private static string? TextOf(ReadOnlySpan<byte> data)
    {
        try
        {
            return StrictUtf8.GetString(data);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
