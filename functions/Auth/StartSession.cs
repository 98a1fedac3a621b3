using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.Firebase;
using Souk.Platform.Http;
using Souk.Platform.Postgres;
using Souk.Platform.Randomness;

namespace Souk.Auth;

/// <summary><c>POST /v1/sessions</c>: trades a Firebase ID token for an access token and a refresh token.</summary>
/// <remarks>
/// Refuses with <c>rate_limited</c>, <c>sign_in_refused</c>, <c>session_revoked</c>, <c>upstream_unavailable</c>,
/// <c>forbidden</c>, in that order. It answers secrets, which are stored nowhere, so it takes no idempotency key: a
/// repeat begins one more session, and the one whose answer was lost lapses unused, its tokens being known to nobody.
/// </remarks>
internal static partial class StartSession
{
    /// <param name="IdToken">The Firebase ID token.</param>
    /// <param name="Audience">Which door: <c>user</c>, or <c>admin</c> for who has a role behind it.</param>
    /// <param name="Cookie">Whether the refresh token goes out as a cookie: true for browsers.</param>
    internal sealed record Request(string IdToken, TokenAudience Audience = TokenAudience.User, bool Cookie = false)
    {
        /// <summary>Never the token.</summary>
        public override string ToString() => $"[sign-in for {Audience}]";
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/sessions", HandleAsync).AllowAnyone("Firebase's ID token in the body says who is calling.");

    private static async Task<IResult> HandleAsync(
        Request request,
        HttpContext context,
        FirebaseTokenVerifier verifier,
        FirebaseClient firebase,
        RateLimit limit,
        AuthOptions options,
        Database database,
        AccessTokenIssuer issuer,
        EntropySource entropy,
        ILogger<AuthFunction> logger,
        CancellationToken cancellationToken)
    {
        await limit.PassAsync(
            "sign-in/address", ClientAddress.SubjectOf(context), options.SignInsPerAddress, cancellationToken);
        FirebaseIdentity identity = await verifier.VerifyAsync(request.IdToken, cancellationToken);
        await limit.PassAsync("sign-in/user", identity.Uid, options.SignInsPerUser, cancellationToken);
        await firebase.RefuseRevokedAsync(identity, cancellationToken);

        RefreshSecret secret = RefreshSecret.Create(entropy);
        (Session Session, RefreshToken Token, User User, DateTimeOffset Now) started = await database.WriteAsync(
            transaction => StartAsync(transaction, identity, request.Audience, secret, options, cancellationToken),
            cancellationToken);
        AccessToken access = await issuer.IssueAsync(started.Session, started.User, started.Now, cancellationToken);

        Log.Started(logger, started.Session.Id, started.User.Id, started.Session.Audience);
        SessionAnswer answer = SessionAnswer.Give(context, access, secret, started.Token, started.User, request.Cookie);
        return TypedResults.Created((string?)null, answer);
    }

    private static async Task<(Session Session, RefreshToken Token, User User, DateTimeOffset Now)> StartAsync(
        Transaction transaction,
        FirebaseIdentity identity,
        TokenAudience audience,
        RefreshSecret secret,
        AuthOptions options,
        CancellationToken cancellationToken)
    {
        User user = await AdmitAsync(transaction, identity.Uid, options, cancellationToken);
        if (!RoleScopes.OpensDoor(user.Roles, audience))
            throw new FailureException(FailureCode.Forbidden, "This sign-in has no role behind this door.");
        Session session = Session.Start(
            new SessionId(transaction.NewId()), user.Id, audience, identity.AuthTime, transaction.Now).OrThrow();
        RefreshToken token = session.Issue(new RefreshTokenId(transaction.NewId()), secret.Hash, transaction.Now);

        await SessionTable.AddAsync(transaction, session, cancellationToken);
        await RefreshTokenTable.AddAsync(transaction, token, cancellationToken);
        return (session, token, user, transaction.Now);
    }

    private static async Task<User> AdmitAsync(
        Transaction transaction, string uid, AuthOptions options, CancellationToken cancellationToken)
    {
        (UserId id, bool isNew) = await UserTable.EnsureAsync(transaction, uid, cancellationToken);
        if (isNew)
            await RoleTable.GrantAsync(transaction, id, [Role.Trader], cancellationToken);
        if (options.Administrators.Contains(uid)
            && await RoleTable.GrantAsync(transaction, id, [Role.Admin, Role.Operator], cancellationToken) > 0)
        {
            await UserTable.RaiseEpochAsync(transaction, id, cancellationToken);
            const string granted = """{"roles":["admin","operator"]}""";
            await Audit.AppendAsync(
                transaction, id.Value, "role.bootstrap", $"user/{id}", granted, cancellationToken);
        }

        return (await UserTable.FindAsync(transaction, id, cancellationToken))!;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Started session {SessionId} of user {UserId} for {Audience}.")]
        internal static partial void Started(
            ILogger logger, SessionId sessionId, UserId userId, TokenAudience audience);
    }
}
