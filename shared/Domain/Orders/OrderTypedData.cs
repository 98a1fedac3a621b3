using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Souk.Domain.Orders;

/// <summary>The payload of <c>eth_signTypedData_v4</c> for an order: what a wallet shows and signs.</summary>
/// <remarks>
/// References: EIP-712, "Specification of the eth_signTypedData JSON RPC". The chain id is a number and other
/// integers are decimal strings, as wallets take them.
/// </remarks>
public static class OrderTypedData
{
    private static readonly (string Name, (string Name, string Type)[] Fields)[] Types =
    [
        ("EIP712Domain",
        [
            ("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"),
        ]),
        ("OrderComponents",
        [
            ("offerer", "address"), ("zone", "address"), ("offer", "OfferItem[]"),
            ("consideration", "ConsiderationItem[]"), ("orderType", "uint8"), ("startTime", "uint256"),
            ("endTime", "uint256"), ("zoneHash", "bytes32"), ("salt", "uint256"), ("conduitKey", "bytes32"),
            ("counter", "uint256"),
        ]),
        ("OfferItem",
        [
            ("itemType", "uint8"), ("token", "address"), ("identifierOrCriteria", "uint256"),
            ("startAmount", "uint256"), ("endAmount", "uint256"),
        ]),
        ("ConsiderationItem",
        [
            ("itemType", "uint8"), ("token", "address"), ("identifierOrCriteria", "uint256"),
            ("startAmount", "uint256"), ("endAmount", "uint256"), ("recipient", "address"),
        ]),
    ];

    /// <summary>The payload as JSON text.</summary>
    public static string Write(OrderComponents order, SeaportDomain domain)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(domain);
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteTypes(json);
            json.WriteString("primaryType", "OrderComponents");
            WriteDomain(json, domain);
            json.WritePropertyName("message");
            WriteMessage(json, order);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The payload as JSON, to be a member of an answer.</summary>
    public static JsonElement ToElement(OrderComponents order, SeaportDomain domain)
    {
        using var document = JsonDocument.Parse(Write(order, domain));
        return document.RootElement.Clone();
    }

    private static void WriteTypes(Utf8JsonWriter json)
    {
        json.WriteStartObject("types");
        foreach ((string name, (string Name, string Type)[] fields) in Types)
        {
            json.WriteStartArray(name);
            foreach ((string fieldName, string fieldType) in fields)
            {
                json.WriteStartObject();
                json.WriteString("name", fieldName);
                json.WriteString("type", fieldType);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteDomain(Utf8JsonWriter json, SeaportDomain domain)
    {
        json.WriteStartObject("domain");
        json.WriteString("name", SeaportDomain.Name);
        json.WriteString("version", SeaportDomain.Version);
        json.WriteNumber("chainId", domain.ChainId.Value);
        json.WriteString("verifyingContract", domain.Seaport.ToString());
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, OrderComponents order)
    {
        json.WriteStartObject();
        json.WriteString("offerer", order.Offerer.ToString());
        json.WriteString("zone", order.Zone.ToString());
        json.WriteStartArray("offer");
        foreach (OfferItem it in order.Offer)
        {
            WriteItem(json, it);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("consideration");
        foreach (ConsiderationItem it in order.Consideration)
        {
            WriteItem(json, new OfferItem(
                it.ItemType, it.Token, it.IdentifierOrCriteria, it.StartAmount, it.EndAmount));
            json.WriteString("recipient", it.Recipient.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("orderType", (int)order.OrderType);
        json.WriteString("startTime", order.StartTime.ToString());
        json.WriteString("endTime", order.EndTime.ToString());
        json.WriteString("zoneHash", order.ZoneHash.ToString());
        json.WriteString("salt", order.Salt.ToString());
        json.WriteString("conduitKey", order.ConduitKey.ToString());
        json.WriteString("counter", order.Counter.ToString());
        json.WriteEndObject();
    }

    private static void WriteItem(Utf8JsonWriter json, OfferItem item)
    {
        json.WriteStartObject();
        json.WriteNumber("itemType", (int)item.ItemType);
        json.WriteString("token", item.Token.ToString());
        json.WriteString("identifierOrCriteria", item.IdentifierOrCriteria.ToString());
        json.WriteString("startAmount", item.StartAmount.ToString());
        json.WriteString("endAmount", item.EndAmount.ToString());
    }
}
