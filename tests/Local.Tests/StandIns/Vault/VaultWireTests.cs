using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Souk.Local.StandIns;

namespace Souk.Local.Tests.StandIns.Vault;

/// <summary>One answer of the stand-in, with its body parsed.</summary>
internal sealed record WireAnswer(int Status, JsonObject? Body)
{
    /// <summary>The error texts, one after the other; empty when there are none.</summary>
    public string Errors =>
        string.Concat((Body?["errors"] as JsonArray ?? []).Select(error => error!.GetValue<string>()));

    public JsonObject Data => Body!["data"]!.AsObject();

    public JsonObject Auth => Body!["auth"]!.AsObject();
}

/// <summary>A Vault stand-in for each test, spoken to over plain HTTP.</summary>
public abstract class VaultWireTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();

    protected VaultWireTests() => StandIn = new VaultStandIn(Clock);

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 9, 1, 12, 0, 0, TimeSpan.Zero));

    protected VaultStandIn StandIn { get; }

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => new(StandIn.StartAsync(Token));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await StandIn.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A token with these rules and no others but the default policy's.</summary>
    protected string TokenOf(string rules)
    {
        StandIn.PutPolicy("test", rules);
        return StandIn.CreateToken(["test"], TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30));
    }

    /// <summary>Calls as root unless another token, or the empty one for none, is given.</summary>
    private protected async Task<WireAnswer> CallAsync(
        string method, string path, string? body = null, string? token = null, string? header = null)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri(StandIn.Url, "v1/" + path));
        if (token is not { Length: 0 })
            request.Headers.Add("X-Vault-Token", token ?? StandIn.RootToken);
        if (header is not null)
            request.Headers.Add(header, "true");
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _http.SendAsync(request, Token);
        string text = await response.Content.ReadAsStringAsync(Token);
        return new WireAnswer((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text)!.AsObject());
    }

    private protected static async Task RefusesAsync(Task<WireAnswer> call, HttpStatusCode status, string error)
    {
        WireAnswer answer = await call;
        Assert.Equal((int)status, answer.Status);
        Assert.Contains(error, answer.Errors, StringComparison.Ordinal);
    }
}
