using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Souk.Domain.Failures;
using Souk.Platform.Http;
using Souk.Platform.Vault;

namespace Souk.Platform.Firebase;

/// <summary>Where the key set may be kept between processes: one starting from zero need not ask Google.</summary>
/// <remarks>
/// Whoever can write there can sign people in: it must be as guarded as the database. Neither delegate may throw for
/// its own store's faults: reading answers null and writing forgets.
/// </remarks>
/// <param name="ReadAsync">The key set as it was written; null when there is none.</param>
/// <param name="WriteAsync">Keeps it until it expires.</param>
public sealed record FirebaseKeyCache(
    Func<CancellationToken, Task<FirebaseKeySet?>> ReadAsync,
    Func<FirebaseKeySet, CancellationToken, Task> WriteAsync);

/// <summary>Google's answer as it came, and until when it counts.</summary>
/// <param name="Json">The JWKS document.</param>
/// <param name="ExpiresAt">The end that <c>Cache-Control: max-age</c> gave it.</param>
public sealed record FirebaseKeySet(string Json, DateTimeOffset ExpiresAt);

/// <summary>The public keys of ID tokens by key id, kept as long as Google says.</summary>
/// <remarks>
/// RFC 7517; lifetimes by RFC 9111 <c>max-age</c> less <c>Age</c>. Nothing is imported until a token needs it. An
/// unknown key id asks Google again at most every <see cref="RefetchPause"/>: a forger can name what ids they like.
/// </remarks>
internal sealed class FirebaseKeys : IDisposable
{
    /// <summary>The least time between two fetches, and so the least lifetime of a key set.</summary>
    internal static readonly TimeSpan RefetchPause = TimeSpan.FromSeconds(30);

    // Google gives some six hours; a broken header must not pin a withdrawn key for longer than a day.
    private static readonly TimeSpan LifetimeMax = TimeSpan.FromDays(1);

    private readonly Uri _url;
    private readonly OutboundHttp _http;
    private readonly TimeProvider _clock;
    private readonly FirebaseKeyCache? _cache;
    private readonly LeasedValue<KeysById> _keys;

    internal FirebaseKeys(Uri url, OutboundHttp http, TimeProvider clock, FirebaseKeyCache? cache)
    {
        (_url, _http, _clock, _cache) = (url, http, clock, cache);
        _keys = new LeasedValue<KeysById>(ReadAsync, clock);
    }

    public void Dispose()
    {
        _http.Dispose();
        _keys.Dispose();
    }

    /// <summary>Has the keys in hand before the first token comes.</summary>
    internal async Task PrewarmAsync(CancellationToken cancellationToken) =>
        await _keys.GetAsync(refused: null, cancellationToken);

    /// <summary>The key of this id; null when Google knows none.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: the key set could not be read.</exception>
    internal async Task<RSAParameters?> FindAsync(string kid, CancellationToken cancellationToken)
    {
        KeysById keys = await _keys.GetAsync(refused: null, cancellationToken);
        if (keys.ByKid.TryGetValue(kid, out RSAParameters known))
            return known;

        if (_clock.GetUtcNow() - keys.FetchedAt < RefetchPause)
            return null;

        keys = await _keys.GetAsync(refused: keys, cancellationToken);
        return keys.ByKid.TryGetValue(kid, out RSAParameters found) ? found : null;
    }

    private async Task<SecretLease<KeysById>> ReadAsync(
        SecretLease<KeysById>? due, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.GetUtcNow();

        // Only a process that knows nothing yet asks the cache: one that met an unknown key id needs news.
        if (_cache is not null && _keys.Current is null
            && await _cache.ReadAsync(cancellationToken) is { } kept && kept.ExpiresAt > now
            && TryParse(kept.Json) is { } parsed)
        {
            return SecretLease.Begin(
                new KeysById(parsed, DateTimeOffset.MinValue), now, Clamp(kept.ExpiresAt - now));
        }

        (string json, TimeSpan lifetime) = await FetchAsync(cancellationToken);
        Dictionary<string, RSAParameters> byKid = TryParse(json) ?? throw FirebaseFailures.Unreadable("the key set");
        if (_cache is not null)
            await _cache.WriteAsync(new FirebaseKeySet(json, now + lifetime), cancellationToken);

        return SecretLease.Begin(new KeysById(byKid, now), now, lifetime);
    }

    private async Task<(string Json, TimeSpan Lifetime)> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(
                () => new HttpRequestMessage(HttpMethod.Get, _url), cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw FirebaseFailures.Of(response.StatusCode, "the key set");

            TimeSpan maxAge = response.Headers.CacheControl?.MaxAge ?? TimeSpan.Zero;
            TimeSpan age = response.Headers.Age ?? TimeSpan.Zero;
            return (await response.Content.ReadAsStringAsync(cancellationToken), Clamp(maxAge - age));
        }
        catch (OutboundLostException exception)
        {
            throw FirebaseFailures.Lost("the key set", exception);
        }
    }

    private static TimeSpan Clamp(TimeSpan lifetime) =>
        lifetime < RefetchPause ? RefetchPause : lifetime > LifetimeMax ? LifetimeMax : lifetime;

    /// <summary>The RS256 keys of a JWKS; null when it has none, as an error's body.</summary>
    private static Dictionary<string, RSAParameters>? TryParse(string json)
    {
        FirebaseMessages.KeySet? set;
        try
        {
            set = JsonSerializer.Deserialize(json, FirebaseJson.Default.KeySet);
        }
        catch (JsonException)
        {
            return null;
        }

        Dictionary<string, RSAParameters> byKid = new(StringComparer.Ordinal);
        foreach (FirebaseMessages.Key key in set?.Keys ?? [])
        {
            if (key is { Kid: { } kid, Kty: "RSA", Alg: null or "RS256", Use: null or "sig" }
                && key is { Modulus: { } modulus, Exponent: { } exponent }
                && Base64Url.IsValid(modulus) && Base64Url.IsValid(exponent))
            {
                byKid[kid] = new RSAParameters
                {
                    Modulus = Base64Url.DecodeFromChars(modulus),
                    Exponent = Base64Url.DecodeFromChars(exponent),
                };
            }
        }

        return byKid.Count > 0 ? byKid : null;
    }

    private sealed record KeysById(IReadOnlyDictionary<string, RSAParameters> ByKid, DateTimeOffset FetchedAt);
}
