using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>Google's token endpoint for one service account, and what its access tokens open.</summary>
internal sealed class FirebaseOAuth(string projectId, TimeProvider clock) : IDisposable
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const int AccessTokenSeconds = 3599;

    // Google's own tolerance is not documented; a minute is what clocks under NTP never need.
    private const int SkewSecondsMax = 60;

    private static readonly string[] IdentityScopes =
    [
        "https://www.googleapis.com/auth/identitytoolkit",
        "https://www.googleapis.com/auth/cloud-platform",
        "https://www.googleapis.com/auth/firebase",
    ];

    private readonly Lazy<RSA> _key = new(() => FirebaseKeyPool.Take(FirebaseKeyPool.ServiceAccount));
    private readonly string _keyId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
    private readonly string _clientEmail = $"firebase-adminsdk@{projectId}.iam.gserviceaccount.com";
    private readonly Dictionary<string, (DateTimeOffset EndsAt, string Scope)> _accessTokens = [];

    public void Dispose()
    {
        if (_key.IsValueCreated)
            _key.Value.Dispose();
    }

    public string ServiceAccountJson(Uri tokenUrl) => new JsonObject
    {
        ["type"] = "service_account",
        ["project_id"] = projectId,
        ["private_key_id"] = _keyId,
        ["private_key"] = _key.Value.ExportPkcs8PrivateKeyPem() + "\n",
        ["client_email"] = _clientEmail,
        ["client_id"] = "100000000000000000000",
        ["token_uri"] = tokenUrl.OriginalString,
    }.ToJsonString();

    public void RevokeAll() => _accessTokens.Clear();

    /// <summary>Answers a token request; errors are RFC 6749's, with Google's descriptions.</summary>
    public (int Status, JsonObject Body) Exchange(string? grantType, string? assertion, string audience)
    {
        if (grantType != GrantType)
            return Refuse("unsupported_grant_type", "Invalid grant_type");

        if (string.IsNullOrEmpty(assertion))
            return Refuse("invalid_request", "Missing required parameter: assertion");

        if (Read(assertion) is not { } jwt)
            return Refuse("invalid_grant", "Invalid JWT: Failed to parse.");

        if (Text(jwt.Claims, "iss") != _clientEmail)
            return Refuse("invalid_grant", "Invalid grant: account not found");

        if (Text(jwt.Header, "alg") != "RS256"
            || (jwt.Header["kid"] is not null && Text(jwt.Header, "kid") != _keyId)
            || !_key.Value.VerifyData(
                jwt.Input, jwt.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        {
            return Refuse("invalid_grant", "Invalid JWT Signature.");
        }

        if (Text(jwt.Claims, "aud") != audience)
            return Refuse("invalid_grant", "Invalid JWT: Failed audience check.");

        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (Number(jwt.Claims, "iat") is not { } issuedAt || Number(jwt.Claims, "exp") is not { } expiresAt
            || issuedAt > now + SkewSecondsMax || expiresAt <= now || expiresAt > issuedAt + 3600)
        {
            return Refuse(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                + "Check your iat and exp values in the JWT claim.");
        }

        string scope = Text(jwt.Claims, "scope") ?? string.Empty;
        if (!scope.Split(' ').All(one => one.StartsWith("https://www.googleapis.com/auth/", StringComparison.Ordinal)))
            return Refuse("invalid_scope", "Invalid OAuth scope or ID token audience provided.");

        string token = "ya29." + Guid.NewGuid().ToString("N");
        _accessTokens[token] = (clock.GetUtcNow().AddSeconds(AccessTokenSeconds), scope);
        return (200, new JsonObject
        {
            ["access_token"] = token,
            ["expires_in"] = AccessTokenSeconds,
            ["token_type"] = "Bearer",
        });
    }

    /// <summary>Refuses whoever may not call the Identity Toolkit of this project.</summary>
    public void Authorize(string? authorization, string project)
    {
        bool isBearer = authorization?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ?? false;
        if (!isBearer
            || !_accessTokens.TryGetValue(authorization![7..], out (DateTimeOffset EndsAt, string Scope) token)
            || clock.GetUtcNow() >= token.EndsAt)
        {
            throw new FirebaseRefusalException(
                401, "Request had invalid authentication credentials.", "UNAUTHENTICATED");
        }

        if (!token.Scope.Split(' ').Intersect(IdentityScopes).Any())
        {
            throw new FirebaseRefusalException(
                403, "Request had insufficient authentication scopes.", "PERMISSION_DENIED");
        }

        if (project != projectId)
            throw new FirebaseRefusalException(403, "The caller does not have permission", "PERMISSION_DENIED");
    }

    private static (int Status, JsonObject Body) Refuse(string error, string description) =>
        (400, new JsonObject { ["error"] = error, ["error_description"] = description });

    private static Jwt? Read(string compact)
    {
        string[] parts = compact.Split('.');
        if (parts.Length != 3 || !parts.All(part => Base64Url.IsValid(part)))
            return null;

        try
        {
            return JsonNode.Parse(Base64Url.DecodeFromChars(parts[0])) is JsonObject header
                && JsonNode.Parse(Base64Url.DecodeFromChars(parts[1])) is JsonObject claims
                ? new Jwt(
                    header,
                    claims,
                    Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                    Base64Url.DecodeFromChars(parts[2]))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static long? Number(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue(out long number) ? number : null;

    private sealed record Jwt(JsonObject Header, JsonObject Claims, byte[] Input, byte[] Signature);
}
