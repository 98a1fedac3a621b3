using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Wire;

namespace Souk.Domain.Sessions;

/// <summary>How long a sign-in lasts, each with its reason.</summary>
public static class SessionLimits
{
    /// <summary>An access token: how long a stolen one would open doors were revocation to fail everywhere.</summary>
    public static TimeSpan AccessTokenLifetime { get; } = TimeSpan.FromMinutes(10);

    /// <summary>A refresh token not used for this long: a trader comes back within a fortnight.</summary>
    public static TimeSpan IdleMax { get; } = TimeSpan.FromDays(14);

    /// <summary>A session whatever its use: once a month a person proves who they are.</summary>
    public static TimeSpan LifetimeMax { get; } = TimeSpan.FromDays(30);

    /// <summary>A refresh token behind the administrators' door: a coffee, not a night.</summary>
    public static TimeSpan AdminIdleMax { get; } = TimeSpan.FromHours(1);

    /// <summary>A session behind the administrators' door: a working day.</summary>
    public static TimeSpan AdminLifetimeMax { get; } = TimeSpan.FromHours(12);

    /// <summary>
    /// How long a traded token may come again, because its answer was lost: longer than a caller waits for one answer.
    /// </summary>
    public static TimeSpan RepeatMax { get; } = TimeSpan.FromSeconds(30);

    /// <summary>A wallet challenge: time to find the wallet and read its dialog.</summary>
    public static TimeSpan ChallengeLifetime { get; } = TimeSpan.FromMinutes(10);
}

/// <summary>Why a session ended.</summary>
[JsonConverter(typeof(WireTextJsonConverter<SessionEnd>))]
public enum SessionEnd
{
    /// <summary>Its user signed out of it.</summary>
    SignedOut,

    /// <summary>A refresh token came a second time: one of its two holders is a thief.</summary>
    TokenReused,

    /// <summary>An administrator, or a change of the user's standing, ended it.</summary>
    Revoked,
}

