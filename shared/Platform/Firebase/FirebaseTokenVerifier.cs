using System.Security.Cryptography;
using System.Text.Json;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.Firebase;

/// <summary>Verifies Firebase ID tokens: who signed in, proven by Google's signature.</summary>
/// <remarks>
/// The checks and their order are the Admin SDK's (content first, then the signature), with <c>iat</c> and
/// <c>auth_time</c> in the past as the "Verify ID tokens" page demands. The content is judged before the signature only
/// to spare a key lookup: nothing is believed until both hold. Revocation is <see cref="FirebaseClient"/>'s to check.
/// </remarks>
public sealed class FirebaseTokenVerifier : IDisposable
{
    /// <summary>How far a token's past may lie in our future; an end has no such allowance.</summary>
    public static readonly TimeSpan ClockSkewMax = TimeSpan.FromMinutes(5);

    private const int SubjectCharactersMax = 128;
    private readonly FirebaseOptions _options;
    private readonly FirebaseKeys _keys;
    private readonly TimeProvider _clock;

    /// <summary>A verifier that owns <paramref name="http"/> and fetches keys when a token first needs them.</summary>
    /// <param name="options">The project.</param>
    /// <param name="http">Reaches the key set.</param>
    /// <param name="clock">Tells the time that tokens are judged by.</param>
    /// <param name="cache">Keeps the key set between processes; null for memory alone.</param>
    public FirebaseTokenVerifier(
        FirebaseOptions options, OutboundHttp http, TimeProvider clock, FirebaseKeyCache? cache)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _clock) = (options, clock);
        _keys = new FirebaseKeys(options.KeysUrl!, http, clock, cache);
    }

    /// <summary>Reads the keys now, so that the first token need not wait for them.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: Google did not give them.</exception>
    public Task PrewarmAsync(CancellationToken cancellationToken) => _keys.PrewarmAsync(cancellationToken);

    /// <summary>The identity that <paramref name="idToken"/> proves.</summary>
    /// <exception cref="FailureException">
    /// <c>sign_in_refused</c>: not a valid, current ID token of this project; <c>upstream_unavailable</c>: no keys.
    /// </exception>
    public async Task<FirebaseIdentity> VerifyAsync(string idToken, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        if (!JsonWebToken.TryParse(idToken, out JsonWebToken? token))
            throw FirebaseFailures.Refused("not a compact token");

        string kid = token.Header.Kid ?? throw FirebaseFailures.Refused("no key id");
        if (token.Header.Alg != "RS256")
            throw FirebaseFailures.Refused("another algorithm");

        FirebaseMessages.Claims claims = ReadClaims(token);
        RefuseForeign(claims);
        RSAParameters parameters = await _keys.FindAsync(kid, cancellationToken)
            ?? throw FirebaseFailures.Refused("unknown key id");
        RefuseForged(token, parameters);
        RefuseUntimely(claims, now);
        return new FirebaseIdentity(
            claims.Subject!,
            claims.Email,
            claims.EmailVerified ?? false,
            DateTimeOffset.FromUnixTimeSeconds(claims.AuthTimeSeconds!.Value),
            claims.Firebase?.SignInProvider ?? string.Empty,
            DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAtSeconds!.Value));
    }

    /// <inheritdoc/>
    public void Dispose() => _keys.Dispose();

    private static FirebaseMessages.Claims ReadClaims(JsonWebToken token)
    {
        try
        {
            return JsonSerializer.Deserialize(token.PayloadUtf8.Span, FirebaseJson.Default.Claims)
                ?? throw FirebaseFailures.Refused("no claims");
        }
        catch (JsonException)
        {
            throw FirebaseFailures.Refused("malformed claims");
        }
    }

    private void RefuseForeign(FirebaseMessages.Claims claims)
    {
        if (claims.Audience is null || claims.Audience != _options.ProjectId)
            throw FirebaseFailures.Refused("another audience");

        if (claims.Issuer != $"https://securetoken.google.com/{_options.ProjectId}")
            throw FirebaseFailures.Refused("another issuer");

        if (claims.Subject is not { Length: > 0 and <= SubjectCharactersMax })
            throw FirebaseFailures.Refused("no subject, or one too long");

        // Tenants share the project's audience and issuer, but not its users.
        if (claims.Firebase?.Tenant != _options.TenantId)
            throw FirebaseFailures.Refused("another tenant");
    }

    private static void RefuseForged(JsonWebToken token, RSAParameters parameters)
    {
        bool isGenuine;
        try
        {
            using RSA key = RSA.Create(parameters);
            isGenuine = token.VerifyRs256(key);
        }
        catch (CryptographicException exception)
        {
            throw new FailureException(FirebaseFailures.Unreadable("the key set").Failure, exception);
        }

        if (!isGenuine)
            throw FirebaseFailures.Refused("signature mismatch");
    }

    private static void RefuseUntimely(FirebaseMessages.Claims claims, DateTimeOffset now)
    {
        long nowSeconds = now.ToUnixTimeSeconds();
        long pastMax = nowSeconds + (long)ClockSkewMax.TotalSeconds;
        if (claims.ExpiresAtSeconds is not { } expiresAt || expiresAt <= nowSeconds)
            throw FirebaseFailures.Expired();

        // A day is far beyond the hour that tokens live; it also keeps the number within what a date can hold.
        if (expiresAt > nowSeconds + 86_400)
            throw FirebaseFailures.Refused("it ends too late");

        if (claims.IssuedAtSeconds is not { } issuedAt || issuedAt > pastMax)
            throw FirebaseFailures.Refused("issued in the future");

        if (claims.AuthTimeSeconds is not { } authTime || authTime > pastMax || authTime < 0)
            throw FirebaseFailures.Refused("authenticated in the future");
    }
}
