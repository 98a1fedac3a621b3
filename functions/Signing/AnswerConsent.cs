using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Consents;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>
/// <c>POST /v1/consents/{id}/transaction</c>: the UI says what MetaKeep's window answered when the person consented.
/// </summary>
/// <remarks>
/// Refuses with <c>not_found</c>, <c>conflict</c>, in that order. It is a hint where to look: what becomes of it,
/// MetaKeep and the chain tell.
/// </remarks>
internal static class AnswerConsent
{
    /// <param name="TransactionId">MetaKeep's name for what was consented to.</param>
    internal sealed record Request(Guid TransactionId);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/consents/{id}/transaction", HandleAsync).RequireScope(RoleScopes.MarketTrade);

    internal static Task<ConsentView> HandleAsync(
        ConsentId id,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Caller caller,
        Database database,
        CancellationToken cancellationToken) => database.OnceAsync(
        caller.UserId,
        key,
        $"POST /v1/consents/{id}/transaction",
        request,
        SigningJson.Default.AnswerConsentRequest,
        SigningJson.Default.ConsentView,
        async transaction =>
        {
            Consent asked = await ConsentTable.GetOwnAsync(transaction, id, caller.UserId, cancellationToken);
            Consent submitted = asked.Submit(request.TransactionId, transaction.Now).OrThrow();
            if (submitted != asked)
                await SubmitAsync(transaction, asked, submitted, cancellationToken);
            return ConsentView.Of(submitted);
        },
        cancellationToken);

    private static async Task SubmitAsync(
        Transaction transaction, Consent asked, Consent submitted, CancellationToken cancellationToken)
    {
        try
        {
            await ConsentTable.MoveAsync(transaction, asked, submitted, cancellationToken);
        }
        catch (Exception duplicate) when (PostgresFailures.IsDuplicate(duplicate, "consents_transaction_id_key"))
        {
            throw new FailureException(FailureCode.Conflict, "The transaction answers another consent.");
        }
    }
}
