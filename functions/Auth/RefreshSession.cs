using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.Firebase;
using Souk.Platform.Http;
using Souk.Platform.Postgres;
using Souk.Platform.Randomness;
using Souk.Platform.Redis;

namespace Souk.Auth;

/// <summary><c>POST /v1/sessions/refresh</c>: trades a refresh token for the next one and an access token.</summary>
/// <remarks>
/// Refuses with <c>rate_limited</c>, <c>invalid_request</c>, <c>unauthenticated</c>, <c>session_revoked</c>,
/// <c>upstream_unavailable</c>, in that order. The token comes in the body or, with an empty object there, in the
/// cookie, and the next one goes out the same way. It answers secrets and takes no idempotency key: whoever lost the
/// answer sends the same token again within 30 s (<see cref="SessionLimits.RepeatMax"/>) and gets another of the same
/// generation; later, or once somebody has gone further, the old token ends the session for all who hold one.
/// Everything that may fail outside comes before the trade, so an outage costs nobody their session.
/// </remarks>
internal static partial class RefreshSession
{
    /// <summary>How long Firebase's word on a user is taken: a user disabled there is out within it.</summary>
    private static readonly TimeSpan StandingLifetime = TimeSpan.FromHours(1);

    /// <param name="RefreshToken">The token; absent when the cookie carries it.</param>
    internal sealed record Request(string? RefreshToken = null)
    {
        /// <summary>Never the token.</summary>
        public override string ToString() => "[refresh]";
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/sessions/refresh", HandleAsync).AllowAnyone("The refresh token says who is calling.");

    private static async Task<IResult> HandleAsync(
        Request request,
        HttpContext context,
        FirebaseClient firebase,
        RateLimit limit,
        AuthOptions options,
        Database database,
        AuthorizationState state,
        AccessTokenIssuer issuer,
        EntropySource entropy,
        ILogger<AuthFunction> logger,
        CancellationToken cancellationToken)
    {
        await limit.PassAsync(
            "refresh/address", ClientAddress.SubjectOf(context), options.RefreshesPerAddress, cancellationToken);
        bool isCookie = request.RefreshToken is null;
        string? text = isCookie ? context.Request.Cookies[RefreshSecret.CookieName] : request.RefreshToken;
        Held held = RefreshSecret.TryParse(text, out RefreshSecret? presented)
            ? await database.ReadAsync(t => FindAsync(t, presented, cancellationToken), cancellationToken)
            : throw Unknown();

        // Decided again under the session's lock; this time it only spares the calls outside for who is refused.
        RefreshSecret secret = RefreshSecret.Create(entropy);
        DateTimeOffset now = database.Now;
        AccessToken? access = null;
        if (held.Session.Rotate(held.Token, default, secret.Hash, now).Failure is null)
        {
            if (now >= held.CheckedAt + StandingLifetime)
                held = await CheckAsync(held, now, firebase, database, state, cancellationToken);
            access = await issuer.IssueAsync(held.Session, held.User, now, cancellationToken);
        }

        Refresh refresh = await database.WriteAsync(
            transaction => TradeAsync(transaction, held, secret, cancellationToken), cancellationToken);
        if (refresh.Failure is { } failure)
        {
            await state.ForgetAsync(held.Session.Id.Value, cancellationToken);
            Log.Refused(logger, held.Session.Id, refresh.Session.End);
            throw new FailureException(failure);
        }

        return access is not null
            ? TypedResults.Ok(SessionAnswer.Give(context, access, secret, refresh.Next!, held.User, isCookie))
            : throw new FailureException(FailureCode.Conflict, "The session changed meanwhile: try again.");
    }

    private static async Task<Held> FindAsync(
        Transaction transaction, RefreshSecret presented, CancellationToken cancellationToken)
    {
        RefreshToken token = await RefreshTokenTable.FindAsync(transaction, presented.Hash, cancellationToken)
            ?? throw Unknown();
        (Session Session, DateTimeOffset CheckedAt) found =
            await SessionTable.FindAsync(transaction, token.SessionId, cancellationToken) ?? throw Unknown();
        User? user = await UserTable.FindAsync(transaction, found.Session.UserId, cancellationToken);
        return new Held(token, found.Session, user!, found.CheckedAt);
    }

    /// <summary>Asks Firebase whether it still stands by the user; a clear no ends the session.</summary>
    private static async Task<Held> CheckAsync(
        Held held,
        DateTimeOffset now,
        FirebaseClient firebase,
        Database database,
        AuthorizationState state,
        CancellationToken cancellationToken)
    {
        FirebaseIdentity identity = new(
            held.User.FirebaseUid, Email: null, EmailVerified: false, held.Session.StartedAt, SignInProvider: "", now);
        try
        {
            await firebase.RefuseRevokedAsync(identity, cancellationToken);
        }
        catch (FailureException exception) when (exception.Failure.Code == FailureCode.SessionRevoked)
        {
            await database.WriteAsync(
                transaction => SessionTable.RevokeAsync(
                    transaction, held.Session.Id, SessionEnd.Revoked, cancellationToken),
                cancellationToken);
            await state.ForgetAsync(held.Session.Id.Value, cancellationToken);
            throw;
        }

        return held with { CheckedAt = now };
    }

    private static async Task<Refresh> TradeAsync(
        Transaction transaction, Held held, RefreshSecret secret, CancellationToken cancellationToken)
    {
        Session session = await SessionTable.LockAsync(transaction, held.Session.Id, cancellationToken)
            ?? throw Unknown();
        Refresh refresh = session.Rotate(
            held.Token, new RefreshTokenId(transaction.NewId()), secret.Hash, transaction.Now);
        if (refresh is { Failure: null, Used: not null, Next: not null })
        {
            await RefreshTokenTable.UseAsync(transaction, refresh.Used, cancellationToken);
            await RefreshTokenTable.AddAsync(transaction, refresh.Next, cancellationToken);
            await SessionTable.RaiseAsync(transaction, refresh.Session, held.CheckedAt, cancellationToken);
        }
        else if (session.End is null && refresh.Session.End is { } reason)
        {
            await SessionTable.RevokeAsync(transaction, session.Id, reason, cancellationToken);
        }

        return refresh;
    }

    private static FailureException Unknown() =>
        new(FailureCode.Unauthenticated, "The refresh token is missing, malformed or unknown: sign in again.");

    /// <summary>What is known of the caller before the trade.</summary>
    private sealed record Held(RefreshToken Token, Session Session, User User, DateTimeOffset CheckedAt);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused to refresh session {SessionId}; it ended by {Reason}.")]
        internal static partial void Refused(ILogger logger, SessionId sessionId, SessionEnd? reason);
    }
}
