using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Souk.Domain.Failures;
using Souk.Platform.Http;
using Souk.Platform.Vault;

namespace Souk.Platform.Firebase;

/// <summary>Asks Firebase, as its service account, whether a user may still sign in.</summary>
/// <remarks>
/// The access token comes from a signed assertion (RFC 7523) and is kept until two thirds of its hour; one that is
/// refused is replaced once. Source: Identity Toolkit REST, <c>accounts:lookup</c>; the Admin SDK's revocation check.
/// </remarks>
public sealed class FirebaseClient : IDisposable
{
    /// <summary>The least that <c>accounts:lookup</c> needs.</summary>
    private const string Scope = "https://www.googleapis.com/auth/identitytoolkit";
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static readonly TimeSpan AssertionLifetime = TimeSpan.FromHours(1);

    private readonly FirebaseOptions _options;
    private readonly OutboundHttp _http;
    private readonly Func<CancellationToken, Task<string>> _readServiceAccount;
    private readonly TimeProvider _clock;
    private readonly LeasedValue<Bearer> _bearer;

    /// <summary>A client that owns <paramref name="http"/> and dials nothing until it is used.</summary>
    /// <param name="options">The project.</param>
    /// <param name="http">Reaches Google.</param>
    /// <param name="readServiceAccount">The service account's JSON, read anew for each access token.</param>
    /// <param name="clock">Tells the time that assertions and access tokens are dated by.</param>
    public FirebaseClient(
        FirebaseOptions options,
        OutboundHttp http,
        Func<CancellationToken, Task<string>> readServiceAccount,
        TimeProvider clock)
    {
        (_options, _http, _readServiceAccount, _clock) = (options, http, readServiceAccount, clock);
        _bearer = new LeasedValue<Bearer>((_, cancellationToken) => LogInAsync(cancellationToken), clock);
    }

    /// <summary>Gets the access token now, so that the first sign-in need not wait for it.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: no account, or Google is away.</exception>
    public async Task PrewarmAsync(CancellationToken cancellationToken) =>
        await _bearer.GetAsync(refused: null, cancellationToken);

    /// <summary>Passes when the user exists, is not disabled, and authenticated after the last revocation.</summary>
    /// <exception cref="FailureException">
    /// <c>session_revoked</c>: disabled, deleted or revoked; <c>upstream_unavailable</c>: Google is away.
    /// </exception>
    public async Task RefuseRevokedAsync(FirebaseIdentity identity, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(identity);
        FirebaseMessages.LookupAnswer answer = await LookUpAsync(identity.Uid, cancellationToken);
        FirebaseMessages.User? user = Array.Find(answer.Users ?? [], user => user.LocalId == identity.Uid);
        if (user is null)
            throw FirebaseFailures.Revoked("deleted");

        if (user.Disabled ?? false)
            throw FirebaseFailures.Revoked("disabled");

        if (user.ValidSince is null)
            return;

        if (!long.TryParse(user.ValidSince, NumberStyles.None, CultureInfo.InvariantCulture, out long validSince))
            throw FirebaseFailures.Unreadable("accounts:lookup");

        if (identity.AuthTime.ToUnixTimeSeconds() < validSince)
            throw FirebaseFailures.Revoked("revoked its sign-ins");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _bearer.Dispose();
    }

    private async Task<FirebaseMessages.LookupAnswer> LookUpAsync(string uid, CancellationToken cancellationToken)
    {
        string project = $"v1/projects/{Uri.EscapeDataString(_options.ProjectId!)}";
        string users = _options.TenantId is { } tenant ? $"{project}/tenants/{Uri.EscapeDataString(tenant)}" : project;
        Uri url = new(_options.IdentityUrl!, $"{users}/accounts:lookup");
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new FirebaseMessages.LookupRequest { LocalId = [uid] }, FirebaseJson.Default.LookupRequest);
        Bearer? held = _bearer.Current;
        Bearer bearer = await _bearer.GetAsync(refused: null, cancellationToken);
        using HttpResponseMessage first = await PostAsync(url, body, bearer, cancellationToken);
        if (!FirebaseFailures.IsBearerRefusal(first.StatusCode) || !ReferenceEquals(held, bearer))
            return await ReadAsync(first, "accounts:lookup", FirebaseJson.Default.LookupAnswer, cancellationToken);

