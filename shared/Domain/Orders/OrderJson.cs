using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>A Seaport order as JSON text: what the API answers, wallets read, and the database keeps.</summary>
/// <remarks>
/// Source: the order shape of seaport-js and of OpenSea's API ("parameters"): camelCase, every integer a decimal
/// string, enumerations numbers. Read as well: a salt in hexadecimal and <c>totalOriginalConsiderationItems</c>,
/// which OpenSea writes. Anything unknown, missing, double or <c>null</c> is refused.
/// </remarks>
public static class OrderJson
{
    /// <summary>The order's one JSON text.</summary>
    public static string Write(OrderComponents order) =>
        JsonSerializer.Serialize(order, OrderJsonContext.Default.OrderComponents);

    /// <summary>Reads an order.</summary>
    /// <exception cref="JsonException">The text is no order.</exception>
    public static OrderComponents Read(string json) =>
        JsonSerializer.Deserialize(json, OrderJsonContext.Default.OrderComponents)
        ?? throw new JsonException("The order is null.");
}

/// <summary>Reads and writes an order in its wire shape, whatever options the surrounding message has.</summary>
public sealed class OrderComponentsJsonConverter : JsonConverter<OrderComponents>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">The value is no order.</exception>
    public override OrderComponents Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, OrderJsonContext.Default.OrderWire)?.ToOrder()
        ?? throw new JsonException("The order is null.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, OrderComponents value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, OrderWire.Of(value), OrderJsonContext.Default.OrderWire);
}

/// <summary>The wire shape. Its limits keep a hostile order from costing more than its bytes.</summary>
internal sealed record OrderWire(
    Address Offerer,
    Address Zone,
    ImmutableArray<OfferItem> Offer,
    ImmutableArray<ConsiderationItem> Consideration,
    OrderType OrderType,
    UInt256 StartTime,
    UInt256 EndTime,
    Bytes32 ZoneHash,
    [property: JsonConverter(typeof(SaltJsonConverter))] UInt256 Salt,
    Bytes32 ConduitKey,
    UInt256 Counter,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    int? TotalOriginalConsiderationItems = null)
{
    /// <summary>More than any listing or bid has: seller, platform, and a dozen shares of royalty.</summary>
    private const int ItemsMax = 32;

    internal static OrderWire Of(OrderComponents order) => new(
        order.Offerer,
        order.Zone,
        order.Offer,
        order.Consideration,
        order.OrderType,
        order.StartTime,
        order.EndTime,
        order.ZoneHash,
        order.Salt,
        order.ConduitKey,
        order.Counter);

    internal OrderComponents ToOrder()
    {
        if (Offer.IsDefault || Consideration.IsDefault) throw new JsonException("The order has no items.");
        if (Offer.Length > ItemsMax || Consideration.Length > ItemsMax)
            throw new JsonException($"The order has more than {ItemsMax} items.");
        if ((TotalOriginalConsiderationItems ?? Consideration.Length) != Consideration.Length)
            throw new JsonException("totalOriginalConsiderationItems is not the number of consideration items.");
        if (!Enum.IsDefined(OrderType)
            || Offer.Any(it => it is null || !Enum.IsDefined(it.ItemType))
            || Consideration.Any(it => it is null || !Enum.IsDefined(it.ItemType)))
        {
            throw new JsonException("The order has an item or a type that Seaport does not know.");
        }

        return new OrderComponents
        {
            Offerer = Offerer,
            Zone = Zone,
            Offer = Offer,
            Consideration = Consideration,
            OrderType = OrderType,
            StartTime = StartTime,
            EndTime = EndTime,
            ZoneHash = ZoneHash,
            Salt = Salt,
            ConduitKey = ConduitKey,
            Counter = Counter,
        };
    }
}

/// <summary>Writes a salt in decimal; reads decimal, or hexadecimal with leading zeros as OpenSea writes it.</summary>
internal sealed class SaltJsonConverter : JsonConverter<UInt256>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override UInt256 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : "";
        if (UInt256.TryParse(text, out UInt256 salt)) return salt;

        string digits = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : "";
        return digits.Length is > 0 and <= 64 && Bytes32.TryParse($"0x{digits.PadLeft(64, '0')}", out Bytes32 word)
            ? UInt256.FromBigEndian(word.ToArray())
            : throw new JsonException("The text is not a valid salt.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, UInt256 value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(OrderComponents))]
[JsonSerializable(typeof(OrderWire))]
internal sealed partial class OrderJsonContext : JsonSerializerContext;
