using System.Text.Json.Serialization;
using Souk.Domain.Sessions;
using Souk.Platform.Postgres;

namespace Souk.Auth;

/// <summary>What a sign-in and a refresh answer; it holds secrets and never prints them.</summary>
/// <param name="AccessToken">Opens endpoints, as <c>Authorization: Bearer</c>.</param>
/// <param name="ExpiresAt">When the access token lapses.</param>
/// <param name="RefreshToken">To be traded for the next pair; absent when it went out as a cookie.</param>
/// <param name="User">Who signed in.</param>
internal sealed record SessionAnswer(
    string AccessToken,
    DateTimeOffset ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken,
    SessionUser User)
{
    /// <summary>Hands out an issued pair, the refresh token as the caller wants it; no cache may keep it.</summary>
    internal static SessionAnswer Give(
        HttpContext context, AccessToken access, RefreshSecret secret, RefreshToken token, User user, bool isCookie)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (isCookie)
            secret.SetCookie(context, token);
        return new SessionAnswer(
            access.Value, access.ExpiresAt, isCookie ? null : secret.Value, new SessionUser(user.Id, user.Roles));
    }

    /// <summary>Never the tokens.</summary>
    public override string ToString() => $"[session of {User.Id}]";
}

/// <summary>Who a session is for.</summary>
/// <param name="Id">The person.</param>
/// <param name="Roles">What they may be here.</param>
internal sealed record SessionUser(UserId Id, IReadOnlyList<Role> Roles);
