using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>The secure-token service: signs ID tokens and publishes the keys that do.</summary>
internal sealed class FirebaseTokenIssuer : IDisposable
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);
    private readonly string _projectId;
    private readonly TimeProvider _clock;
    private readonly List<(string Kid, RSA Key)> _keys = [];
    private int _rotations;

    public FirebaseTokenIssuer(string projectId, TimeProvider clock)
    {
        (_projectId, _clock) = (projectId, clock);
        Rotate();
    }

    public void Dispose() => _keys.ForEach(entry => entry.Key.Dispose());

    public void Rotate()
    {
        string kid = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        _keys.Add((kid, FirebaseKeyPool.Take(++_rotations)));
    }

    public void WithdrawOld()
    {
        _keys[..^1].ForEach(entry => entry.Key.Dispose());
        _keys.RemoveRange(0, _keys.Count - 1);
    }

    public JsonObject Jwks()
    {
        JsonArray keys = [];
        foreach ((string kid, RSA key) in _keys)
        {
            RSAParameters parameters = key.ExportParameters(includePrivateParameters: false);
            keys.Add(new JsonObject
            {
                ["kid"] = kid,
                ["kty"] = "RSA",
                ["alg"] = "RS256",
                ["use"] = "sig",
                ["n"] = Base64Url.EncodeToString(parameters.Modulus),
                ["e"] = Base64Url.EncodeToString(parameters.Exponent),
            });
        }

        return new JsonObject { ["keys"] = keys };
    }

    public JsonObject Certificates()
    {
        JsonObject byKid = [];
        DateTimeOffset now = _clock.GetUtcNow();
        foreach ((string kid, RSA key) in _keys)
        {
            CertificateRequest request = new(
                "CN=securetoken.system.gserviceaccount.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(16));
            byKid[kid] = certificate.ExportCertificatePem() + "\n";
        }

        return byKid;
    }

    public string Mint(FirebaseUser user, FirebaseTwist twist)
    {
        (string kid, RSA key) = _keys[^1];
        JsonObject header = new() { ["alg"] = "RS256", ["kid"] = kid, ["typ"] = "JWT" };
        JsonObject claims = ClaimsOf(user);
        twist.Header?.Invoke(header);
        twist.Claims?.Invoke(claims);
        string input = string.Concat(Encode(header), ".", Encode(claims));
        if (twist.IsUnsigned)
            return input + ".";

        using RSA? forger = twist.IsForged ? FirebaseKeyPool.Take(FirebaseKeyPool.Forger) : null;
        byte[] signature = (forger ?? key).SignData(
            Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return string.Concat(input, ".", Base64Url.EncodeToString(signature));
    }

    private JsonObject ClaimsOf(FirebaseUser user)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        JsonObject identities = [];
        JsonObject claims = new()
        {
            ["iss"] = $"https://securetoken.google.com/{_projectId}",
            ["aud"] = _projectId,
            ["auth_time"] = user.AuthTime.ToUnixTimeSeconds(),
            ["user_id"] = user.Uid,
            ["sub"] = user.Uid,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + TokenLifetime).ToUnixTimeSeconds(),
        };
        if (user.Email is not null)
        {
            claims["email"] = user.Email;
            claims["email_verified"] = user.IsEmailVerified;
            identities["email"] = new JsonArray(user.Email);
        }

        JsonObject firebase = new() { ["identities"] = identities, ["sign_in_provider"] = user.Provider };
        if (user.Tenant is not null)
            firebase["tenant"] = user.Tenant;
        claims["firebase"] = firebase;
        return claims;
    }

    private static string Encode(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
