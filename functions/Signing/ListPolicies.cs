using Microsoft.AspNetCore.Http.HttpResults;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Domain.Wire;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>
/// <c>GET /v1/policies</c>: what is in force, and the versions that wait for a second person or for their time.
/// </summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>. <c>kind</c> is <c>rule</c>, <c>recipient_list</c>, <c>contract</c> or
/// <c>signer_limit</c>; without it all are shown.
/// </remarks>
internal static class ListPolicies
{
    internal sealed record Response(IReadOnlyList<PolicyView> Active, IReadOnlyList<PolicyView> Proposed);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/policies", HandleAsync).RequireAdminScope(RoleScopes.SigningRead);

    internal static Task<Ok<Response>> HandleAsync(
        string? kind, Database database, CancellationToken cancellationToken)
    {
        PolicyKind? only = kind is null ? null : Read(kind);
        return database.ReadAsync(
            async transaction =>
            {
                List<PolicyRecord> active =
                    await PolicyTable.ListInForceAsync(transaction, only, cancellationToken);
                List<PolicyRecord> waiting = await PolicyTable.ListWaitingAsync(transaction, only, cancellationToken);
                return TypedResults.Ok(new Response(
                    [.. active.Select(it => PolicyView.Of(it, transaction.Now))],
                    [.. waiting.Select(it => PolicyView.Of(it, transaction.Now))]));
            },
            cancellationToken);
    }

    private static PolicyKind Read(string text) => WireText.TryParse(text, out PolicyKind kind)
        ? kind
        : throw new FailureException(
            new Failure(FailureCode.InvalidRequest, "There is no such kind of policy.") { Field = "kind" });
}
