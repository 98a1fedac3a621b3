using System.Text.Json;
using System.Text.Json.Serialization;

namespace Souk.Platform.Vault;

/// <summary>Vault's wire JSON, as its API documentation shows it (developer.hashicorp.com/vault/api-docs).</summary>
/// <remarks>Classes, not records: most carry a secret and none may print it. Unknown members are ignored.</remarks>
internal static class VaultMessages
{
    internal sealed class KubernetesLogin
    {
        public required string Role { get; init; }

        public required string Jwt { get; init; }
    }

    internal sealed class AppRoleLogin
    {
        public required string RoleId { get; init; }

        public required string SecretId { get; init; }
    }

    internal sealed class LoginAnswer
    {
        public required Auth Auth { get; init; }
    }

    internal sealed class Auth
    {
        public required string ClientToken { get; init; }

        public required long LeaseDuration { get; init; }

        public bool Renewable { get; init; }
    }

    internal sealed class LookupAnswer
    {
        public required Lookup Data { get; init; }
    }

    internal sealed class Lookup
    {
        public required long Ttl { get; init; }

        public bool Renewable { get; init; }
    }

    internal sealed class KvAnswer
    {
        public required Kv Data { get; init; }
    }

    internal sealed class Kv
    {
        public required Dictionary<string, JsonElement> Data { get; init; }

        public required KvMetadata Metadata { get; init; }
    }

    internal sealed class KvMetadata
    {
        public required int Version { get; init; }
    }

    internal sealed class StaticCredentialAnswer
    {
        public required StaticCredential Data { get; init; }
    }

    internal sealed class StaticCredential
    {
        public required string Username { get; init; }

        public required string Password { get; init; }

        /// <summary>Seconds until the next rotation; Vault computes it as a floating-point number.</summary>
        public required double Ttl { get; init; }
    }

    internal sealed class SignRequest
    {
        public required string Input { get; init; }

        public int? KeyVersion { get; init; }

        public string HashAlgorithm { get; } = "sha2-256";

        public string MarshalingAlgorithm { get; } = "jws";
    }

    internal sealed class VerifyRequest
    {
        public required string Input { get; init; }

        public required string Signature { get; init; }

        public string HashAlgorithm { get; } = "sha2-256";

        public string MarshalingAlgorithm { get; } = "jws";
    }

    internal sealed class CipherRequest
    {
        public string? Plaintext { get; init; }

        public string? Ciphertext { get; init; }

        public string? AssociatedData { get; init; }

        public int? Bits { get; init; }
    }

    internal sealed class TransitAnswer
    {
        public required Transit Data { get; init; }
    }

    internal sealed class Transit
    {
        public string? Signature { get; init; }

        public bool? Valid { get; init; }

        public string? Ciphertext { get; init; }

        public string? Plaintext { get; init; }
    }

    internal sealed class KeysAnswer
    {
        public required Keys Data { get; init; }
    }

    internal sealed class Keys
    {
        [JsonPropertyName("keys")]
        public required Dictionary<string, KeyVersion> Versions { get; init; }
    }

    internal sealed class KeyVersion
    {
        public required string PublicKey { get; init; }
    }
}

/// <summary>Serializers of <see cref="VaultMessages"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(VaultMessages.KubernetesLogin))]
[JsonSerializable(typeof(VaultMessages.AppRoleLogin))]
[JsonSerializable(typeof(VaultMessages.LoginAnswer))]
[JsonSerializable(typeof(VaultMessages.LookupAnswer))]
[JsonSerializable(typeof(VaultMessages.KvAnswer))]
[JsonSerializable(typeof(VaultMessages.StaticCredentialAnswer))]
[JsonSerializable(typeof(VaultMessages.SignRequest))]
[JsonSerializable(typeof(VaultMessages.VerifyRequest))]
[JsonSerializable(typeof(VaultMessages.CipherRequest))]
[JsonSerializable(typeof(VaultMessages.TransitAnswer))]
[JsonSerializable(typeof(VaultMessages.KeysAnswer))]
internal sealed partial class VaultJson : JsonSerializerContext;
