using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Souk.Local.StandIns;

namespace Souk.Local.Tests.StandIns.Firebase;

/// <summary>A Firebase stand-in for each test, spoken to over plain HTTP.</summary>
public abstract class FirebaseWireTests : IAsyncLifetime
{
    protected const string Scope = "https://www.googleapis.com/auth/identitytoolkit";
    private readonly HttpClient _http = new();

    protected FirebaseWireTests() => StandIn = new FirebaseStandIn(Clock, "gallery");

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 9, 1, 12, 0, 0, TimeSpan.Zero));

    protected FirebaseStandIn StandIn { get; }

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => new(StandIn.StartAsync(Token));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await StandIn.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected Task<HttpResponseMessage> GetAsync(Uri url) => _http.GetAsync(url, Token);

    /// <summary>Posts JSON to a path, with a bearer where one is given.</summary>
    protected async Task<(int Status, JsonObject Body)> PostAsync(string path, string body, string? bearer = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(StandIn.Url, path));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (bearer is not null)
            request.Headers.Add("Authorization", "Bearer " + bearer);
        using HttpResponseMessage response = await _http.SendAsync(request, Token);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!.AsObject());
    }

    protected async Task<(int Status, JsonObject Body)> PostFormAsync(params (string Name, string Value)[] fields)
    {
        using FormUrlEncodedContent form = new(fields.Select(one => KeyValuePair.Create(one.Name, one.Value)));
        using HttpResponseMessage response = await _http.PostAsync(StandIn.TokenUrl, form, Token);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!.AsObject());
    }

    protected async Task<string> AccessTokenAsync(string scope = Scope)
    {
        (int status, JsonObject body) = await PostFormAsync(
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", Assertion(claims: json => json["scope"] = scope)));
        Assert.Equal(200, status);
        return body["access_token"]!.GetValue<string>();
    }

    /// <summary>An assertion of the service account, good but for the twists.</summary>
    protected string Assertion(
        Action<JsonObject>? claims = null, Action<JsonObject>? header = null, bool isForged = false)
    {
        JsonObject account = JsonNode.Parse(StandIn.ServiceAccountJson)!.AsObject();
        JsonObject headerJson = new() { ["alg"] = "RS256", ["kid"] = account["private_key_id"]!.GetValue<string>() };
        long now = Clock.GetUtcNow().ToUnixTimeSeconds();
        JsonObject claimsJson = new()
        {
            ["iss"] = account["client_email"]!.GetValue<string>(),
            ["scope"] = Scope,
            ["aud"] = StandIn.TokenUrl.OriginalString,
            ["iat"] = now,
            ["exp"] = now + 3600,
        };
        header?.Invoke(headerJson);
        claims?.Invoke(claimsJson);
        using RSA key = isForged ? RSA.Create(2048) : RSA.Create();
        if (!isForged)
            key.ImportFromPem(account["private_key"]!.GetValue<string>());
        string input = $"{Encode(headerJson)}.{Encode(claimsJson)}";
        byte[] signature = key.SignData(
            Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
