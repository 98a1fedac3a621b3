using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary><c>POST /v1/recipient-lists</c>: proposes the addresses of a list that rules name.</summary>
/// <remarks>
/// Refuses with <c>invalid_request</c>. A list that only lost addresses is in force at once; one with new ones waits
/// for a second person like any policy.
/// </remarks>
internal static class ProposeRecipientList
{
    /// <summary>The largest body, in bytes: a full list's addresses take about 90 KiB.</summary>
    private const int BodyBytesMax = 128 * 1024;

    /// <param name="Name">The list, new or known.</param>
    /// <param name="Addresses">All of its addresses.</param>
    internal sealed record Request(string Name, ImmutableArray<Address> Addresses);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/recipient-lists", HandleAsync)
            .LimitBody(BodyBytesMax)
            .RequireAdminScope(RoleScopes.SigningApprove);

    internal static async Task<Created<PolicyView>> HandleAsync(
        Caller caller,
        [FromHeader(Name = IdempotencyKey.Header)] IdempotencyKey key,
        Request request,
        Database database,
        CancellationToken cancellationToken)
    {
        RecipientList list = new() { IsEnabled = true, Name = request.Name, Addresses = request.Addresses };
        PolicyView view = await database.OnceAsync(
            caller.UserId,
            key,
            "POST /v1/recipient-lists",
            request,
            SigningJson.Default.ProposeRecipientListRequest,
            SigningJson.Default.PolicyView,
            transaction => PolicyProposal.AddByKeyAsync(
                transaction, caller, list, "recipient_list.propose", cancellationToken),
            cancellationToken);
        return TypedResults.Created($"/v1/policies/{view.Id}", view);
    }
}
