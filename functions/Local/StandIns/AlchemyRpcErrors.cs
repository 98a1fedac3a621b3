using System.Globalization;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>Alchemy's error answers. Source: alchemy.com/docs "Error reference", and eth_getLogs answers that users
/// of the free plan quote in their issues (2025).</summary>
internal static class AlchemyRpcErrors
{
    // What our node says, and what the node behind Alchemy (geth) says of the same.
    private static readonly (string Ours, string Geth)[] s_texts =
    [
        ("transaction already imported", "already known"),
        ("replacement transaction underpriced", "replacement transaction underpriced"),
        ("nonce too low", "nonce too low"),
        ("insufficient funds for gas * price + value", "insufficient funds for gas * price + value"),
    ];

    internal static JsonObject Make(JsonNode? id, int code, string message) => new()
    {
        ["jsonrpc"] = "2.0",
        ["id"] = id?.DeepClone(),
        ["error"] = new JsonObject { ["code"] = code, ["message"] = message },
    };

    /// <summary>The error that goes with an HTTP status.</summary>
    internal static JsonObject Of(JsonNode? id, int status) => status switch
    {
        StatusCodes.Status401Unauthorized => Make(id, -32600, "Must be authenticated!"),
        StatusCodes.Status403Forbidden => Make(id, -32600, "Monthly capacity limit exceeded."),
        StatusCodes.Status429TooManyRequests => Make(id, 429, "Your app has exceeded its compute units per second "
            + "capacity. If you have retries enabled, you can safely ignore this message."),
        StatusCodes.Status503ServiceUnavailable => Make(id, -32000, "Unable to complete request at this time."),
        _ => Make(id, -32000, "Internal error."),
    };

    internal static JsonObject RangeTooLong(JsonNode? id, ulong from, int blocksMax)
    {
        string works = string.Create(CultureInfo.InvariantCulture, $"[0x{from:x}, 0x{from + (ulong)blocksMax - 1:x}]");
        string message = $"You can make eth_getLogs requests with up to a {blocksMax} block range. "
            + $"Based on your parameters, this block range should work: {works}";
        return Make(id, -32600, message);
    }

    internal static JsonObject TooManyLogs(JsonNode? id) =>
        Make(id, -32602, "Log response size exceeded. Please reduce query block range.");

    /// <summary>Rewrites our node's wording of an error to geth's, in place.</summary>
    internal static void SpeakAsGeth(JsonNode answer)
    {
        if (answer["error"] is not JsonObject error || error["message"]?.GetValue<string>() is not { } text) return;
        foreach ((string ours, string geth) in s_texts)
        {
            if (!text.Contains(ours, StringComparison.OrdinalIgnoreCase)) continue;
            error["message"] = geth;
            error["code"] = -32000;
            return;
        }
    }
}
