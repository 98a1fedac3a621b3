using System.Collections.Frozen;
using System.Text.Json;
using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>The payload of <c>eth_signTypedData_v4</c> for an order: what a wallet shows and signs.</summary>
/// <remarks>Its digest is <see cref="SeaportDomain.Digest(OrderComponents)"/>.</remarks>
public static class OrderTypedData
{
    private static readonly FrozenDictionary<string, IReadOnlyList<TypedMember>> Types =
        new Dictionary<string, IReadOnlyList<TypedMember>>
        {
            ["OrderComponents"] =
            [
                new("offerer", "address"), new("zone", "address"), new("offer", "OfferItem[]"),
                new("consideration", "ConsiderationItem[]"), new("orderType", "uint8"),
                new("startTime", "uint256"), new("endTime", "uint256"), new("zoneHash", "bytes32"),
                new("salt", "uint256"), new("conduitKey", "bytes32"), new("counter", "uint256"),
            ],
            ["OfferItem"] =
            [
                new("itemType", "uint8"), new("token", "address"), new("identifierOrCriteria", "uint256"),
                new("startAmount", "uint256"), new("endAmount", "uint256"),
            ],
            ["ConsiderationItem"] =
            [
                new("itemType", "uint8"), new("token", "address"), new("identifierOrCriteria", "uint256"),
                new("startAmount", "uint256"), new("endAmount", "uint256"), new("recipient", "address"),
            ],
        }.ToFrozenDictionary();

    /// <summary>The payload.</summary>
    public static TypedData Of(OrderComponents order, SeaportDomain domain)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(domain);
        AbiValue[] offer = [.. order.Offer.Select(it => AbiValue.TupleOf(
            (ulong)it.ItemType, it.Token, it.IdentifierOrCriteria, it.StartAmount, it.EndAmount))];
        AbiValue[] consideration = [.. order.Consideration.Select(it => AbiValue.TupleOf(
            (ulong)it.ItemType, it.Token, it.IdentifierOrCriteria, it.StartAmount, it.EndAmount, it.Recipient))];
        AbiValue[] message =
        [
            order.Offerer, order.Zone, AbiValue.ListOf(offer), AbiValue.ListOf(consideration),
            (ulong)order.OrderType, order.StartTime, order.EndTime, order.ZoneHash, order.Salt, order.ConduitKey,
            order.Counter,
        ];
        return TypedData.Create(domain.Eip712, Types, "OrderComponents", new AbiValue.Tuple(message));
    }

    /// <summary>The payload as JSON, to be a member of an answer.</summary>
    public static JsonElement ToElement(OrderComponents order, SeaportDomain domain)
    {
        using var document = JsonDocument.Parse(Of(order, domain).ToJson());
        return document.RootElement.Clone();
    }
}