        bearer = await _bearer.GetAsync(refused: bearer, cancellationToken);
        using HttpResponseMessage second = await PostAsync(url, body, bearer, cancellationToken);
        return await ReadAsync(second, "accounts:lookup", FirebaseJson.Default.LookupAnswer, cancellationToken);
    }

    private Task<HttpResponseMessage> PostAsync(
        Uri url, byte[] body, Bearer bearer, CancellationToken cancellationToken) =>
        SendAsync(
            () =>
            {
                HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer.Value);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                return request;
            },
            "accounts:lookup",
            cancellationToken);

    private async Task<SecretLease<Bearer>> LogInAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        string assertion = Sign(await _readServiceAccount(cancellationToken), now);
        byte[] form = Encoding.ASCII.GetBytes($"grant_type={Uri.EscapeDataString(GrantType)}&assertion={assertion}");
        using HttpResponseMessage response = await SendAsync(
            () =>
            {
                HttpRequestMessage request = new(HttpMethod.Post, _options.TokenUrl);
                request.Content = new ByteArrayContent(form);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
                return request;
            },
            "the token endpoint",
            cancellationToken);
        FirebaseMessages.TokenAnswer answer = await ReadAsync(
            response, "the token endpoint", FirebaseJson.Default.TokenAnswer, cancellationToken);
        return SecretLease.Begin(
            new Bearer(answer.AccessToken), now, TimeSpan.FromSeconds(Math.Max(1, answer.ExpiresInSeconds)));
    }

    private string Sign(string serviceAccountJson, DateTimeOffset now)
    {
        try
        {
            FirebaseMessages.ServiceAccount account =
                JsonSerializer.Deserialize(serviceAccountJson, FirebaseJson.Default.ServiceAccount)
                ?? throw FirebaseFailures.NoServiceAccount();
            FirebaseMessages.AssertionHeader header = new() { Kid = account.PrivateKeyId };
            FirebaseMessages.Assertion assertion = new()
            {
                Issuer = account.ClientEmail,
                Scope = Scope,
                Audience = _options.TokenUrl!.OriginalString,
                IssuedAtSeconds = now.ToUnixTimeSeconds(),
                ExpiresAtSeconds = (now + AssertionLifetime).ToUnixTimeSeconds(),
            };
            string input = JsonWebToken.ComposeSigningInput(
                JsonSerializer.SerializeToUtf8Bytes(header, FirebaseJson.Default.AssertionHeader),
                JsonSerializer.SerializeToUtf8Bytes(assertion, FirebaseJson.Default.Assertion));
            using RSA key = RSA.Create();
            key.ImportFromPem(account.PrivateKey);
            return JsonWebToken.Compose(
                input,
                key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or CryptographicException)
        {
            // Their messages may quote the key.
            throw FirebaseFailures.NoServiceAccount();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> request, string call, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (OutboundLostException exception)
        {
            throw FirebaseFailures.Lost(call, exception);
        }
    }

    private static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, string call, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
            throw FirebaseFailures.Of(response.StatusCode, call);

        try
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return JsonSerializer.Deserialize(body, type) ?? throw FirebaseFailures.Unreadable(call);
        }
        catch (JsonException)
        {
            throw FirebaseFailures.Unreadable(call);
        }
    }

    /// <summary>An access token that never prints itself.</summary>
    private sealed class Bearer(string value)
    {
        public string Value { get; } = value;

        public override string ToString() => "Bearer(redacted)";
    }
}
