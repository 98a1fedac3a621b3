using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>Alchemy's JSON-RPC endpoint in front of our node: keys, limits, batches, errors and scripted
/// faults.</summary>
internal sealed class AlchemyJsonRpc(
    IReadOnlyDictionary<string, AlchemyNetwork> networks, AlchemyStandInOptions options, TimeProvider clock)
    : IDisposable
{
    private const int RequestBytesMax = 2_500_000;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly ConcurrentDictionary<string, AlchemyKey> _keys = new(StringComparer.Ordinal);
    private readonly AlchemyRpcScript _script = new();
    private int _rangesRefused;

    internal ConcurrentDictionary<string, AlchemyKey> Keys => _keys;

    internal AlchemyRpcScript Script => _script;

    /// <summary>How many ranges of logs were refused for their length.</summary>
    internal int RangesRefused => Volatile.Read(ref _rangesRefused);

    /// <summary>The nodes that lag behind, by their network's slug.</summary>
    internal ConcurrentDictionary<string, AlchemyLaggingNode> Lagging { get; } = new(StringComparer.Ordinal);

    public void Dispose() => _http.Dispose();

    internal async Task HandleAsync(HttpContext context)
    {
        string slug = (string)context.Request.RouteValues["network"]!;
        if (!networks.TryGetValue(slug, out AlchemyNetwork? network))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (_script.TakeRefusal() is { } refused)
        {
            if (refused.RetryAfter is { } wait)
            {
                context.Response.Headers.RetryAfter =
                    ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            }

            await WriteErrorAsync(context, refused.Status);
            return;
        }

        (int Status, JsonNode Body) answer = await AnswerAsync(context, network);
        if (answer.Status == StatusCodes.Status429TooManyRequests) context.Response.Headers.RetryAfter = "1";
        await WriteAsync(context, answer.Status, answer.Body);
    }

    internal static Task WriteErrorAsync(HttpContext context, int status) =>
        WriteAsync(context, status, AlchemyRpcErrors.Of(null, status));

    private static async Task WriteAsync(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    private async Task<(int Status, JsonNode Body)> AnswerAsync(HttpContext context, AlchemyNetwork network)
    {
        CancellationToken cancellationToken = context.RequestAborted;
        if (context.Request.ContentLength > RequestBytesMax)
            return (StatusCodes.Status413PayloadTooLarge, AlchemyRpcErrors.Make(null, -32600, "Payload too large."));

        JsonNode? request;
        try
        {
            request = await JsonNode.ParseAsync(context.Request.Body, null, default, cancellationToken);
        }
        catch (JsonException)
        {
            return (StatusCodes.Status400BadRequest, AlchemyRpcErrors.Make(null, -32700, "Parse error."));
        }

        if (Authenticate(context) is not { } key) return Refusal(request, StatusCodes.Status401Unauthorized);
        if (key.IsOverCapacity) return Refusal(request, StatusCodes.Status403Forbidden);
        if (request is not JsonArray batch) return await AnswerOneAsync(context, network, key, request);
        if (batch.Count == 0 || batch.Count > options.BatchMax)
            return (StatusCodes.Status400BadRequest, AlchemyRpcErrors.Make(null, -32600, "Batch too large or empty."));

        JsonArray answers = [];
        foreach (JsonNode? call in batch)
            answers.Insert(0, (await AnswerOneAsync(context, network, key, call)).Body);
        return (StatusCodes.Status200OK, answers);
    }

    private AlchemyKey? Authenticate(HttpContext context)
    {
        const string Scheme = "Bearer ";
        string? header = context.Request.Headers.Authorization;
        string? key = header?.StartsWith(Scheme, StringComparison.Ordinal) == true
            ? header[Scheme.Length..]
            : (string?)context.Request.RouteValues["key"];
        return key is not null && _keys.TryGetValue(key, out AlchemyKey? known) ? known : null;
    }

    private async Task<(int Status, JsonNode Body)> AnswerOneAsync(
        HttpContext context, AlchemyNetwork network, AlchemyKey key, JsonNode? request)
    {
        if (request is not JsonObject call || call["method"] is not JsonValue name
            || !name.TryGetValue(out string? method))
        {
            return (StatusCodes.Status400BadRequest, AlchemyRpcErrors.Make(null, -32600, "Invalid request."));
        }

        JsonNode? id = call["id"];
        if (AlchemyComputeUnits.Of(method) is not { } cost)
        {
            string message = $"Unsupported method: {method} on {network.NotifyName}.";
            return (StatusCodes.Status400BadRequest, AlchemyRpcErrors.Make(id, -32600, message));
        }

        if (!key.TrySpend(cost, clock.GetUtcNow())) return Refusal(call, StatusCodes.Status429TooManyRequests);
        AlchemyRpcStep? step = _script.Take(method);
        if (step?.Fault == StandInFault.TimeOutBeforeEffect)
        {
            context.Abort();
            // Not by the request's token: the server cancels it a moment later, and the node would have the call.
            throw new OperationCanceledException("The call is lost on its way.");
        }

        if (step?.Answer is { } scripted) return scripted(id);

        if (step?.Before is { } before) await before();
        (int Status, JsonNode Body) answer = await AskAsync(network, method, call, context.RequestAborted);
        step?.Rewrite?.Invoke(answer.Body);
        if (step?.Fault == StandInFault.TimeOutAfterEffect) context.Abort();
        return answer;
    }

    private async Task<(int Status, JsonNode Body)> AskAsync(
        AlchemyNetwork network, string method, JsonObject call, CancellationToken cancellationToken)
    {
        AlchemyLaggingNode? behind = Lagging.TryGetValue(network.Slug, out AlchemyLaggingNode? known) && known.Meets()
            ? known
            : null;
        JsonObject asked = behind?.Narrow(call) ?? call;
        (int Status, JsonNode Body) answer = method == "eth_getLogs"
            ? await GetLogsAsync(network, asked, cancellationToken)
            : await ForwardAsync(network, asked, cancellationToken);
        if (behind is null) return answer;

        bool isBlockKnown = true;
        if (method == "eth_getLogs" && call["params"]?[0]?["blockHash"] is { } hash)
        {
            JsonObject find = AlchemyJson.Call("eth_getBlockByHash", hash.GetValue<string>(), false);
            (_, JsonNode found) = await ForwardAsync(network, find, cancellationToken);
            isBlockKnown = found["result"]?["number"]?.GetValue<string>() is { } number && !behind.IsBeyond(number);
        }

        return (answer.Status, behind.Forget(call, answer.Body, isBlockKnown));
    }

    private async Task<(int Status, JsonNode Body)> GetLogsAsync(
        AlchemyNetwork network, JsonObject call, CancellationToken cancellationToken)
    {
        if (options.LogBlocksMax is { } blocksMax && call["params"]?[0] is JsonObject filter
            && filter["blockHash"] is null)
        {
            ulong from = await BlockAsync(network, filter["fromBlock"], cancellationToken);
            ulong to = await BlockAsync(network, filter["toBlock"], cancellationToken);
            if (to >= from + (ulong)blocksMax)
            {
                Interlocked.Increment(ref _rangesRefused);
                return (StatusCodes.Status400BadRequest, AlchemyRpcErrors.RangeTooLong(call["id"], from, blocksMax));
            }
        }

        (int Status, JsonNode Body) answer = await ForwardAsync(network, call, cancellationToken);
        if (!options.LogsTellTime && answer.Body["result"] is JsonArray told)
        {
            foreach (JsonNode? log in told) ((JsonObject)log!).Remove("blockTimestamp");
        }

        return answer.Body["result"] is JsonArray logs && logs.Count > options.LogsMax
            ? (StatusCodes.Status400BadRequest, AlchemyRpcErrors.TooManyLogs(call["id"]))
            : answer;
    }

    private async Task<ulong> BlockAsync(AlchemyNetwork network, JsonNode? block, CancellationToken cancellationToken)
    {
        string text = block?.GetValue<string>() ?? "latest";
        if (text.StartsWith("0x", StringComparison.Ordinal)) return AlchemyJson.Quantity(text);
        if (text == "earliest") return 0;

        JsonObject call = AlchemyJson.Call("eth_getBlockByNumber", text, false);
        (_, JsonNode answer) = await ForwardAsync(network, call, cancellationToken);
        return AlchemyJson.Quantity(answer["result"]?["number"]?.GetValue<string>() ?? "0x0");
    }

    private async Task<(int Status, JsonNode Body)> ForwardAsync(
        AlchemyNetwork network, JsonObject call, CancellationToken cancellationToken)
    {
        try
        {
            using StringContent content = new(call.ToJsonString(), new MediaTypeHeaderValue("application/json"));
            using HttpResponseMessage response = await _http.PostAsync(network.NodeUrl, content, cancellationToken);
            JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
            AlchemyRpcErrors.SpeakAsGeth(answer);
            return (StatusCodes.Status200OK, answer);
        }
        catch (HttpRequestException)
        {
            return Refusal(call, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static (int Status, JsonNode Body) Refusal(JsonNode? request, int status) =>
        (status, AlchemyRpcErrors.Of((request as JsonObject)?["id"], status));
}
