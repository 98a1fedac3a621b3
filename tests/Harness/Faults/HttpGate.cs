using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Routing;
using Souk.Local.StandIns;

namespace Souk.Harness.Faults;

/// <summary>Stands between a process and an HTTP server; each request is a step.</summary>
/// <param name="name">What the server is called in the steps, such as <c>broker</c>.</param>
/// <param name="server">The server.</param>
/// <param name="point">Who counts, and decides.</param>
internal sealed class HttpGate(string name, Uri server, CrashPoint point) : StandInServer
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false, UseCookies = false, AllowAutoRedirect = false,
    });

    /// <summary>Where the process finds what is at <paramref name="place"/> on the server.</summary>
    internal Uri At(Uri place) => new(Url, place.PathAndQuery);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _http.Dispose();
    }

    protected override Task WriteErrorAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    protected override void Map(IEndpointRouteBuilder routes) => routes.Map("/{**path}", PassAsync);

    private async Task PassAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        string step = $"{name}: {context.Request.Method} {context.Request.Path}{CallOf(body.ToArray())}";
        StepFate fate = await point.TakeAsync(step);
        if (fate == StepFate.Dead)
        {
            context.Abort();
            return;
        }

        // Not by the caller's token: what was asked is asked, whoever waits for the answer.
        using HttpRequestMessage request = Copy(context.Request, body.ToArray());
        using HttpResponseMessage response = await _http.SendAsync(request, CancellationToken.None);
        byte[] answer = await response.Content.ReadAsByteArrayAsync(CancellationToken.None);
        if (fate == StepFate.PassAndDie)
        {
            await point.KillAsync();
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)response.StatusCode;
        foreach ((string header, IEnumerable<string> values) in response.Headers.Concat(response.Content.Headers))
        {
            if (header is not ("Transfer-Encoding" or "Connection" or "Content-Length" or "Date" or "Server"))
                context.Response.Headers[header] = values.ToArray();
        }

        if (answer.Length > 0) await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private HttpRequestMessage Copy(HttpRequest request, byte[] body)
    {
        HttpRequestMessage copy = new(
            new HttpMethod(request.Method), new Uri(server, request.GetEncodedPathAndQuery()));
        if (body.Length > 0) copy.Content = new ByteArrayContent(body);
        foreach ((string header, Microsoft.Extensions.Primitives.StringValues values) in request.Headers)
        {
            if (header is "Host" or "Content-Length" or "Connection" or "Transfer-Encoding") continue;
            if (header == "Content-Type" && copy.Content is not null)
                copy.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(values.ToString());
            else copy.Headers.TryAddWithoutValidation(header, values.ToArray());
        }

        return copy;
    }

    /// <summary>The method of a JSON-RPC call, or how many a batch has of them; empty for anything else.</summary>
    private static string CallOf(byte[] body)
    {
        try
        {
            JsonElement call = JsonElement.Parse(body);
            if (call.ValueKind == JsonValueKind.Array) return $" ({call.GetArrayLength()} calls)";
            return call.ValueKind == JsonValueKind.Object && call.TryGetProperty("jsonrpc", out _)
                ? $" {call.GetProperty("method")}"
                : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
