using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Souk.Domain.Failures;
using Souk.Platform.Hosting;
using Souk.Platform.Redis;
using Souk.Platform.Vault;

namespace Souk.Platform.Http;

/// <summary>Claims of an access token (RFC 9068, with Souk's <c>sid</c> and <c>epoch</c>).</summary>
/// <param name="Issuer">Who issued it.</param>
/// <param name="Audience">Which host it is for.</param>
/// <param name="Subject">The user.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Roles">The user's roles when it was issued.</param>
/// <param name="Scope">Space-separated scopes.</param>
/// <param name="Epoch">The user's authorization epoch when it was issued.</param>
/// <param name="IssuedAt">Seconds since 1970.</param>
/// <param name="ExpiresAt">Seconds since 1970.</param>
/// <param name="Id">Unique per token.</param>
public sealed record AccessTokenClaims(
    [property: JsonPropertyName("iss")] string Issuer,
    [property: JsonPropertyName("aud")] string Audience,
    [property: JsonPropertyName("sub")] Guid Subject,
    [property: JsonPropertyName("sid")] Guid SessionId,
    [property: JsonPropertyName("roles")] IReadOnlyList<string> Roles,
    [property: JsonPropertyName("scope")] string Scope,
    [property: JsonPropertyName("epoch")] long Epoch,
    [property: JsonPropertyName("iat")] long IssuedAt,
    [property: JsonPropertyName("exp")] long ExpiresAt,
    [property: JsonPropertyName("jti")] Guid Id);

/// <summary>How access tokens are written and read.</summary>
[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AccessTokenClaims))]
public sealed partial class AccessTokenJson : JsonSerializerContext;

/// <summary>
/// Verifies access tokens by itself, with Vault's public keys, and checks that nothing revoked them since.
/// </summary>
/// <param name="vault">Where the public keys are read.</param>
/// <param name="state">Whether a session still stands.</param>
/// <param name="site">What a token must say.</param>
/// <param name="clock">The time.</param>
public sealed class AccessTokenVerifier(
    VaultClient vault, AuthorizationState state, SiteOptions site, TimeProvider clock)
{
    /// <summary>
    /// The transit key that signs access tokens; the <c>kid</c> is its name, a colon and its version.
    /// </summary>
    public const string TransitKey = "access-token";

    private const string BearerPrefix = "Bearer ";
    private const string KeyIdPrefix = TransitKey + ":";
    private readonly ConcurrentDictionary<int, (byte[] PublicKey, ECDsa Key)> _imported = new();

    /// <summary>Loads the keys, so that the first request finds them.</summary>
    public Task PrewarmAsync(CancellationToken cancellationToken) =>
        vault.ReadPublicKeysAsync(TransitKey, cancellationToken);

    /// <summary>The caller behind a request, if their token opens this endpoint.</summary>
    /// <exception cref="FailureException">
    /// <c>unauthenticated</c>, <c>session_revoked</c> or <c>forbidden</c>, in that order.
    /// </exception>
    public async Task<Caller> AdmitAsync(
        HttpRequest request, EndpointAccess access, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(access);
        string header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
            throw Refused();
        AccessTokenClaims claims = await VerifyAsync(header[BearerPrefix.Length..], cancellationToken);

        Caller caller = new(
            claims.Subject,
            claims.SessionId,
            claims.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal),
            claims.Epoch,
            claims.Audience)
        {
            Roles = claims.Roles,
        };
        if (!await state.StandsAsync(caller, cancellationToken))
        {
            throw new FailureException(
                FailureCode.SessionRevoked, "The session was revoked or its rights have changed.");
        }

        string audience = access.IsAdmin ? site.AdminAudience : site.UserAudience;
        if (caller.Audience != audience || access.Scope is null || !caller.Scopes.Contains(access.Scope))
            throw new FailureException(FailureCode.Forbidden, $"This needs the scope {access.Scope}.");
        return caller;
    }

    private async Task<AccessTokenClaims> VerifyAsync(string compact, CancellationToken cancellationToken)
    {
        if (!JsonWebToken.TryParse(compact, out JsonWebToken? token) || token.Header.Kid is not { } kid)
            throw Refused();
        ECDsa? key = await FindKeyAsync(kid, cancellationToken);
        if (key is null || token.Header.Typ != "at+jwt" || !token.VerifyEs256(key))
            throw Refused();

        AccessTokenClaims claims = Read(token);
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        bool isCurrent = claims.ExpiresAt > now && claims.IssuedAt <= now + 5;
        return isCurrent && claims.Issuer == site.Issuer ? claims : throw Refused();
    }

    private static AccessTokenClaims Read(JsonWebToken token)
    {
        try
        {
            return JsonSerializer.Deserialize(token.PayloadUtf8.Span, AccessTokenJson.Default.AccessTokenClaims)
                ?? throw Refused();
        }
        catch (JsonException)
        {
            throw Refused();
        }
    }

    /// <summary>The key of this id; for a version not seen before Vault is asked again, at most every 10 s.</summary>
    private async ValueTask<ECDsa?> FindKeyAsync(string kid, CancellationToken cancellationToken)
    {
        if (!kid.StartsWith(KeyIdPrefix, StringComparison.Ordinal)
            || !int.TryParse(
                kid.AsSpan(KeyIdPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int version))
        {
            return null;
        }

        byte[]? publicKey = (await vault.ReadPublicKeysAsync(TransitKey, cancellationToken)).GetValueOrDefault(version)
            ?? (await vault.ReadPublicKeysAsync(TransitKey, forceFresh: true, cancellationToken))
                .GetValueOrDefault(version);
        return publicKey is null ? null : Import(version, publicKey);
    }

    private ECDsa Import(int version, byte[] publicKey)
    {
        if (_imported.TryGetValue(version, out (byte[] PublicKey, ECDsa Key) known)
            && known.PublicKey.AsSpan().SequenceEqual(publicKey))
        {
            return known.Key;
        }

        ECDsa key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        _imported[version] = (publicKey, key);
        return key;
    }

    private static FailureException Refused() =>
        new(FailureCode.Unauthenticated, "The access token is missing, malformed, foreign or expired.");
}
