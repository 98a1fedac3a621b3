using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Souk.Platform.Vault;

/// <summary>A Vault token; its shape means nothing and it never prints itself.</summary>
internal sealed class VaultToken(string value, bool isRenewable, long leaseSeconds)
{
    public string Value { get; } = value;

    public bool IsRenewable { get; } = isRenewable;

    /// <summary>The lease it was last granted, in seconds; 0 is without end.</summary>
    public long LeaseSeconds { get; } = leaseSeconds;

    public override string ToString() => "VaultToken(redacted)";
}

/// <summary>Sends one request to Vault, with or without a token.</summary>
internal delegate Task<HttpResponseMessage> VaultSend(
    HttpMethod method, string path, byte[]? body, VaultToken? token, CancellationToken cancellationToken);

/// <summary>The one token of a process: got at first use, renewed or replaced by the use that finds it due.</summary>
internal sealed partial class VaultLogin : IDisposable
{
    private const string RenewPath = "auth/token/renew-self";
    private const string LookupPath = "auth/token/lookup-self";
    private readonly VaultOptions _options;
    private readonly VaultSend _send;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly LeasedValue<VaultToken> _token;

    internal VaultLogin(VaultOptions options, VaultSend send, TimeProvider clock, ILogger logger)
    {
        (_options, _send, _clock, _logger) = (options, send, clock, logger);
        _token = new LeasedValue<VaultToken>(RenewOrLogInAsync, clock);
    }

    /// <summary>The token in hand before a call asks for one; null before the first login.</summary>
    internal VaultToken? Held => _token.Current;

    public void Dispose() => _token.Dispose();

    internal ValueTask<VaultToken> GetAsync(VaultToken? refused, CancellationToken cancellationToken) =>
        _token.GetAsync(refused, cancellationToken);

    private async Task<SecretLease<VaultToken>> RenewOrLogInAsync(
        SecretLease<VaultToken>? due, CancellationToken cancellationToken)
    {
        if (due is { Value.IsRenewable: true } && await TryRenewAsync(due.Value, cancellationToken) is { } renewed)
            return renewed;

        SecretLease<VaultToken> lease = await LogInAsync(cancellationToken);
        Log.LoggedIn(_logger, _options.LoginMethod, lease.Value.LeaseSeconds);
        return lease;
    }

    /// <summary>The token with a new lease; null when Vault refuses, or grants less than half as before.</summary>
    /// <remarks>A shrinking grant means the token nears its maximal life, where only a login helps.</remarks>
    private async Task<SecretLease<VaultToken>?> TryRenewAsync(VaultToken token, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        using HttpResponseMessage response = await _send(
            HttpMethod.Post, RenewPath, "{}"u8.ToArray(), token, cancellationToken);
        if (!response.IsSuccessStatusCode && !VaultFailures.IsTransient(response.StatusCode))
            return null;

        VaultMessages.Auth auth = (await VaultClient.ReadAsync(
            response, RenewPath, VaultJson.Default.LoginAnswer, cancellationToken)).Auth;
        bool shrinks = auth.LeaseDuration < token.LeaseSeconds / 2;
        return shrinks && _options.LoginMethod != VaultLoginMethod.Token
            ? null
            : Begin(auth.ClientToken, auth.LeaseDuration, auth.Renewable, now);
    }

    private async Task<SecretLease<VaultToken>> LogInAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        if (_options.LoginMethod == VaultLoginMethod.Token)
            return await LookUpAsync(now, cancellationToken);

        (string path, byte[] body) = _options.LoginMethod == VaultLoginMethod.Kubernetes
            ? (_options.LoginPath ?? "auth/kubernetes/login", await KubernetesBodyAsync(cancellationToken))
            : (_options.LoginPath ?? "auth/approle/login", await AppRoleBodyAsync(cancellationToken));
        using HttpResponseMessage response = await _send(HttpMethod.Post, path, body, token: null, cancellationToken);
        VaultMessages.Auth auth = (await VaultClient.ReadAsync(
            response, path, VaultJson.Default.LoginAnswer, cancellationToken)).Auth;
        return Begin(auth.ClientToken, auth.LeaseDuration, auth.Renewable, now);
    }

    /// <summary>A given token's own lease: it may be renewed, but once refused there is no other.</summary>
    private async Task<SecretLease<VaultToken>> LookUpAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        VaultToken given = new(_options.Token!, isRenewable: false, leaseSeconds: 0);
        using HttpResponseMessage response = await _send(
            HttpMethod.Get, LookupPath, body: null, given, cancellationToken);
        VaultMessages.Lookup found = (await VaultClient.ReadAsync(
            response, LookupPath, VaultJson.Default.LookupAnswer, cancellationToken)).Data;
        return Begin(given.Value, found.Ttl, found.Renewable, now);
    }

    private async Task<byte[]> KubernetesBodyAsync(CancellationToken cancellationToken) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new VaultMessages.KubernetesLogin
            {
                Role = _options.Role!,
                Jwt = await ReadFileAsync(_options.TokenPath, cancellationToken),
            },
            VaultJson.Default.KubernetesLogin);

    private async Task<byte[]> AppRoleBodyAsync(CancellationToken cancellationToken) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new VaultMessages.AppRoleLogin
            {
                RoleId = _options.RoleId!,
                SecretId = await ReadFileAsync(_options.SecretIdPath!, cancellationToken),
            },
            VaultJson.Default.AppRoleLogin);

    private static async Task<string> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw VaultFailures.NoCredential(path, exception);
        }
    }

    private static SecretLease<VaultToken> Begin(
        string token, long leaseSeconds, bool isRenewable, DateTimeOffset now) =>
        SecretLease.Begin(
            new VaultToken(token, isRenewable, leaseSeconds), now, TimeSpan.FromSeconds(leaseSeconds));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Logged in to Vault by {LoginMethod} for {LeaseSeconds} s.")]
        internal static partial void LoggedIn(ILogger logger, VaultLoginMethod loginMethod, long leaseSeconds);
    }
}
