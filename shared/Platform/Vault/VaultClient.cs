using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.Vault;

/// <summary>Reads secrets and database credentials from Vault or OpenBao, and has transit sign and encrypt.</summary>
/// <remarks>
/// Logs in at the first call and shares the token; two thirds through its lease the next call renews it, or logs in
/// anew. A token that Vault refuses is replaced once, then the call fails. To prewarm, start a read and await it later:
/// a read of any path logs in. Every failure is <c>upstream_unavailable</c>. Source: Vault HTTP API, <c>/v1</c>.
/// </remarks>
public sealed partial class VaultClient : IDisposable
{
    private readonly VaultOptions _options;
    private readonly OutboundHttp _http;
    private readonly TimeProvider _clock;
    private readonly VaultLogin _login;
    private readonly ConcurrentDictionary<string, LeasedValue<VaultSecret>> _secrets = new();
    private readonly ConcurrentDictionary<string, LeasedValue<DatabaseCredential>> _credentials = new();
    private readonly ConcurrentDictionary<string, LeasedValue<VaultPublicKeys>> _publicKeys = new();

    /// <summary>A client that owns <paramref name="http"/>.</summary>
    public VaultClient(VaultOptions options, OutboundHttp http, TimeProvider clock, ILogger<VaultClient> logger)
    {
        (_options, _http, _clock) = (options, http, clock);
        _login = new VaultLogin(options, SendAsync, clock, logger);
    }

    /// <summary>The KV version 2 secret at this path below the KV mount, at most its lifetime old.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: absent, denied, or Vault is away.</exception>
    public Task<VaultSecret> ReadKvAsync(string path, CancellationToken cancellationToken) =>
        Leased(_secrets, path, ReadKvOnceAsync).GetAsync(refused: null, cancellationToken).AsTask();

    /// <summary>The user and password of a static database role, at most as old as Vault's next rotation.</summary>
    /// <inheritdoc cref="ReadDatabaseCredentialAsync(string, bool, CancellationToken)" path="/exception"/>
    public Task<DatabaseCredential> ReadDatabaseCredentialAsync(string role, CancellationToken cancellationToken) =>
        ReadDatabaseCredentialAsync(role, forceFresh: false, cancellationToken);

    /// <summary>The user and password of a static database role.</summary>
    /// <param name="role">The database role's name.</param>
    /// <param name="forceFresh">True after the database refused the password in hand (SQLSTATE 28P01).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: unknown, denied, or Vault is away.</exception>
    public Task<DatabaseCredential> ReadDatabaseCredentialAsync(
        string role, bool forceFresh, CancellationToken cancellationToken)
    {
        LeasedValue<DatabaseCredential> leased = Leased(_credentials, role, ReadCredentialOnceAsync);
        return leased.GetAsync(forceFresh ? leased.Current : null, cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _login.Dispose();
        foreach (LeasedValue<VaultSecret> secret in _secrets.Values)
            secret.Dispose();
        foreach (LeasedValue<DatabaseCredential> credential in _credentials.Values)
            credential.Dispose();
        foreach (LeasedValue<VaultPublicKeys> keys in _publicKeys.Values)
            keys.Dispose();
    }

    private LeasedValue<T> Leased<T>(
        ConcurrentDictionary<string, LeasedValue<T>> all,
        string name,
        Func<string, CancellationToken, Task<SecretLease<T>>> read)
        where T : class =>
        all.GetOrAdd(name, key => new LeasedValue<T>((_, cancellationToken) => read(key, cancellationToken), _clock));

    private async Task<SecretLease<VaultSecret>> ReadKvOnceAsync(string path, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        VaultMessages.KvAnswer answer = await CallAsync(
            HttpMethod.Get,
            $"{_options.KvMount}/data/{EscapePath(path)}",
            body: null,
            VaultJson.Default.KvAnswer,
            cancellationToken);

        // A value that is not text (a nested object, a number) is handed out as the JSON it is.
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach ((string name, JsonElement value) in answer.Data.Data)
            values[name] = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        VaultSecret secret = new(path, answer.Data.Metadata.Version, values);
        return SecretLease.Begin(secret, now, _options.KvLifetime);
    }

    private async Task<SecretLease<DatabaseCredential>> ReadCredentialOnceAsync(
        string role, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        VaultMessages.StaticCredential answer = (await CallAsync(
            HttpMethod.Get,
            $"{_options.DatabaseMount}/static-creds/{EscapePath(role)}",
            body: null,
            VaultJson.Default.StaticCredentialAnswer,
            cancellationToken)).Data;

        // In the second before a rotation Vault says 0, which here must not stand for "without end".
        TimeSpan lifetime = TimeSpan.FromSeconds(Math.Max(1, answer.Ttl));
        return SecretLease.Begin(
            new DatabaseCredential(answer.Username, answer.Password), now, lifetime);
    }

    /// <summary>One authenticated call; a token refused in it is replaced once.</summary>
    private async Task<T> CallAsync<T>(
        HttpMethod method, string path, byte[]? body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        VaultToken? held = _login.Held;
        VaultToken token = await _login.GetAsync(refused: null, cancellationToken);
        using HttpResponseMessage first = await SendAsync(method, path, body, token, cancellationToken);
        if (!VaultFailures.IsTokenRefusal(first.StatusCode) || !ReferenceEquals(held, token))
            return await ReadAsync(first, path, type, cancellationToken);

        // A token from before this call may have been revoked or have lapsed; a new one that is refused was denied.
        token = await _login.GetAsync(refused: token, cancellationToken);
        using HttpResponseMessage second = await SendAsync(method, path, body, token, cancellationToken);
        return await ReadAsync(second, path, type, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, byte[]? body, VaultToken? token, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(() => NewRequest(method, path, body, token), cancellationToken);
        }
        catch (OutboundLostException exception)
        {
            throw VaultFailures.Lost(path, exception);
        }
    }

    private HttpRequestMessage NewRequest(HttpMethod method, string path, byte[]? body, VaultToken? token)
    {
        HttpRequestMessage request = new(method, new Uri($"v1/{path}", UriKind.Relative));

        // An agent's listener may demand it: a forged request through a browser or a fetcher cannot carry it.
        request.Headers.Add("X-Vault-Request", "true");
        if (_options.Namespace is not null)
            request.Headers.Add("X-Vault-Namespace", _options.Namespace);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("X-Vault-Token", token.Value);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return request;
    }

    internal static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
            throw VaultFailures.Of(response.StatusCode, path);

        try
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return JsonSerializer.Deserialize(body, type) ?? throw VaultFailures.Unreadable(path);
        }
        catch (JsonException)
        {
            // Its message may quote the answer, which may hold the secret.
            throw VaultFailures.Unreadable(path);
        }
    }

    private static string EscapePath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
