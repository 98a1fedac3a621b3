using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Souk.Domain.Failures;

namespace Souk.Platform.Vault;

/// <summary>The public halves of a transit key, by version, and when they were read.</summary>
internal sealed record VaultPublicKeys(IReadOnlyDictionary<int, byte[]> ByVersion, DateTimeOffset ReadAt);

/// <summary>The transit engine: keys that never leave Vault. Source: Vault HTTP API, <c>/transit</c>.</summary>
public sealed partial class VaultClient
{
    /// <summary>How often at most an unknown version makes us ask again: forged tokens name what they like.</summary>
    internal static readonly TimeSpan PublicKeysPause = TimeSpan.FromSeconds(10);

    private const int DataKeyBits = 256;

    /// <summary>Signs with the newest version of <paramref name="key"/>.</summary>
    /// <inheritdoc cref="SignAsync(string, ReadOnlyMemory{byte}, int, CancellationToken)"/>
    public Task<byte[]> SignAsync(string key, ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
        SignOnceAsync(key, input, keyVersion: null, cancellationToken);

    /// <summary>Signs SHA-256 of <paramref name="input"/> with one version of <paramref name="key"/>.</summary>
    /// <param name="key">The transit key's name.</param>
    /// <param name="input">What is signed, before hashing.</param>
    /// <param name="keyVersion">Which version signs, so that a token can name it in the header that is signed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For ecdsa-p256 the 64 octets r ‖ s (RFC 7518 section 3.4); for RSA the PSS signature.</returns>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: unknown, denied, or Vault is away.</exception>
    public Task<byte[]> SignAsync(
        string key, ReadOnlyMemory<byte> input, int keyVersion, CancellationToken cancellationToken) =>
        SignOnceAsync(key, input, keyVersion, cancellationToken);

    /// <summary>Whether the signature, made by <c>SignAsync</c>, is by this version of the key.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: unknown, denied, or Vault is away.</exception>
    public async Task<bool> VerifyAsync(
        string key,
        ReadOnlyMemory<byte> input,
        ReadOnlyMemory<byte> signature,
        int keyVersion,
        CancellationToken cancellationToken)
    {
        VaultMessages.VerifyRequest request = new()
        {
            Input = Convert.ToBase64String(input.Span),
            Signature = string.Create(
                CultureInfo.InvariantCulture, $"vault:v{keyVersion}:{Base64Url.EncodeToString(signature.Span)}"),
        };
        string path = TransitPath("verify", key);
        VaultMessages.Transit answer = await TransitAsync(
            path, request, VaultJson.Default.VerifyRequest, cancellationToken);
        return answer.Valid ?? throw VaultFailures.Unreadable(path);
    }

    /// <summary>The public halves of a key as SubjectPublicKeyInfo DER, by version; the highest is newest.</summary>
    /// <inheritdoc cref="ReadPublicKeysAsync(string, bool, CancellationToken)" path="/exception"/>
    public Task<IReadOnlyDictionary<int, byte[]>> ReadPublicKeysAsync(
        string key, CancellationToken cancellationToken) =>
        ReadPublicKeysAsync(key, forceFresh: false, cancellationToken);

    /// <summary>The public halves of an asymmetric key as SubjectPublicKeyInfo DER, by version.</summary>
    /// <param name="key">The transit key's name.</param>
    /// <param name="forceFresh">True after a token named an absent version; honoured every 10 s at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: unknown, denied, or Vault is away.</exception>
    public async Task<IReadOnlyDictionary<int, byte[]>> ReadPublicKeysAsync(
        string key, bool forceFresh, CancellationToken cancellationToken)
    {
        LeasedValue<VaultPublicKeys> leased = Leased(_publicKeys, key, ReadPublicKeysOnceAsync);
        VaultPublicKeys? refused = forceFresh && leased.Current is { } current
            && _clock.GetUtcNow() - current.ReadAt >= PublicKeysPause
            ? current
            : null;
        return (await leased.GetAsync(refused, cancellationToken)).ByVersion;
    }

    /// <summary>Encrypts with the newest version of the key; the answer starts with <c>vault:v</c>.</summary>
    /// <param name="key">The transit key's name.</param>
    /// <param name="plaintext">What is encrypted.</param>
    /// <param name="associatedData">What it belongs to, such as a row's id; decryption demands the same.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: unknown, denied, or Vault is away.</exception>
    public async Task<string> EncryptAsync(
        string key,
        ReadOnlyMemory<byte> plaintext,
        ReadOnlyMemory<byte> associatedData,
        CancellationToken cancellationToken)
    {
        VaultMessages.CipherRequest request = new()
        {
            Plaintext = Convert.ToBase64String(plaintext.Span),
            AssociatedData = OptionalBase64(associatedData),
        };
        string path = TransitPath("encrypt", key);
        VaultMessages.Transit answer = await TransitAsync(
            path, request, VaultJson.Default.CipherRequest, cancellationToken);
        return answer.Ciphertext ?? throw VaultFailures.Unreadable(path);
    }

    /// <summary>Decrypts what <see cref="EncryptAsync"/> answered, given the same associated data.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: not ours, denied, or Vault is away.</exception>
    public async Task<byte[]> DecryptAsync(
        string key, string ciphertext, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken)
    {
        VaultMessages.CipherRequest request = new()
        {
            Ciphertext = ciphertext,
            AssociatedData = OptionalBase64(associatedData),
        };
        string path = TransitPath("decrypt", key);
        VaultMessages.Transit answer = await TransitAsync(
            path, request, VaultJson.Default.CipherRequest, cancellationToken);
        return Decode(answer.Plaintext, path);
    }

    /// <summary>A new 256-bit key to encrypt something large with, and its wrapped form.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: unknown, denied, or Vault is away.</exception>
    public async Task<VaultDataKey> CreateDataKeyAsync(string key, CancellationToken cancellationToken)
    {
        string path = TransitPath("datakey/plaintext", key);
        VaultMessages.Transit answer = await TransitAsync(
            path,
            new VaultMessages.CipherRequest { Bits = DataKeyBits },
            VaultJson.Default.CipherRequest,
            cancellationToken);
        return new VaultDataKey(
            Decode(answer.Plaintext, path), answer.Ciphertext ?? throw VaultFailures.Unreadable(path));
    }

    private async Task<byte[]> SignOnceAsync(
        string key, ReadOnlyMemory<byte> input, int? keyVersion, CancellationToken cancellationToken)
    {
        VaultMessages.SignRequest request = new()
        {
            Input = Convert.ToBase64String(input.Span),
            KeyVersion = keyVersion,
        };

        // The hash is named in the body and not in the path, so that a policy can name the path exactly.
        string path = TransitPath("sign", key);
        VaultMessages.Transit answer = await TransitAsync(
            path, request, VaultJson.Default.SignRequest, cancellationToken);

        // vault:v<version>:<base64url>; a proxy that answered for another version would void the token's key id.
        string[] parts = (answer.Signature ?? string.Empty).Split(':');
        string? wanted = keyVersion is null ? null : string.Create(CultureInfo.InvariantCulture, $"v{keyVersion}");
        if (parts.Length != 3 || !Base64Url.IsValid(parts[2]) || (wanted is not null && parts[1] != wanted))
            throw VaultFailures.Unreadable(path);

        return Base64Url.DecodeFromChars(parts[2]);
    }

    private async Task<SecretLease<VaultPublicKeys>> ReadPublicKeysOnceAsync(
        string key, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        string path = TransitPath("keys", key);
        VaultMessages.KeysAnswer answer = await CallAsync(
            HttpMethod.Get, path, body: null, VaultJson.Default.KeysAnswer, cancellationToken);
        Dictionary<int, byte[]> byVersion = [];
        foreach ((string name, VaultMessages.KeyVersion version) in answer.Data.Versions)
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                || !PemEncoding.TryFind(version.PublicKey, out PemFields fields)
                || version.PublicKey[fields.Label] != "PUBLIC KEY")
            {
                throw VaultFailures.Unreadable(path);
            }

            byVersion[number] = Convert.FromBase64String(version.PublicKey[fields.Base64Data]);
        }

        return SecretLease.Begin(new VaultPublicKeys(byVersion, now), now, _options.KvLifetime);
    }

    private async Task<VaultMessages.Transit> TransitAsync<TRequest>(
        string path, TRequest request, JsonTypeInfo<TRequest> type, CancellationToken cancellationToken) =>
        (await CallAsync(
            HttpMethod.Post,
            path,
            JsonSerializer.SerializeToUtf8Bytes(request, type),
            VaultJson.Default.TransitAnswer,
            cancellationToken)).Data;

    private string TransitPath(string operation, string key) =>
        $"{_options.TransitMount}/{operation}/{EscapePath(key)}";

    private static string? OptionalBase64(ReadOnlyMemory<byte> octets) =>
        octets.IsEmpty ? null : Convert.ToBase64String(octets.Span);

    private static byte[] Decode(string? base64, string path)
    {
        byte[] octets = new byte[(base64 ?? string.Empty).Length];
        return Convert.TryFromBase64String(base64 ?? string.Empty, octets, out int written) && base64 is not null
            ? octets[..written]
            : throw VaultFailures.Unreadable(path);
    }
}
