using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Souk.Local.Demo;

/// <summary>What a function answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON body; null when there is none.</param>
public sealed record ApiAnswer(int Status, JsonNode? Body)
{
    /// <summary>The problem's code; empty when it is none.</summary>
    public string Code => Body is JsonObject problem && problem["code"] is { } code ? code.GetValue<string>() : "";

    /// <summary>The text at a member of the body.</summary>
    public string Text(string member) => Member(member).GetValue<string>();

    /// <summary>A member of the body.</summary>
    public JsonNode Member(string member) =>
        Body?[member] ?? throw new DemoFailedException($"The answer ({Status} {Code}) has no member {member}.");

    /// <summary>Itself, when the status is a success.</summary>
    public ApiAnswer Required() => Status is >= 200 and < 300
        ? this
        : throw new DemoFailedException($"The function answered {Status} {Code}: {Body?["detail"]}");
}

/// <summary>Calls the functions as a page or an administrator's tool would: over HTTP, with a token.</summary>
/// <param name="urlOf">Where a function listens.</param>
public sealed class ApiClient(Func<string, Uri> urlOf) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromSeconds(30),
    });

    private static readonly string[] SensitiveMembers = ["idToken", "accessToken", "refreshToken", "signature"];

    private readonly ConcurrentDictionary<string, bool> _sensitive = new(StringComparer.Ordinal);
    private int _keys;

    /// <summary>Every token and signature that went through: none of them may be in a log.</summary>
    public IEnumerable<string> Sensitive => _sensitive.Keys;

    /// <summary>Reads.</summary>
    public Task<ApiAnswer> GetAsync(string function, string path, string? token, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, function, path, body: null, token, key: null, cancellationToken);

    /// <summary>Acts, under a new idempotency key; a lost answer is asked for again under the same one.</summary>
    public async Task<ApiAnswer> PostAsync(
        string function, string path, JsonObject body, string? token, CancellationToken cancellationToken)
    {
        string key = string.Create(
            CultureInfo.InvariantCulture, $"demo-{Environment.ProcessId}-{Interlocked.Increment(ref _keys)}");
        string text = body.ToJsonString();
        Remember(body);
        ApiAnswer answer = await SendAsync(HttpMethod.Post, function, path, text, token, key, cancellationToken);
        for (int attempt = 1; answer.Status is 0 or 503 && attempt < 40; attempt++)
        {
            await Task.Delay(100, cancellationToken);
            answer = await SendAsync(HttpMethod.Post, function, path, text, token, key, cancellationToken);
        }

        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<ApiAnswer> SendAsync(
        HttpMethod method,
        string function,
        string path,
        string? body,
        string? token,
        string? key,
        CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, new Uri(urlOf(function), path));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
            string text = await response.Content.ReadAsStringAsync(cancellationToken);
            JsonNode? answer = text.Length == 0 ? null : JsonNode.Parse(text);
            Remember(answer);
            return new ApiAnswer((int)response.StatusCode, answer);
        }
        catch (HttpRequestException)
        {
            return new ApiAnswer(0, null);
        }
    }

    private void Remember(JsonNode? node)
    {
        foreach (string member in SensitiveMembers)
        {
            if (node is JsonObject body && body[member] is JsonValue value && value.TryGetValue(out string? text))
                _sensitive[text] = true;
        }
    }
}
