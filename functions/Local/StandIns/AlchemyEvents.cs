using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>A block as a webhook's filters see it.</summary>
internal sealed record AlchemyBlock(
    ulong Number, string Hash, string Timestamp, IReadOnlyList<JsonElement> Transactions, JsonElement[] Logs);

/// <summary>What a webhook is told of a block: the bodies of its events, most often none.</summary>
/// <remarks>Source: alchemy.com/docs "Webhook types", as in the stand-in's own header.</remarks>
internal static class AlchemyEvents
{
    private const string Transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    private const string TransferSingle = "0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62";
    private const string TransferBatch = "0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb";
    private const int Erc721Topics = 4;

    internal static IEnumerable<JsonObject> Of(AlchemyWebhook webhook, AlchemyBlock block) => webhook.Type switch
    {
        AlchemyWebhookType.AddressActivity => OfAccounts(webhook, block),
        AlchemyWebhookType.NftActivity => OfCollections(webhook, block),
        AlchemyWebhookType.Custom => OfQuery(webhook, block),
        AlchemyWebhookType.MinedTransaction => OfSenders(webhook, block),
        _ => [],
    };

    private static IEnumerable<JsonObject> OfAccounts(AlchemyWebhook webhook, AlchemyBlock block)
    {
        // Activity of one block comes apart by its kind: native transfers in one event, tokens in another.
        JsonArray native = [.. block.Transactions
            .Where(transaction => IsWatched(webhook, Text(transaction, "from"), Text(transaction, "to")))
            .Where(transaction => Text(transaction, "value") != "0x0")
            .Select(transaction => External(webhook.Network, block, transaction))];
        if (native.Count > 0) yield return Activity(webhook, native);

        JsonArray tokens = [.. block.Logs
            .Where(log => ReadTransfer(log) is var (_, from, to, _) && IsWatched(webhook, from, to))
            .Select(log => Token(block, log, erc721Category: "token"))];
        if (tokens.Count > 0) yield return Activity(webhook, tokens);
    }

    private static IEnumerable<JsonObject> OfCollections(AlchemyWebhook webhook, AlchemyBlock block)
    {
        JsonArray moves = [.. block.Logs
            .Where(log => ReadTransfer(log) is { Category: not "erc20" } move && IsWatchedToken(webhook, log, move))
            .Select(log => Token(block, log, erc721Category: "erc721"))];
        if (moves.Count > 0) yield return Activity(webhook, moves);
    }

    private static IEnumerable<JsonObject> OfSenders(AlchemyWebhook webhook, AlchemyBlock block) => block.Transactions
        .Where(transaction => IsWatched(webhook, Text(transaction, "from"), null))
        .Select(transaction => AlchemyNotices.Mined(webhook.Network, JsonObject.Create(transaction)!));

    private static IEnumerable<JsonObject> OfQuery(AlchemyWebhook webhook, AlchemyBlock block)
    {
        AlchemyLogQuery query = AlchemyLogQuery.Read(webhook.Query!);
        JsonArray logs = [.. block.Logs.Where(query.Matches).Select(log => QueriedLog(block, log))];
        if (logs.Count == 0 && webhook.SkipsEmpty) yield break;
        yield return new JsonObject
        {
            ["data"] = new JsonObject
            {
                ["block"] = new JsonObject
                {
                    ["hash"] = block.Hash,
                    ["number"] = block.Number,
                    ["timestamp"] = AlchemyJson.Quantity(block.Timestamp),
                    ["logs"] = logs,
                },
            },
        };
    }

    private static JsonObject QueriedLog(AlchemyBlock block, JsonElement log)
    {
        JsonElement transaction = block.Transactions.First(
            one => Text(one, "hash") == Text(log, "transactionHash"));
        return new JsonObject
        {
            ["data"] = Text(log, "data"),
            ["topics"] = JsonArray.Create(log.GetProperty("topics")),
            ["index"] = AlchemyJson.Quantity(Text(log, "logIndex")!),
            ["account"] = new JsonObject { ["address"] = Text(log, "address") },
            ["transaction"] = new JsonObject
            {
                ["hash"] = Text(log, "transactionHash"),
                ["index"] = AlchemyJson.Quantity(Text(log, "transactionIndex")!),
                ["from"] = new JsonObject { ["address"] = Text(transaction, "from") },
                ["to"] = Text(transaction, "to") is { } to ? new JsonObject { ["address"] = to } : null,
                // A transaction that left a log did not fail.
                ["status"] = 1,
            },
        };
    }

