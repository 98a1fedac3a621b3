using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Souk.Domain.Failures;

namespace Souk.Platform.Http;

/// <summary>Who is calling, as the verified access token says.</summary>
/// <param name="UserId">The user (claim <c>sub</c>).</param>
/// <param name="SessionId">The session (claim <c>sid</c>).</param>
/// <param name="Scopes">What the token may be used for; empty grants nothing.</param>
/// <param name="Epoch">The subject's authorization epoch when the token was issued.</param>
/// <param name="Audience">The host the token is for: users' or administrators'.</param>
public sealed record Caller(Guid UserId, Guid SessionId, FrozenSet<string> Scopes, long Epoch, string Audience)
{
    /// <summary>The roles when the token was issued (claim <c>roles</c>); the signing policy judges by them.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Binds from the request; endpoints that take a caller are never anonymous.</summary>
    /// <exception cref="FailureException"><c>unauthenticated</c>: no access token was verified.</exception>
    public static ValueTask<Caller> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult(
            context.Features.Get<Caller>()
            ?? throw new FailureException(FailureCode.Unauthenticated, "A valid access token is required."));
    }
}
