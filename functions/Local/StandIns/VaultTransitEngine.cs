using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>Transit at <c>transit/</c>: keys with versions that encrypt, decrypt, sign and verify for real.</summary>
internal sealed class VaultTransitEngine : IDisposable
{
    private readonly Dictionary<string, VaultTransitKey> _keys = new(StringComparer.Ordinal);

    public void Dispose()
    {
        foreach (VaultTransitKey key in _keys.Values)
            key.Dispose();
    }

    /// <summary>Encrypting with an absent key creates it, which takes the capability to create.</summary>
    public bool Exists(VaultCall call) =>
        !call.TryBelow("encrypt", out VaultCall? encrypt) || _keys.ContainsKey(encrypt.Path);

    public void Create(string name, string type) => _keys.TryAdd(name, new VaultTransitKey(type));

    public void Rotate(string name) => _keys[name].Rotate();

    public void SetMinDecryptionVersion(string name, int version) => _keys[name].SetMinDecryptionVersion(version);

    public VaultReply Handle(VaultCall call)
    {
        if (call.TryBelow("keys", out VaultCall? keys))
            return HandleKeys(keys);

        int slash = call.Path.IndexOf('/', StringComparison.Ordinal);
        string verb = slash < 0 ? call.Path : call.Path[..slash];
        string rest = slash < 0 ? string.Empty : call.Path[(slash + 1)..];
        if (verb is not ("encrypt" or "decrypt" or "rewrap" or "datakey" or "sign" or "verify") || rest.Length == 0)
            throw VaultRefusalException.UnsupportedPath();

        if (call.Operation != VaultOperation.Write)
            throw VaultRefusalException.UnsupportedOperation();

        return VaultWire.Data(verb switch
        {
            "encrypt" => Encrypt(call, rest),
            "decrypt" => Decrypt(call, Get(rest, "encryption key not found")),
            "rewrap" => Rewrap(call, Get(rest, "encryption key not found")),
            "datakey" => DataKey(call, rest),
            "sign" => Sign(call, rest),
            _ => Verify(call, rest),
        });
    }

    private VaultReply HandleKeys(VaultCall call)
    {
        if (call.Operation == VaultOperation.List)
            return VaultWire.Data(new JsonObject { ["keys"] = VaultWire.Array(_keys.Keys) });

        string[] parts = call.Path.Split('/');
        switch (parts, call.Operation)
        {
            case ([string name], VaultOperation.Read):
                return VaultWire.Data(Get(name, null).Describe(name));
            case ([string name], VaultOperation.Write):
                Create(name, call.Text("type") ?? "aes256-gcm96");
                return VaultWire.Data(_keys[name].Describe(name));
            case ([string name, "rotate"], VaultOperation.Write):
                Get(name, "key not found").Rotate();
                return VaultWire.Data(_keys[name].Describe(name));
            case ([string name, "config"], VaultOperation.Write):
                if (call.Number("min_decryption_version") is { } version)
                    Get(name, "no existing key named " + name + " could be found").SetMinDecryptionVersion(version);
                return VaultWire.Data(Get(name, "no existing key named " + name + " could be found").Describe(name));
            case ([_] or [_, "rotate" or "config"], _):
                throw VaultRefusalException.UnsupportedOperation();
            default:
                throw VaultRefusalException.UnsupportedPath();
        }
    }

    private JsonObject Encrypt(VaultCall call, string name)
    {
        byte[] plaintext = Base64(Required(call, "plaintext", "missing plaintext to encrypt"));
        Create(name, call.Text("type") ?? "aes256-gcm96");
        VaultTransitKey key = _keys[name];
        int version = key.ChooseVersion(call.Number("key_version") ?? 0);
        return new JsonObject
        {
            ["ciphertext"] = key.Encrypt(version, plaintext, AssociatedData(call)),
            ["key_version"] = version,
        };
    }

    private static JsonObject Decrypt(VaultCall call, VaultTransitKey key)
    {
        string ciphertext = Required(call, "ciphertext", "missing ciphertext to decrypt");
        return new JsonObject { ["plaintext"] = Convert.ToBase64String(key.Decrypt(ciphertext, AssociatedData(call))) };
    }

    private static JsonObject Rewrap(VaultCall call, VaultTransitKey key)
    {
        string ciphertext = Required(call, "ciphertext", "missing ciphertext to decrypt");
        byte[] associatedData = AssociatedData(call);
        int version = key.ChooseVersion(call.Number("key_version") ?? 0);
        return new JsonObject
        {
            ["ciphertext"] = key.Encrypt(version, key.Decrypt(ciphertext, associatedData), associatedData),
            ["key_version"] = version,
        };
    }