    private static JsonObject Activity(AlchemyWebhook webhook, JsonArray activity) =>
        new() { ["network"] = webhook.Network.NotifyName, ["activity"] = activity };

    private static JsonObject External(AlchemyNetwork network, AlchemyBlock block, JsonElement transaction)
    {
        string wei = Text(transaction, "value")!;
        BigInteger value = BigInteger.Parse($"0{wei.AsSpan(2)}", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["blockNum"] = Hexadecimal(block.Number),
            ["hash"] = Text(transaction, "hash"),
            ["fromAddress"] = Text(transaction, "from"),
            ["toAddress"] = Text(transaction, "to"),
            ["value"] = (double)value / 1e18,
            ["erc721TokenId"] = null,
            ["erc1155Metadata"] = null,
            ["asset"] = network.CurrencySymbol,
            ["category"] = "external",
            ["rawContract"] = new JsonObject { ["rawValue"] = wei, ["address"] = null, ["decimals"] = 18 },
            ["typeTraceAddress"] = null,
        };
    }

    private static JsonObject Token(AlchemyBlock block, JsonElement log, string erc721Category)
    {
        (string category, string from, string to, JsonArray? batch) = ReadTransfer(log)!.Value;
        JsonObject copy = JsonObject.Create(log)!;
        copy.Remove("blockTimestamp");
        return new JsonObject
        {
            ["blockNum"] = Hexadecimal(block.Number),
            ["hash"] = Text(log, "transactionHash"),
            ["fromAddress"] = from,
            ["toAddress"] = to,
            ["contractAddress"] = Text(log, "address"),
            ["erc721TokenId"] = category == "erc721" ? TokenId(log) : null,
            ["erc1155Metadata"] = batch,
            ["asset"] = null,
            ["category"] = category switch { "erc20" => "token", "erc721" => erc721Category, _ => category },
            ["rawContract"] = new JsonObject
            {
                ["rawValue"] = Text(log, "data"),
                ["address"] = Text(log, "address"),
            },
            ["typeTraceAddress"] = null,
            ["log"] = copy,
        };
    }

    private static (string Category, string From, string To, JsonArray? Batch)? ReadTransfer(JsonElement log)
    {
        JsonElement topics = log.GetProperty("topics");
        if (topics.GetArrayLength() is not (3 or Erc721Topics)) return null;
        return topics[0].GetString() switch
        {
            Transfer => (topics.GetArrayLength() == Erc721Topics ? "erc721" : "erc20", Account(1), Account(2), null),
            TransferSingle or TransferBatch => ("erc1155", Account(2), Account(3), ReadBatch(log)),
            _ => null,
        };

        string Account(int topic) => $"0x{topics[topic].GetString()![^40..]}";
    }

    private static JsonArray ReadBatch(JsonElement log)
    {
        string data = Text(log, "data")!;
        if (log.GetProperty("topics")[0].GetString() == TransferSingle) return [Pair(Word(0), Word(1))];

        // Two dynamic arrays: their offsets, then each array's length and words.
        int ids = Number(0) / 32, values = Number(1) / 32;
        return [.. Enumerable.Range(1, Number(ids)).Select(index => Pair(Word(ids + index), Word(values + index)))];

        string Word(int index) => data.Substring(2 + (64 * index), 64);
        int Number(int word) => int.Parse(Word(word)[^8..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        static JsonNode Pair(string id, string value) =>
            new JsonObject { ["tokenId"] = Shortest(id), ["value"] = Shortest(value) };
    }

    private static bool IsWatched(AlchemyWebhook webhook, string? from, string? to) =>
        (from is not null && webhook.Addresses.Contains(from)) || (to is not null && webhook.Addresses.Contains(to));

    private static bool IsWatchedToken(
        AlchemyWebhook webhook, JsonElement log, (string Category, string From, string To, JsonArray? Batch) move)
    {
        string contract = Text(log, "address")!;
        if (webhook.NftFilters.Count == 0 || webhook.NftFilters.Contains((contract, null))) return true;
        return move.Batch is null
            ? webhook.NftFilters.Contains((contract, TokenId(log)))
            : move.Batch.Any(pair => webhook.NftFilters.Contains((contract, pair!.Text("tokenId"))));
    }

    private static string TokenId(JsonElement log) => Shortest(log.GetProperty("topics")[3].GetString()![2..]);

    private static string Shortest(string word) =>
        word.TrimStart('0') is { Length: > 0 } digits ? $"0x{digits}" : "0x0";

    private static string Hexadecimal(ulong value) => $"0x{value.ToString("x", CultureInfo.InvariantCulture)}";

    private static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out JsonElement value) ? value.GetString() : null;
}
