using System.Globalization;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>A node of the pool that has not seen the newest blocks; every so many calls meet it.</summary>
/// <param name="Head">The newest block it knows.</param>
/// <param name="EveryNth">1 for each call, 2 for every second, and so on.</param>
internal sealed record AlchemyLaggingNode(ulong Head, int EveryNth)
{
    private int _calls;

    private string HeadText => $"0x{Head.ToString("x", CultureInfo.InvariantCulture)}";

    /// <summary>Whether this call meets it.</summary>
    internal bool Meets() => Interlocked.Increment(ref _calls) % EveryNth == 0;

    /// <summary>What it is asked in truth: the newest block is its own, and a range ends there.</summary>
    internal JsonObject Narrow(JsonObject call)
    {
        JsonObject narrowed = (JsonObject)call.DeepClone();
        if (narrowed["params"] is not JsonArray { Count: > 0 } parameters) return narrowed;
        if (Method(call) == "eth_getBlockByNumber" && parameters[0]?.GetValue<string>() is "latest" or "pending")
            parameters[0] = HeadText;
        if (parameters[0] is JsonObject filter && filter["blockHash"] is null
            && filter["toBlock"]?.GetValue<string>() is { } to && IsBeyond(to))
        {
            filter["toBlock"] = HeadText;
            if (IsBeyond(filter["fromBlock"]?.GetValue<string>() ?? "0x0")) filter["fromBlock"] = HeadText;
        }

        return narrowed;
    }

    /// <summary>What it answers where the pool's others would answer so; a range's logs are those it knows.</summary>
    internal JsonNode Forget(JsonObject call, JsonNode answer, bool isBlockKnown)
    {
        JsonNode? id = call["id"];
        bool asksByHash = Method(call) == "eth_getLogs" && call["params"]?[0]?["blockHash"] is not null;
        if (asksByHash && !isBlockKnown) return AlchemyRpcErrors.Make(id, -32000, "unknown block");
        if (Method(call) == "eth_blockNumber") answer["result"] = HeadText;
        if (answer["result"] is JsonObject block && block["number"]?.GetValue<string>() is { } number
            && IsBeyond(number))
        {
            answer["result"] = null;
        }

        if (answer["result"] is JsonArray logs && call["params"]?[0]?["fromBlock"]?.GetValue<string>() is { } from
            && IsBeyond(from))
        {
            logs.Clear();
        }

        return answer;
    }

    internal bool IsBeyond(string quantity) => AlchemyJson.Quantity(quantity) > Head;

    private static string? Method(JsonObject call) => call["method"]?.GetValue<string>();
}
