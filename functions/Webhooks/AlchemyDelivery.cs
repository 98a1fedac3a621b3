using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Souk.Domain.Events;
using Souk.Domain.Failures;

namespace Souk.Webhooks;

/// <summary>A delivery of Alchemy Notify: only what it takes to keep it and to know where to look.</summary>
/// <param name="WebhookId">Which hook it says it is of.</param>
/// <param name="Id">Unique per event; the same when it is delivered again.</param>
/// <param name="Type">What kind it is, such as <c>ADDRESS_ACTIVITY</c>.</param>
/// <param name="Network">Alchemy's network name, such as <c>ETH_MAINNET</c>; null when it names none.</param>
/// <param name="BlockNumber">The highest block it speaks of; null when it names none.</param>
/// <param name="Mark">Why an operator may want to look at it; null for no reason.</param>
/// <remarks>
/// Source: Alchemy's Notify documentation, read 2025-06. The signature is the lower-case hexadecimal HMAC-SHA256 of
/// the raw body under the UTF-8 octets of the whole signing key. It covers no time, so a replay is told by its id.
/// What the envelope holds besides (its time with nine digits of a second, the logs, their <c>removed</c>) is kept and
/// not read: the chain says what is true.
/// </remarks>
internal sealed record AlchemyDelivery(
    string WebhookId, string Id, string Type, string? Network, ulong? BlockNumber, DeliveryMark? Mark)
{
    internal const string SignatureHeader = "X-Alchemy-Signature";

    /// <summary>The longest id or type that is kept, in characters; Alchemy's have about thirty.</summary>
    private const int TextLengthMax = 200;

    /// <summary>The kinds that Alchemy documents, and whether each tells of something on the chain.</summary>
    private static readonly FrozenDictionary<string, bool> Kinds = new Dictionary<string, bool>
    {
        ["ADDRESS_ACTIVITY"] = true,
        ["NFT_ACTIVITY"] = true,
        ["MINED_TRANSACTION"] = true,
        ["DROPPED_TRANSACTION"] = true,
        ["GRAPHQL"] = true,
        ["NFT_METADATA_UPDATE"] = false,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 24, AllowDuplicateProperties = false };

    /// <summary>Whether it is a reason to look at the chain; a kind that is not known may be one.</summary>
    internal bool TellsOfChain =>
        Mark is not DeliveryMark.ProviderError && Kinds.GetValueOrDefault(Type, defaultValue: true);

    /// <summary>Whether any of the keys signed the body; takes the same time wherever the octets differ.</summary>
    internal static bool IsSigned(ReadOnlySpan<byte> body, string? signature, IReadOnlyList<string> keys)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (signature is null || signature.Length != 2 * given.Length
            || Convert.FromHexString(signature, given, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        bool isSigned = false;
        foreach (string key in keys)
        {
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), body, expected);
            isSigned |= CryptographicOperations.FixedTimeEquals(given, expected);
        }

        return isSigned;
    }

    /// <summary>Reads a signed body.</summary>
    /// <exception cref="FailureException"><c>invalid_request</c>: it is not the envelope that Alchemy
    /// documents.</exception>
    internal static AlchemyDelivery Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            // The parser itself looks only at the texts that are asked for.
            if (!Utf8.IsValid(body.Span))
                throw new JsonException("The body is no UTF-8.");
            using JsonDocument document = JsonDocument.Parse(body, Limits);
            JsonElement root = document.RootElement;
            JsonElement news = root.GetProperty("event");
            string type = Required(root, "type");
            return new AlchemyDelivery(
                Required(root, "webhookId"),
                Required(root, "id"),
                type,
                Member(news, "network") is { ValueKind: JsonValueKind.String } network ? network.GetString() : null,
                HighestBlock(news),
                MarkOf(type, news));
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FailureException(
                new Failure(FailureCode.InvalidRequest, "The body is not a delivery of Alchemy Notify."), exception);
        }
    }

    /// <summary>Once the month's units are used up, an event of whatever kind is an error and nothing else.</summary>
    private static DeliveryMark? MarkOf(string type, JsonElement news) => Member(news, "error") switch
    {
        { ValueKind: JsonValueKind.String } => DeliveryMark.ProviderError,
        _ when !Kinds.ContainsKey(type) => DeliveryMark.UnknownType,
        _ => null,
    };

    private static string Required(JsonElement root, string name) =>
        root.GetProperty(name).GetString() is { Length: > 0 and <= TextLengthMax } text && !text.Any(char.IsControl)
            ? text
            : throw new InvalidOperationException(name);

    /// <summary>
    /// Block numbers stand in activity[].blockNum, in transaction.blockNumber or in data.block.number.
    /// </summary>
    private static ulong? HighestBlock(JsonElement news)
    {
        JsonElement activity = Member(news, "activity");
        IEnumerable<JsonElement> moves = activity.ValueKind == JsonValueKind.Array ? activity.EnumerateArray() : [];
        return moves.Select(move => Member(move, "blockNum"))
            .Append(Member(Member(news, "transaction"), "blockNumber"))
            .Append(Member(Member(Member(news, "data"), "block"), "number"))
            .Select(ReadNumber)
            .Max();
    }

    /// <summary>A member of what may be no object, as in an unknown kind of message; undefined when absent.</summary>
    private static JsonElement Member(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out JsonElement member)
            ? member
            : default;

    private static ulong? ReadNumber(JsonElement value)
    {
        ulong? number = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetUInt64(out ulong plain) => plain,
            JsonValueKind.String => ParseHex(value.GetString()!),
            _ => null,
        };
        return number <= long.MaxValue ? number : null;
    }

    private static ulong? ParseHex(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
        && ulong.TryParse(
            text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : null;
}
