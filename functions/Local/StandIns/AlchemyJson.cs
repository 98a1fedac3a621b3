using System.Globalization;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>JSON-RPC's words for numbers and calls.</summary>
internal static class AlchemyJson
{
    internal static ulong Quantity(string text) =>
        ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    internal static JsonObject Call(string method, params JsonNode?[] parameters) => new()
    {
        ["jsonrpc"] = "2.0",
        ["id"] = 1,
        ["method"] = method,
        ["params"] = new JsonArray(parameters),
    };

    internal static string Text(this JsonNode node, string member) => node[member]!.GetValue<string>();
}
