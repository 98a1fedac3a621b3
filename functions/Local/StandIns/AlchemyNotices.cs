using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>Events that no mined block causes here: tests have them sent.</summary>
/// <remarks>Source: alchemy.com/docs "Webhook types", as in the stand-in's own header.</remarks>
internal static class AlchemyNotices
{
    private const string AppId = "souk";

    /// <summary>A transaction of the app's was mined.</summary>
    internal static JsonObject Mined(AlchemyNetwork network, JsonObject transaction) => new()
    {
        ["appId"] = AppId,
        ["network"] = network.NotifyName,
        ["transaction"] = transaction,
    };

    /// <summary>A transaction of the app's left the pool: it is in no block, and its gas has another name.</summary>
    internal static JsonObject Dropped(AlchemyNetwork network, JsonObject transaction)
    {
        JsonObject dropped = (JsonObject)transaction.DeepClone();
        if (dropped.Remove("gas", out JsonNode? gas)) dropped["gasLimit"] = gas;
        foreach (string member in new[] { "blockHash", "blockNumber", "transactionIndex" }) dropped[member] = null;
        return Mined(network, dropped);
    }

    /// <summary>A token's metadata changed; nothing happened on the chain.</summary>
    internal static JsonObject MetadataUpdated(AlchemyNetwork network, string contract, string tokenId, string at) =>
        new()
        {
            ["network"] = network.NotifyName,
            ["contractAddress"] = contract,
            ["tokenId"] = tokenId,
            ["networkId"] = network.ChainId.Value,
            ["metadataUri"] = $"ipfs://metadata/{tokenId}",
            ["updatedAt"] = at,
            ["name"] = $"Token {tokenId}",
            ["description"] = "",
            ["imageUri"] = $"ipfs://image/{tokenId}",
            ["attributes"] = new JsonArray(new JsonObject { ["traitType"] = "colour", ["value"] = "blue" }),
            ["rawMetadata"] = new JsonObject { ["name"] = $"Token {tokenId}" },
        };

    /// <summary>What was told before, with every log marked as one of a block that left the chain.</summary>
    internal static JsonObject Removed(JsonObject news)
    {
        JsonObject removed = (JsonObject)news.DeepClone();
        foreach (JsonNode? move in removed["activity"]?.AsArray() ?? [])
        {
            if (move?["log"] is JsonObject log) log["removed"] = true;
        }

        return removed;
    }
}
