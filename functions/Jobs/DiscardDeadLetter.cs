using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Jobs;

/// <summary><c>POST /v1/admin/dead-letters/{id}/discard</c>: gives an event up for the letter's consumer.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>, <c>not_found</c>, <c>conflict</c>, in that order. The relay goes on sending
/// the event only if another consumer has not taken it.
/// </remarks>
internal static class DiscardDeadLetter
{
    private const int ReasonLengthMax = 500;

    /// <param name="Reason">Why, for the audit log and whoever asks later.</param>
    internal sealed record Request(string Reason);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/admin/dead-letters/{id}/discard", HandleAsync).RequireAdminScope(RoleScopes.OpsWrite);

    internal static async Task<DeadLetterView> HandleAsync(
        Guid id,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Caller caller,
        Database database,
        CancellationToken cancellationToken)
    {
        if (request.Reason.Length is 0 or > ReasonLengthMax || request.Reason.Any(char.IsControl))
        {
            throw new FailureException(
                new Failure(FailureCode.InvalidRequest, $"The reason is a line of 1 to {ReasonLengthMax} characters.")
                {
                    Field = "$.reason",
                });
        }

        return await database.OnceAsync(
            caller.UserId,
            key,
            $"POST /v1/admin/dead-letters/{id}/discard",
            request,
            JobsJson.Default.DiscardDeadLetterRequest,
            JobsJson.Default.DeadLetterView,
            transaction => DiscardAsync(transaction, id, caller, request.Reason, cancellationToken),
            cancellationToken);
    }

    private static async Task<DeadLetterView> DiscardAsync(
        Transaction transaction, Guid id, Caller caller, string reason, CancellationToken cancellationToken)
    {
        DeadLetterRecord letter = await DeadLetterTable.LockAsync(transaction, id, cancellationToken);
        DeadLetterRecord discarded = await DeadLetterTable.MoveAsync(
            transaction, letter, DeadLetterStatus.Discarded, caller.UserId, reason, dueAt: null, cancellationToken);
        if (Guid.TryParse(letter.Event.Id, out Guid row))
            await Outbox.CloseAsync(transaction, row, letter.Event.Source, cancellationToken);
        await DeadLetterAudit.AppendAsync(transaction, caller, "dead_letter.discard", discarded, cancellationToken);
        return DeadLetterView.Of(discarded);
    }
}
