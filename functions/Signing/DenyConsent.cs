using Souk.Domain.Consents;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>DELETE /v1/consents/{id}</c>: the person said no, or closed the window.</summary>
/// <remarks>Refuses with <c>not_found</c>, <c>conflict</c>, in that order; a repeat changes nothing.</remarks>
internal static class DenyConsent
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapDelete("/v1/consents/{id}", HandleAsync).RequireScope(RoleScopes.MarketTrade);

    internal static Task<ConsentView> HandleAsync(
        ConsentId id, Caller caller, Database database, CancellationToken cancellationToken) => database.WriteAsync(
        async transaction =>
        {
            Consent asked = await ConsentTable.GetOwnAsync(transaction, id, caller.UserId, cancellationToken);
            Consent denied = asked.Deny().OrThrow();
            if (denied != asked)
                await FollowConsents.EndAsync(transaction, asked, denied, cancellationToken);
            return ConsentView.Of(denied);
        },
        cancellationToken);
}
