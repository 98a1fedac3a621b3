using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>One transit key with all its versions.</summary>
internal sealed class VaultTransitKey : IDisposable
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly List<object> _versions = [];
    private int _minDecryptionVersion = 1;

    public VaultTransitKey(string type)
    {
        if (type is not ("aes256-gcm96" or "ecdsa-p256" or "rsa-2048"))
            throw VaultRefusalException.Invalid($"unknown key type {type}");

        Type = type;
        Rotate();
    }

    public string Type { get; }

    public bool IsSigner => Type != "aes256-gcm96";

    public void Dispose()
    {
        foreach (IDisposable version in _versions.OfType<IDisposable>())
            version.Dispose();
    }

    public void Rotate() => _versions.Add(Type switch
    {
        "ecdsa-p256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "rsa-2048" => RSA.Create(2048),
        _ => RandomNumberGenerator.GetBytes(32),
    });

    public void SetMinDecryptionVersion(int version)
    {
        if (version > _versions.Count)
        {
            throw VaultRefusalException.Invalid(
                $"cannot set min decryption version of {version}, latest key version is {_versions.Count}");
        }

        _minDecryptionVersion = Math.Max(1, version);
    }

    /// <summary>The version that encrypts or signs; 0 asks for the newest.</summary>
    public int ChooseVersion(int wished) => wished switch
    {
        0 => _versions.Count,
        < 0 => throw VaultRefusalException.Invalid("requested version for encryption is negative"),
        _ when wished > _versions.Count => throw VaultRefusalException.Invalid(
            "requested version for encryption is higher than the latest key version"),
        _ when wished < _minDecryptionVersion => throw VaultRefusalException.Invalid(
            "requested version for encryption is less than the minimum encryption key version"),
        _ => wished,
    };

    /// <summary>Takes <c>vault:v3:…</c> apart and refuses versions that are too new or too old.</summary>
    public (int Version, string Text) Split(string value, string kind)
    {
        string[] parts = value.Split(':');
        if (parts.Length != 3 || parts[0] != "vault" || !parts[1].StartsWith('v'))
            throw VaultRefusalException.Invalid($"invalid {kind}: no prefix");

        if (!int.TryParse(parts[1].AsSpan(1), CultureInfo.InvariantCulture, out int version) || version < 1)
            throw VaultRefusalException.Invalid($"invalid {kind}: version number could not be decoded");

        if (version > _versions.Count)
            throw VaultRefusalException.Invalid($"invalid {kind}: version is too new");

        return version < _minDecryptionVersion
            ? throw VaultRefusalException.Invalid("ciphertext or signature version is disallowed by policy (too old)")
            : (version, parts[2]);
    }

    public string Encrypt(int version, byte[] plaintext, byte[] associatedData)
    {
        byte[] sealedOctets = new byte[NonceBytes + plaintext.Length + TagBytes];
        Span<byte> nonce = sealedOctets.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm aes = Aes(version);
        aes.Encrypt(
            nonce,
            plaintext,
            sealedOctets.AsSpan(NonceBytes, plaintext.Length),
            sealedOctets.AsSpan(NonceBytes + plaintext.Length),
            associatedData);
        return string.Create(CultureInfo.InvariantCulture, $"vault:v{version}:{Convert.ToBase64String(sealedOctets)}");
    }

    public byte[] Decrypt(string ciphertext, byte[] associatedData)
    {
        (int version, string text) = Split(ciphertext, "ciphertext");
        using AesGcm aes = Aes(version);
        try
        {
            byte[] octets = Convert.FromBase64String(text);
            byte[] plaintext = new byte[octets.Length - NonceBytes - TagBytes];
            aes.Decrypt(
                octets.AsSpan(0, NonceBytes),
                octets.AsSpan(NonceBytes, plaintext.Length),
                octets.AsSpan(NonceBytes + plaintext.Length),
                plaintext,
                associatedData);
            return plaintext;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or CryptographicException)
        {
            throw VaultRefusalException.Invalid("invalid ciphertext: unable to decrypt");
        }
    }

    public byte[] Sign(int version, byte[] digest, HashAlgorithmName hash, bool isPkcs1, bool isJws) =>
        _versions[version - 1] switch
        {
            ECDsa key => key.SignHash(digest, Format(isJws)),
            RSA key => key.SignHash(digest, hash, Padding(isPkcs1)),
            _ => throw VaultRefusalException.Invalid($"key type {Type} does not support signing"),
        };

    public bool Verify(
        int version, byte[] digest, byte[] signature, HashAlgorithmName hash, bool isPkcs1, bool isJws) =>
        _versions[version - 1] switch
        {
            ECDsa key => key.VerifyHash(digest, signature, Format(isJws)),
            RSA key => key.VerifyHash(digest, signature, hash, Padding(isPkcs1)),
            _ => throw VaultRefusalException.Invalid($"key type {Type} does not support verification"),
        };

    public JsonObject Describe(string name)
    {
        JsonObject versions = [];
        for (int number = _minDecryptionVersion; number <= _versions.Count; number++)
        {
            // Of a symmetric key only the creation time is told, in seconds.
            versions[number.ToString(CultureInfo.InvariantCulture)] = _versions[number - 1] switch
            {
                ECDsa key => Describe("P-256", key.ExportSubjectPublicKeyInfoPem()),
                RSA key => Describe("rsa-2048", key.ExportSubjectPublicKeyInfoPem()),
                _ => 1_700_000_000L,
            };
        }

        return new JsonObject
        {
            ["name"] = name,
            ["type"] = Type,
            ["keys"] = versions,
            ["latest_version"] = _versions.Count,
            ["min_available_version"] = 0,
            ["min_decryption_version"] = _minDecryptionVersion,
            ["min_encryption_version"] = 0,
            ["derived"] = false,
            ["exportable"] = false,
            ["deletion_allowed"] = false,
            ["allow_plaintext_backup"] = false,
            ["supports_encryption"] = !IsSigner,
            ["supports_decryption"] = !IsSigner,
            ["supports_signing"] = IsSigner,
            ["supports_derivation"] = !IsSigner,
        };
    }

    private static JsonObject Describe(string name, string publicKeyPem) => new()
    {
        ["name"] = name,
        ["public_key"] = publicKeyPem + "\n",
        ["creation_time"] = "2026-01-01T00:00:00Z",
    };

    private AesGcm Aes(int version) => _versions[version - 1] is byte[] octets
        ? new AesGcm(octets, TagBytes)
        : throw VaultRefusalException.Invalid($"message encryption not supported for key type {Type}");

    private static DSASignatureFormat Format(bool isJws) =>
        isJws ? DSASignatureFormat.IeeeP1363FixedFieldConcatenation : DSASignatureFormat.Rfc3279DerSequence;

    private static RSASignaturePadding Padding(bool isPkcs1) =>
        isPkcs1 ? RSASignaturePadding.Pkcs1 : RSASignaturePadding.Pss;
}