    private JsonObject DataKey(VaultCall call, string rest)
    {
        string[] parts = rest.Split('/');
        if (parts.Length != 2)
            throw VaultRefusalException.UnsupportedPath();

        if (parts[0] is not ("plaintext" or "wrapped"))
            throw VaultRefusalException.Invalid("Invalid path, must be 'plaintext' or 'wrapped'");

        VaultTransitKey key = Get(parts[1], "encryption key not found");
        byte[] dataKey = RandomNumberGenerator.GetBytes((call.Number("bits") ?? 256) switch
        {
            128 => 16,
            256 => 32,
            512 => 64,
            _ => throw VaultRefusalException.Invalid("invalid bit length"),
        });
        int version = key.ChooseVersion(0);
        JsonObject answer = new() { ["ciphertext"] = key.Encrypt(version, dataKey, []), ["key_version"] = version };
        if (parts[0] == "plaintext")
            answer["plaintext"] = Convert.ToBase64String(dataKey);
        return answer;
    }

    private JsonObject Sign(VaultCall call, string rest)
    {
        (VaultTransitKey key, HashAlgorithmName hash) = Signer(call, rest);
        int version = key.ChooseVersion(call.Number("key_version") ?? 0);
        byte[] digest = Digest(call, hash);
        bool isJws = IsJws(call);
        byte[] signature = key.Sign(version, digest, hash, IsPkcs1(call), isJws);
        string text = isJws ? Base64Url.EncodeToString(signature) : Convert.ToBase64String(signature);
        return new JsonObject
        {
            ["signature"] = string.Create(CultureInfo.InvariantCulture, $"vault:v{version}:{text}"),
            ["key_version"] = version,
        };
    }

    private JsonObject Verify(VaultCall call, string rest)
    {
        (VaultTransitKey key, HashAlgorithmName hash) = Signer(call, rest);
        string given = Required(
            call, "signature", "neither a 'signature' nor an 'hmac' were given to verify");
        (int version, string text) = key.Split(given, "signature");
        bool isJws = IsJws(call);
        byte[] digest = Digest(call, hash);
        if (isJws ? !Base64Url.IsValid(text) : !System.Buffers.Text.Base64.IsValid(text))
            throw VaultRefusalException.Invalid("invalid base64 signature value");

        byte[] signature = isJws ? Base64Url.DecodeFromChars(text) : Convert.FromBase64String(text);
        return new JsonObject { ["valid"] = key.Verify(version, digest, signature, hash, IsPkcs1(call), isJws) };
    }

    private (VaultTransitKey Key, HashAlgorithmName Hash) Signer(VaultCall call, string rest)
    {
        string[] parts = rest.Split('/');
        if (parts.Length > 2)
            throw VaultRefusalException.UnsupportedPath();

        string name = parts.Length == 2 ? parts[1] : call.Text("hash_algorithm") ?? "sha2-256";
        HashAlgorithmName hash = name switch
        {
            "sha2-256" => HashAlgorithmName.SHA256,
            "sha2-384" => HashAlgorithmName.SHA384,
            "sha2-512" => HashAlgorithmName.SHA512,
            _ => throw VaultRefusalException.Invalid($"invalid hash algorithm \"{name}\""),
        };
        VaultTransitKey key = Get(parts[0], "signing key not found");
        return key.IsSigner
            ? (key, hash)
            : throw VaultRefusalException.Invalid($"key type {key.Type} does not support signing");
    }

    private static byte[] Digest(VaultCall call, HashAlgorithmName hash)
    {
        byte[] input = Base64(Required(call, "input", "missing input"));
        bool isHashed = call.Body["prehashed"] is JsonValue value && value.TryGetValue(out bool said) && said;
        return isHashed ? input : CryptographicOperations.HashData(hash, input);
    }

    private static bool IsJws(VaultCall call) => (call.Text("marshaling_algorithm") ?? "asn1") switch
    {
        "jws" => true,
        "asn1" => false,
        string other => throw VaultRefusalException.Invalid($"invalid marshaling type \"{other}\""),
    };

    private static bool IsPkcs1(VaultCall call) => (call.Text("signature_algorithm") ?? string.Empty) switch
    {
        "pkcs1v15" => true,
        "" or "pss" => false,
        string other => throw VaultRefusalException.Invalid($"unsupported rsa signature algorithm {other}"),
    };

    private static string Required(VaultCall call, string name, string error) =>
        call.Text(name) ?? throw VaultRefusalException.Invalid(error);

    private static byte[] AssociatedData(VaultCall call) =>
        call.Text("associated_data") is { } text ? Base64(text) : [];

    private static byte[] Base64(string text) => System.Buffers.Text.Base64.IsValid(text)
        ? Convert.FromBase64String(text)
        : throw VaultRefusalException.Invalid("unable to decode input as base64: illegal base64 data");

    /// <summary>The key; without an error text its absence is a bare 404, as reads have it.</summary>
    private VaultTransitKey Get(string name, string? error) =>
        _keys.TryGetValue(name, out VaultTransitKey? key) ? key
        : error is null ? throw VaultRefusalException.NotFound()
        : throw VaultRefusalException.Invalid(error);
}
