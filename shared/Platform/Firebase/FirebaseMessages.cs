using System.Text.Json.Serialization;

namespace Souk.Platform.Firebase;

/// <summary>Firebase's and Google's wire JSON.</summary>
/// <remarks>
/// Sources: the Admin SDK for Node (src/auth), the emulator's API schema, RFC 7517 and 7523. Classes, not records: they
/// carry e-mail addresses and tokens and none may print them. Unknown members are ignored.
/// </remarks>
internal static class FirebaseMessages
{
    internal sealed class Claims
    {
        [JsonPropertyName("aud")]
        public string? Audience { get; init; }

        [JsonPropertyName("iss")]
        public string? Issuer { get; init; }

        [JsonPropertyName("sub")]
        public string? Subject { get; init; }

        [JsonPropertyName("exp")]
        public long? ExpiresAtSeconds { get; init; }

        [JsonPropertyName("iat")]
        public long? IssuedAtSeconds { get; init; }

        [JsonPropertyName("auth_time")]
        public long? AuthTimeSeconds { get; init; }

        [JsonPropertyName("email")]
        public string? Email { get; init; }

        [JsonPropertyName("email_verified")]
        public bool? EmailVerified { get; init; }

        [JsonPropertyName("firebase")]
        public FirebaseClaims? Firebase { get; init; }
    }

    internal sealed class FirebaseClaims
    {
        [JsonPropertyName("sign_in_provider")]
        public string? SignInProvider { get; init; }

        [JsonPropertyName("tenant")]
        public string? Tenant { get; init; }
    }

    internal sealed class KeySet
    {
        [JsonPropertyName("keys")]
        public Key[]? Keys { get; init; }
    }

    internal sealed class Key
    {
        [JsonPropertyName("kid")]
        public string? Kid { get; init; }

        [JsonPropertyName("kty")]
        public string? Kty { get; init; }

        [JsonPropertyName("alg")]
        public string? Alg { get; init; }

        [JsonPropertyName("use")]
        public string? Use { get; init; }

        [JsonPropertyName("n")]
        public string? Modulus { get; init; }

        [JsonPropertyName("e")]
        public string? Exponent { get; init; }
    }

    internal sealed class ServiceAccount
    {
        [JsonPropertyName("client_email")]
        public required string ClientEmail { get; init; }

        [JsonPropertyName("private_key")]
        public required string PrivateKey { get; init; }

        [JsonPropertyName("private_key_id")]
        public string? PrivateKeyId { get; init; }
    }

    internal sealed class AssertionHeader
    {
        [JsonPropertyName("alg")]
        public string Alg { get; } = "RS256";

        [JsonPropertyName("typ")]
        public string Typ { get; } = "JWT";

        [JsonPropertyName("kid")]
        public string? Kid { get; init; }
    }

    internal sealed class Assertion
    {
        [JsonPropertyName("iss")]
        public required string Issuer { get; init; }

        [JsonPropertyName("scope")]
        public required string Scope { get; init; }

        [JsonPropertyName("aud")]
        public required string Audience { get; init; }

        [JsonPropertyName("iat")]
        public required long IssuedAtSeconds { get; init; }

        [JsonPropertyName("exp")]
        public required long ExpiresAtSeconds { get; init; }
    }

    internal sealed class TokenAnswer
    {
        [JsonPropertyName("access_token")]
        public required string AccessToken { get; init; }

        [JsonPropertyName("expires_in")]
        public required long ExpiresInSeconds { get; init; }
    }

    internal sealed class LookupRequest
    {
        [JsonPropertyName("localId")]
        public required string[] LocalId { get; init; }
    }

    internal sealed class LookupAnswer
    {
        [JsonPropertyName("users")]
        public User[]? Users { get; init; }
    }

    internal sealed class User
    {
        [JsonPropertyName("localId")]
        public string? LocalId { get; init; }

        [JsonPropertyName("disabled")]
        public bool? Disabled { get; init; }

        /// <summary>Seconds since 1970 as text: tokens whose authentication is older are revoked.</summary>
        [JsonPropertyName("validSince")]
        public string? ValidSince { get; init; }
    }
}

/// <summary>Serializers of <see cref="FirebaseMessages"/>.</summary>
/// <remarks>A member that comes twice is refused: two readers of one token must not see two users.</remarks>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FirebaseMessages.Claims))]
[JsonSerializable(typeof(FirebaseMessages.KeySet))]
[JsonSerializable(typeof(FirebaseMessages.ServiceAccount))]
[JsonSerializable(typeof(FirebaseMessages.AssertionHeader))]
[JsonSerializable(typeof(FirebaseMessages.Assertion))]
[JsonSerializable(typeof(FirebaseMessages.TokenAnswer))]
[JsonSerializable(typeof(FirebaseMessages.LookupRequest))]
[JsonSerializable(typeof(FirebaseMessages.LookupAnswer))]
internal sealed partial class FirebaseJson : JsonSerializerContext;