/// <summary>One sign-in: the family of its refresh tokens.</summary>
/// <param name="Id">Its name; <c>sid</c> in the access tokens.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Audience">Which door it opens.</param>
/// <param name="StartedAt">When the user proved who they are.</param>
/// <param name="EndsAt">When they must again, whatever they do; exclusive.</param>
/// <param name="Generation">Of the newest refresh token; rises when one of this generation is traded.</param>
/// <param name="RotatedAt">When it last rose, or the session began.</param>
/// <param name="End">Why it ended before; null while it lives.</param>
public sealed record Session(
    SessionId Id,
    UserId UserId,
    TokenAudience Audience,
    DateTimeOffset StartedAt,
    DateTimeOffset EndsAt,
    int Generation,
    DateTimeOffset RotatedAt,
    SessionEnd? End = null)
{
    /// <summary>Begins a session, which lasts from the moment its user proved who they are.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="userId">Whose it is.</param>
    /// <param name="audience">Which door it opens.</param>
    /// <param name="authenticatedAt">When the user proved who they are.</param>
    /// <param name="now">Our time.</param>
    /// <returns>The session, or refuses with <c>sign_in_refused</c> a proof that is too old for this door.</returns>
    public static Decision<Session> Start(
        SessionId id, UserId userId, TokenAudience audience, DateTimeOffset authenticatedAt, DateTimeOffset now)
    {
        TimeSpan lifetime = audience == TokenAudience.Admin
            ? SessionLimits.AdminLifetimeMax
            : SessionLimits.LifetimeMax;

        // Their clock may be a little ahead of ours.
        DateTimeOffset startedAt = authenticatedAt < now ? authenticatedAt : now;
        var session = new Session(
            id, userId, audience, startedAt, startedAt + lifetime, Generation: 1, RotatedAt: now);
        return session.IsAliveAt(now)
            ? session
            : new Failure(FailureCode.SignInRefused, "The sign-in is too old: prove who you are again.");
    }

    /// <summary>Whether it lives.</summary>
    /// <param name="now">Our time.</param>
    public bool IsAliveAt(DateTimeOffset now) => End is null && now < EndsAt;

    /// <summary>Ends it; the first reason stays.</summary>
    public Session Revoke(SessionEnd reason) => End is null ? this with { End = reason } : this;

    /// <summary>Issues a refresh token of the newest generation.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="secretHash">SHA-256 of the secret.</param>
    /// <param name="now">Our time.</param>
    public RefreshToken Issue(RefreshTokenId id, Bytes32 secretHash, DateTimeOffset now)
    {
        TimeSpan idle = Audience == TokenAudience.Admin ? SessionLimits.AdminIdleMax : SessionLimits.IdleMax;
        DateTimeOffset expiresAt = now + idle < EndsAt ? now + idle : EndsAt;
        return new RefreshToken(id, Id, secretHash, Generation, now, expiresAt);
    }

    /// <summary>
    /// Trades a refresh token for the next: a token that comes too late a second time ends the session.
    /// </summary>
    /// <remarks>
    /// A token of the newest generation begins the next one. One of the generation before gets a sibling within
    /// <see cref="SessionLimits.RepeatMax"/>, for its answer may have been lost or two windows asked at once; as no
    /// token of the newest generation was traded by then, nobody has gone further than the caller. Anything older is
    /// a copy: whoever holds it, thief or owner, the other one has moved on.
    /// </remarks>
    /// <param name="presented">The stored token whose secret came.</param>
    /// <param name="nextId">The next token's name.</param>
    /// <param name="nextSecretHash">SHA-256 of the next token's secret.</param>
    /// <param name="now">Our time.</param>
    /// <returns>What to store, and whether to let the caller in. Never throws a refusal away: store it first.</returns>
    public Refresh Rotate(
        RefreshToken presented, RefreshTokenId nextId, Bytes32 nextSecretHash, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(presented);
        if (presented.SessionId != Id || End is not null)
            return new Refresh(this, null, null, Refuse("The session has ended."));

        bool isRepeat = presented.Generation == Generation - 1 && now < RotatedAt + SessionLimits.RepeatMax;
        if (presented.Generation != Generation && !isRepeat)
            return new Refresh(Revoke(SessionEnd.TokenReused), null, null, Refuse("The session has ended.", "reused"));

        if (now >= presented.ExpiresAt || !IsAliveAt(now))
        {
            return new Refresh(
                this, null, null, new Failure(FailureCode.Unauthenticated, "The session has lapsed: sign in again."));
        }

        if (isRepeat) return new Refresh(this, presented, Issue(nextId, nextSecretHash, now), null);
        Session risen = this with { Generation = Generation + 1, RotatedAt = now };
        return new Refresh(risen, presented with { UsedAt = now }, risen.Issue(nextId, nextSecretHash, now), null);
    }

    private static Failure Refuse(string why, string? what = null) =>
        new(FailureCode.SessionRevoked, why, what is null ? null : $"A refresh token was {what}.");
}

/// <summary>One refresh token of a session; its secret is stored nowhere.</summary>
/// <param name="Id">Its name.</param>
/// <param name="SessionId">The family.</param>
/// <param name="SecretHash">SHA-256 of the secret: long and random, so no slow hash is needed.</param>
/// <param name="Generation">Which of the family's trades it waits for, from 1.</param>
/// <param name="IssuedAt">When it was made.</param>
/// <param name="ExpiresAt">Until when it can be traded; exclusive.</param>
/// <param name="UsedAt">When its generation was traded by it; null while it was not.</param>
public sealed record RefreshToken(
    RefreshTokenId Id,
    SessionId SessionId,
    Bytes32 SecretHash,
    int Generation,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? UsedAt = null)
{
    /// <summary>Never the hash.</summary>
    public override string ToString() => $"[refresh token {Id}]";
}

/// <summary>What trading a refresh token came to.</summary>
/// <param name="Session">The session, risen by a generation, or revoked if the token was a copy: store it.</param>
/// <param name="Used">The traded token: store it. Null when refused.</param>
/// <param name="Next">The next token: store it. Null when refused.</param>
/// <param name="Failure">
/// <c>session_revoked</c> or <c>unauthenticated</c>, to be raised after storing; null when the caller is let in.
/// </param>
public sealed record Refresh(Session Session, RefreshToken? Used, RefreshToken? Next, Failure? Failure);
