using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>The logins by service-account token and by AppRole, and the cluster that issues the former.</summary>
internal sealed class VaultLogins(VaultTokens tokens, TimeProvider clock) : IDisposable
{
    private const string Issuer = "https://kubernetes.default.svc.cluster.local";
    private readonly ECDsa _clusterKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Dictionary<string, VaultKubernetesRole> _kubernetes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Name, VaultAppRole Role)> _appRoles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SecretId> _secretIds = new(StringComparer.Ordinal);

    public void Dispose() => _clusterKey.Dispose();

    public void Put(string name, VaultKubernetesRole role) => _kubernetes[name] = role;

    public string Put(string name, VaultAppRole role)
    {
        string roleId = _appRoles.FirstOrDefault(entry => entry.Value.Name == name).Key ?? Guid.NewGuid().ToString();
        _appRoles[roleId] = (name, role);
        return roleId;
    }

    public string IssueSecretId(string appRole)
    {
        (string Name, VaultAppRole Role) found = _appRoles.Values.First(entry => entry.Name == appRole);
        DateTimeOffset endsAt = found.Role.SecretIdTtl > TimeSpan.Zero
            ? clock.GetUtcNow() + found.Role.SecretIdTtl
            : DateTimeOffset.MaxValue;
        string id = Guid.NewGuid().ToString();
        _secretIds[id] = new SecretId(appRole, endsAt, found.Role.SecretIdUsesMax);
        return id;
    }

    public string IssueServiceAccountToken(string name, string kubernetesNamespace, string audience, TimeSpan lifetime)
    {
        DateTimeOffset now = clock.GetUtcNow();
        JsonObject claims = new()
        {
            ["aud"] = new JsonArray(audience),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["iss"] = Issuer,
            ["sub"] = $"system:serviceaccount:{kubernetesNamespace}:{name}",
            ["kubernetes.io"] = new JsonObject
            {
                ["namespace"] = kubernetesNamespace,
                ["serviceaccount"] = new JsonObject { ["name"] = name, ["uid"] = Guid.NewGuid().ToString() },
            },
        };
        string input = string.Concat(
            Base64Url.EncodeToString("""{"alg":"ES256","kid":"stand-in"}"""u8),
            ".",
            Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString())));
        byte[] signature = _clusterKey.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The <c>auth</c> of a login that is let in.</summary>
    public JsonObject LogIn(string path, JsonObject body) => tokens.Auth(
        path == "auth/kubernetes/login" ? ByKubernetes(Text(body, "role"), Text(body, "jwt")) : ByAppRole(body));

    private VaultToken ByKubernetes(string? roleName, string? jwt)
    {
        if (string.IsNullOrEmpty(roleName))
            throw VaultRefusalException.Invalid("missing role");

        if (string.IsNullOrEmpty(jwt))
            throw VaultRefusalException.Invalid("missing jwt");

        if (!_kubernetes.TryGetValue(roleName, out VaultKubernetesRole? role))
            throw VaultRefusalException.Invalid($"invalid role name \"{roleName}\"");

        JsonObject claims = ReadClaims(jwt) ?? throw new VaultRefusalException(403, "permission denied");
        string[] audiences = [.. claims["aud"]!.AsArray().Select(one => one!.GetValue<string>())];
        if (role.Audience is not null && !audiences.Contains(role.Audience))
        {
            throw new VaultRefusalException(
                403, "invalid audience (aud) claim: audience claim does not match any expected audience");
        }

        string name = claims["kubernetes.io"]!["serviceaccount"]!["name"]!.GetValue<string>();
        string kubernetesNamespace = claims["kubernetes.io"]!["namespace"]!.GetValue<string>();
        if (!Allows(role.ServiceAccounts, name))
            throw new VaultRefusalException(403, "service account name not authorized");

        if (!Allows(role.Namespaces, kubernetesNamespace))
            throw new VaultRefusalException(403, "namespace not authorized");

        // What the cluster's TokenReview says last: the token is still one of its own.
        if (clock.GetUtcNow().ToUnixTimeSeconds() >= claims["exp"]!.GetValue<long>())
            throw new VaultRefusalException(403, "permission denied");

        Dictionary<string, string> metadata = new()
        {
            ["role"] = roleName,
            ["service_account_name"] = name,
            ["service_account_namespace"] = kubernetesNamespace,
        };
        return tokens.Issue(
            "auth/kubernetes/login", [.. role.Policies, "default"], role.Ttl, role.MaxTtl, metadata);
    }

    private VaultToken ByAppRole(JsonObject body)
    {
        string? roleId = Text(body, "role_id");
        if (string.IsNullOrEmpty(roleId))
            throw VaultRefusalException.Invalid("missing role_id");

        if (!_appRoles.TryGetValue(roleId, out (string Name, VaultAppRole Role) found))
            throw VaultRefusalException.Invalid("invalid role or secret ID");

        string? id = Text(body, "secret_id");
        if (string.IsNullOrEmpty(id))
            throw VaultRefusalException.Invalid("missing secret_id");

        if (!_secretIds.TryGetValue(id, out SecretId? secretId)
            || secretId.AppRole != found.Name
            || clock.GetUtcNow() >= secretId.EndsAt)
        {
            throw VaultRefusalException.Invalid("invalid role or secret ID");
        }

        if (secretId.UsesLeft == 1)
            _secretIds.Remove(id);
        else if (secretId.UsesLeft > 1)
            _secretIds[id] = secretId with { UsesLeft = secretId.UsesLeft - 1 };

        Dictionary<string, string> metadata = new() { ["role_name"] = found.Name };
        return tokens.Issue(
            "auth/approle/login", [.. found.Role.Policies, "default"], found.Role.Ttl, found.Role.MaxTtl, metadata);
    }

    private JsonObject? ReadClaims(string jwt)
    {
        string[] parts = jwt.Split('.');
        if (parts.Length != 3 || !parts.All(part => Base64Url.IsValid(part)))
            return null;

        byte[] input = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        if (!_clusterKey.VerifyData(input, Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256))
            return null;

        try
        {
            return JsonNode.Parse(Base64Url.DecodeFromChars(parts[1])) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Allows(IReadOnlyList<string> names, string name) => names.Contains("*") || names.Contains(name);

    private static string? Text(JsonObject body, string name) =>
        body[name] is JsonValue value && value.TryGetValue(out string? text) ? text.Trim() : null;

    private sealed record SecretId(string AppRole, DateTimeOffset EndsAt, int UsesLeft);
}
