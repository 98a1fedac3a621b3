using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Events;
using Souk.Domain.Sessions;
using Souk.Platform.CloudEvents;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary><c>POST /v1/admin/dead-letters/{id}/replay</c>: sends the event to its consumers again, at once.</summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>conflict</c>, in that order. The event goes through its outbox row, as if it were
/// new; when the outbox does not hold it, from the letter. Who has taken it before takes it for a duplicate; from who
/// refuses it again it comes back.
/// </remarks>
internal static class ReplayDeadLetter
{
    /// <summary>Nothing but the letter's own name; the body is an empty object.</summary>
    internal sealed record Request;

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/admin/dead-letters/{id}/replay", HandleAsync).RequireAdminScope(RoleScopes.OpsWrite);

    internal static async Task<DeadLetterView> HandleAsync(
        Guid id,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Caller caller,
        Database database,
        CloudEventSender sender,
        CancellationToken cancellationToken)
    {
        DeadLetterView view = await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/admin/dead-letters/{id}/replay",
            request,
            JobsJson.Default.ReplayDeadLetterRequest,
            JobsJson.Default.DeadLetterView,
            transaction => ReplayAsync(transaction, id, caller, cancellationToken),
            cancellationToken);
        await ReplayedLetters.SendAsync(database, sender, cancellationToken);
        return view;
    }

    private static async Task<DeadLetterView> ReplayAsync(
        Transaction transaction, Guid id, Caller caller, CancellationToken cancellationToken)
    {
        DeadLetterRecord letter = await DeadLetterTable.LockAsync(transaction, id, cancellationToken);
        bool isAnnounced = Guid.TryParse(letter.Event.Id, out Guid row)
            && DeadLetterLifecycle.CanMove(letter.Status, DeadLetterStatus.Replayed)
            && await transaction.AnnounceAgainAsync(letter.Event.Source, row, cancellationToken);
        DeadLetterRecord replayed = await DeadLetterTable.MoveAsync(
            transaction,
            letter,
            DeadLetterStatus.Replayed,
            caller.UserId,
            decision: null,
            isAnnounced ? null : transaction.Now,
            cancellationToken);
        await DeadLetterAudit.AppendAsync(transaction, caller, "dead_letter.replay", replayed, cancellationToken);
        return DeadLetterView.Of(replayed);
    }
}
