using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Auth;

/// <summary><c>GET /v1/me</c>, and below <c>/v1/admin</c> for that door: who is signed in.</summary>
internal static class GetMe
{
    /// <param name="Id">The person.</param>
    /// <param name="Roles">What they may be here.</param>
    /// <param name="Scopes">What this access token opens.</param>
    /// <param name="CreatedAt">When they first signed in.</param>
    internal sealed record Response(
        UserId Id, IReadOnlyList<Role> Roles, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/me", HandleAsync).RequireScope(RoleScopes.AccountManage);
        routes.MapGet("/v1/admin/me", HandleAsync).RequireAdminScope(RoleScopes.AccountManage);
    }

    private static async Task<IResult> HandleAsync(
        Caller caller, Database database, CancellationToken cancellationToken)
    {
        User user = await database.ReadAsync(
            transaction => UserTable.FindAsync(transaction, new UserId(caller.UserId), cancellationToken),
            cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "There is no such user.");
        return TypedResults.Ok(new Response(
            user.Id, user.Roles, [.. caller.Scopes.Order(StringComparer.Ordinal)], user.CreatedAt));
    }
}
