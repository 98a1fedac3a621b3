using System.Globalization;
using System.Text;
using System.Text.Json;
using Souk.Domain.Sessions;
using Souk.Domain.Wire;
using Souk.Platform.Hosting;
using Souk.Platform.Http;
using Souk.Platform.Postgres;
using Souk.Platform.Randomness;
using Souk.Platform.Vault;

namespace Souk.Auth;

/// <summary>A signed access token, which never prints itself.</summary>
/// <param name="Value">The compact token.</param>
/// <param name="ExpiresAt">When it lapses; exclusive.</param>
internal sealed record AccessToken(string Value, DateTimeOffset ExpiresAt)
{
    /// <summary>Never the token.</summary>
    public override string ToString() => "[access token]";
}

/// <summary>Issues access tokens (RFC 9068, ES256): the claims are ours, the key never leaves Vault.</summary>
internal sealed class AccessTokenIssuer(VaultClient vault, SiteOptions site, EntropySource entropy)
{
    /// <summary>A token for a live session, with what its user may do now.</summary>
    /// <exception cref="Domain.Failures.FailureException"><c>upstream_unavailable</c>: Vault did not sign.</exception>
    internal async Task<AccessToken> IssueAsync(
        Session session, User user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<int, byte[]> keys = await vault.ReadPublicKeysAsync(
            AccessTokenVerifier.TransitKey, cancellationToken);
        int version = keys.Keys.Max();
        DateTimeOffset lapses = now + SessionLimits.AccessTokenLifetime;
        DateTimeOffset expiresAt = lapses < session.EndsAt ? lapses : session.EndsAt;
        AccessTokenClaims claims = new(
            site.Issuer,
            session.Audience == TokenAudience.Admin ? site.AdminAudience : site.UserAudience,
            user.Id.Value,
            session.Id.Value,
            [.. user.Roles.Select(WireText.Of)],
            string.Join(' ', RoleScopes.For(user.Roles, session.Audience)),
            user.Epoch,
            now.ToUnixTimeSeconds(),
            expiresAt.ToUnixTimeSeconds(),
            entropy.NewId(now));

        string header = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"alg":"ES256","kid":"{{AccessTokenVerifier.TransitKey}}:{{version}}","typ":"at+jwt"}""");
        string input = JsonWebToken.ComposeSigningInput(
            Encoding.ASCII.GetBytes(header),
            JsonSerializer.SerializeToUtf8Bytes(claims, AccessTokenJson.Default.AccessTokenClaims));
        byte[] signature = await vault.SignAsync(
            AccessTokenVerifier.TransitKey, Encoding.ASCII.GetBytes(input), version, cancellationToken);
        return new AccessToken(
            JsonWebToken.Compose(input, signature), DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt));
    }
}
