using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Souk.Harness;

/// <summary>What a function answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Json">The body as JSON; undefined when it is none.</param>
/// <param name="Headers">The headers.</param>
public sealed record ApiAnswer(int Status, JsonElement Json, HttpResponseHeaders Headers)
{
    /// <summary>The problem's code, such as <c>not_found</c>; null when it is no problem.</summary>
    public string? Code => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("code", out JsonElement code)
        ? code.GetString()
        : null;
}

/// <summary>Calls a function over HTTP as one caller.</summary>
/// <param name="http">The client, with the function's address.</param>
/// <param name="token">The caller's access token; null for nobody's.</param>
public sealed class ApiClient(HttpClient http, string? token)
{
    /// <summary>GETs.</summary>
    public Task<ApiAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    /// <summary>POSTs JSON under a new idempotency key.</summary>
    public Task<ApiAnswer> PostAsync(string path, string json, CancellationToken cancellationToken) =>
        PostAsync(path, json, Guid.NewGuid().ToString(), cancellationToken);

    /// <summary>POSTs JSON under this idempotency key; null sends none.</summary>
    public Task<ApiAnswer> PostAsync(
        string path, string json, string? idempotencyKey, CancellationToken cancellationToken)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        return SendAsync(request, cancellationToken);
    }

    /// <summary>Sends any request as this caller.</summary>
    public async Task<ApiAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            string mediaType = response.Content.Headers.ContentType?.MediaType ?? "";
            bool isJson = mediaType.EndsWith("json", StringComparison.Ordinal);
            JsonElement json = isJson && body.Length > 0 ? JsonElement.Parse(body) : default;
            return new ApiAnswer((int)response.StatusCode, json, response.Headers);
        }
    }
}
