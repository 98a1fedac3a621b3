using System.Buffers;
using System.Text.Json;
using Souk.Domain.Chain;

namespace Souk.Platform.Alchemy;

/// <summary>A node's error: JSON-RPC 2.0 section 5.1, with what revert data it carried.</summary>
internal sealed record RpcError(long Code, string Message, byte[] Data);

/// <summary>The wire JSON of Ethereum's JSON-RPC; nothing else sees it.</summary>
/// <remarks>
/// Source: ethereum/execution-apis. Quantities are 0x hex without leading zeros, data is 0x hex of even length.
/// Written and read by hand: the shapes are few, and a page of logs is read without a class for each member.
/// </remarks>
internal static class AlchemyMessages
{
    /// <summary>One request, its parameters written by <paramref name="parameters"/>.</summary>
    internal static byte[] Request(string method, Action<Utf8JsonWriter> parameters)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter json = new(buffer))
            WriteCall(json, 1, method, parameters);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Several requests in one array, each with its own id.</summary>
    internal static byte[] Batch(IEnumerable<(int Id, RpcCall Call)> calls)
    {
        ArrayBufferWriter<byte> buffer = new(4096);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartArray();
            foreach ((int id, RpcCall call) in calls)
                WriteCall(json, id, call.Method, call.Parameters);
            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Asks for a block's header; a tag is one that the chain may lack.</summary>
    internal static RpcCall GetBlock(BlockReference block) => block.Hash is { } hash
        ? new RpcCall(
            "eth_getBlockByHash",
            json =>
            {
                json.WriteStringValue(hash.ToString());
                json.WriteBooleanValue(false);
            })
        : new RpcCall(
            "eth_getBlockByNumber",
            json =>
            {
                json.WriteBlock(block);
                json.WriteBooleanValue(false);
            },
            IsOptional: block == BlockReference.Safe || block == BlockReference.Finalized);

    /// <summary>Which call of a batch an answer belongs to; null when it does not say.</summary>
    internal static int? IdOf(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("id"u8, out JsonElement id)
        && id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out int value)
            ? value
            : null;

    /// <summary>What <paramref name="read"/> makes of a result.</summary>
    /// <exception cref="Souk.Domain.Failures.FailureException">The result has another shape.</exception>
    internal static T Shape<T>(string method, JsonElement result, Func<JsonElement, T> read)
    {
        try
        {
            return read(result);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException
            or KeyNotFoundException or OverflowException or ArgumentException)
        {
            throw AlchemyFailures.Unavailable(method, "its answer has not the shape agreed", exception);
        }
    }

    /// <summary>The error of an answer; null when it has none.</summary>
    internal static RpcError? ErrorOf(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("error"u8, out JsonElement error)
            || error.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        long code = error.TryGetProperty("code"u8, out JsonElement number) && number.TryGetInt64(out long value)
            ? value
            : 0;
        string message = error.TryGetProperty("message"u8, out JsonElement text)
            && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        return new RpcError(code, message, RevertData(error));
    }

    internal static void WriteBlock(this Utf8JsonWriter json, BlockReference block)
    {
        if (block.Hash is { } hash)
        {
            json.WriteStartObject();
            json.WriteString("blockHash"u8, hash.ToString());
            json.WriteEndObject();
        }
        else
        {
            json.WriteStringValue(block.Tag ?? Quantity(block.Number));
        }
    }

    internal static void WriteCall(this Utf8JsonWriter json, ChainCall call)
    {
        json.WriteStartObject();
        if (call.From is { } from)
            json.WriteString("from"u8, from.ToLowerHex());
        if (call.To is { } to)
            json.WriteString("to"u8, to.ToLowerHex());
        if (!call.Value.IsZero)
            json.WriteString("value"u8, call.Value.Value.ToHexQuantity());
        // "input" is the specification's name; older nodes read only "data".
        json.WriteString("data"u8, Hex.Encode(call.Data.Span));
        json.WriteEndObject();
    }

    internal static void WriteFilter(this Utf8JsonWriter json, LogFilter filter)
    {
        json.WriteStartObject();
        if (filter.BlockHash is { } hash)
        {
            json.WriteString("blockHash"u8, hash.ToString());
        }
        else
        {
            json.WriteString("fromBlock"u8, Quantity(filter.FromBlock));
            json.WriteString("toBlock"u8, Quantity(filter.ToBlock));
        }

        if (filter.Addresses.Count > 0)
        {
            json.WriteStartArray("address"u8);
            foreach (Address address in filter.Addresses)
                json.WriteStringValue(address.ToLowerHex());
            json.WriteEndArray();
        }

        if (filter.Topics.Count > 0)
            WriteTopics(json, filter.Topics);

        json.WriteEndObject();
    }

    internal static string Quantity(long number) => "0x" + number.ToString("x", null);

    internal static BlockHeader Header(JsonElement block) => new(
        Long(block, "number"u8),
        BlockHash.Parse(Text(block, "hash"u8)),
        BlockHash.Parse(Text(block, "parentHash"u8)),
        DateTimeOffset.FromUnixTimeSeconds(Long(block, "timestamp"u8)),
        Optional(block, "baseFeePerGas"u8) is { } fee ? new Wei(UInt256.ParseHexQuantity(fee)) : null);

    internal static IReadOnlyList<ChainTransaction> Transactions(JsonElement block) =>
        [.. block.GetProperty("transactions"u8).EnumerateArray().Select(Transaction)];

    internal static ChainLog Log(JsonElement log) => new(
        Address.Parse(Text(log, "address"u8)),
        Topics(log),
        Hex.Decode(Text(log, "data"u8)),
        Long(log, "blockNumber"u8),
        BlockHash.Parse(Text(log, "blockHash"u8)),
        TransactionHash.Parse(Text(log, "transactionHash"u8)),
        checked((int)Long(log, "logIndex"u8)),
        log.TryGetProperty("removed"u8, out JsonElement removed) && removed.ValueKind == JsonValueKind.True,
        Optional(log, "blockTimestamp"u8) is { } time ? DateTimeOffset.FromUnixTimeSeconds(Long(time)) : null);

    internal static IReadOnlyList<ChainLog> Logs(JsonElement logs)
    {
        List<ChainLog> list = new(logs.GetArrayLength());
        foreach (JsonElement log in logs.EnumerateArray())
            list.Add(Log(log));
        return list;
    }

    internal static TransactionReceipt Receipt(JsonElement receipt) => new(
        TransactionHash.Parse(Text(receipt, "transactionHash"u8)),
        Long(receipt, "blockNumber"u8),
        BlockHash.Parse(Text(receipt, "blockHash"u8)),
        Address.Parse(Text(receipt, "from"u8)),
        Optional(receipt, "to"u8) is { } to ? Address.Parse(to) : null,
        Long(receipt, "status"u8) == 1,
        Long(receipt, "gasUsed"u8),
        Optional(receipt, "effectiveGasPrice"u8) is { } price ? new Wei(UInt256.ParseHexQuantity(price)) : Wei.Zero,
        Logs(receipt.GetProperty("logs"u8)));

    internal static ChainTransaction Transaction(JsonElement transaction) => new(
        TransactionHash.Parse(Text(transaction, "hash"u8)),
        Address.Parse(Text(transaction, "from"u8)),
        Long(transaction, "nonce"u8),
        Optional(transaction, "blockNumber"u8) is { } number ? Long(number) : null,
        Optional(transaction, "blockHash"u8) is { } hash ? BlockHash.Parse(hash) : null);

    internal static FeeHistory Fees(JsonElement history)
    {
        List<IReadOnlyList<Wei>> rewards = [];
        if (history.TryGetProperty("reward"u8, out JsonElement rows) && rows.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement row in rows.EnumerateArray())
                rewards.Add(Amounts(row));
        }

        return new FeeHistory(
            Long(history, "oldestBlock"u8), Amounts(history.GetProperty("baseFeePerGas"u8)), rewards);
    }

    internal static long Long(string quantity)
    {
        UInt256 value = UInt256.ParseHexQuantity(quantity);
        return checked((long)(ulong)value);
    }

    private static void WriteCall(Utf8JsonWriter json, int id, string method, Action<Utf8JsonWriter> parameters)
    {
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WriteNumber("id"u8, id);
        json.WriteString("method"u8, method);
        json.WriteStartArray("params"u8);
        parameters(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTopics(Utf8JsonWriter json, IReadOnlyList<IReadOnlyList<Bytes32>> topics)
    {
        json.WriteStartArray("topics"u8);
        foreach (IReadOnlyList<Bytes32> position in topics)
        {
            if (position.Count == 0)
            {
                json.WriteNullValue();
                continue;
            }

            json.WriteStartArray();
            foreach (Bytes32 topic in position)
                json.WriteStringValue(topic.ToString());
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static List<Wei> Amounts(JsonElement quantities)
    {
        List<Wei> list = new(quantities.GetArrayLength());
        foreach (JsonElement quantity in quantities.EnumerateArray())
            list.Add(new Wei(UInt256.ParseHexQuantity(quantity.GetString())));
        return list;
    }

    private static Bytes32[] Topics(JsonElement log)
    {
        JsonElement topics = log.GetProperty("topics"u8);
        Bytes32[] list = new Bytes32[topics.GetArrayLength()];
        for (int i = 0; i < list.Length; i++)
            list[i] = Bytes32.Parse(topics[i].GetString()!);
        return list;
    }

    private static byte[] RevertData(JsonElement error)
    {
        if (!error.TryGetProperty("data"u8, out JsonElement data))
            return [];
        // Some nodes and proxies wrap the data in an object of their own.
        if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty("data"u8, out JsonElement inner))
            data = inner;
        return data.ValueKind == JsonValueKind.String && Hex.TryDecode(data.GetString(), out byte[]? bytes)
            ? bytes
            : [];
    }

    private static string Text(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.GetProperty(name).GetString() ?? throw new FormatException("A member of the node's answer is null.");

    private static string? Optional(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static long Long(JsonElement parent, ReadOnlySpan<byte> name) => Long(Text(parent, name));
}
