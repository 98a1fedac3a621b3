using Souk.Domain.Sessions;
using Souk.Platform.Http;
using Souk.Platform.Postgres;
using Souk.Platform.Redis;

namespace Souk.Auth;

/// <summary><c>DELETE /v1/sessions/current</c>, and below <c>/v1/admin</c> for that door: signs out.</summary>
/// <remarks>
/// No refresh token of the session is good from the commit on; its access tokens are refused everywhere within 5 s, and
/// at once where nobody has cached that it stood. A repeat is refused with <c>session_revoked</c>, which says the same.
/// </remarks>
internal static partial class EndSession
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDelete("/v1/sessions/current", HandleAsync).RequireScope(RoleScopes.AccountManage);
        routes.MapDelete("/v1/admin/sessions/current", HandleAsync).RequireAdminScope(RoleScopes.AccountManage);
    }

    private static async Task<IResult> HandleAsync(
        Caller caller,
        HttpContext context,
        Database database,
        AuthorizationState state,
        ILogger<AuthFunction> logger,
        CancellationToken cancellationToken)
    {
        SessionId session = new(caller.SessionId);
        await database.WriteAsync(
            transaction => SessionTable.RevokeAsync(transaction, session, SessionEnd.SignedOut, cancellationToken),
            cancellationToken);
        await state.ForgetAsync(caller.SessionId, cancellationToken);
        RefreshSecret.ClearCookie(context);
        Log.Ended(logger, session);
        return TypedResults.NoContent();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Ended session {SessionId}.")]
        internal static partial void Ended(ILogger logger, SessionId sessionId);
    }
}
