using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>EIP-712 struct hashes of a Seaport order, written out by hand: every order read is hashed.</summary>
/// <remarks>
/// References: EIP-712, section "Definition of hashStruct"; seaport 1.6, ConsiderationStructs.sol.
/// Parameters: an item encodes to 6 or 7 words, an order to 12.
/// </remarks>
internal static class OrderHashing
{
    internal const string OfferItemType =
        "OfferItem(uint8 itemType,address token,uint256 identifierOrCriteria,uint256 startAmount,uint256 endAmount)";

    internal const string ConsiderationItemType =
        "ConsiderationItem(uint8 itemType,address token,uint256 identifierOrCriteria,uint256 startAmount,"
        + "uint256 endAmount,address recipient)";

    internal const string OrderComponentsType =
        "OrderComponents(address offerer,address zone,OfferItem[] offer,ConsiderationItem[] consideration,"
        + "uint8 orderType,uint256 startTime,uint256 endTime,bytes32 zoneHash,uint256 salt,bytes32 conduitKey,"
        + "uint256 counter)";

    internal static readonly Bytes32 OfferItemTypeHash = Keccak256.HashText(OfferItemType);

    internal static readonly Bytes32 ConsiderationItemTypeHash = Keccak256.HashText(ConsiderationItemType);

    internal static readonly Bytes32 OrderComponentsTypeHash =
        Keccak256.HashText(OrderComponentsType + ConsiderationItemType + OfferItemType);

    internal static OrderHash Hash(OrderComponents order)
    {
        Span<byte> words = stackalloc byte[12 * Words.Length];
        Words.Put(words, 0, OrderComponentsTypeHash);
        Words.Put(words, 1, order.Offerer);
        Words.Put(words, 2, order.Zone);
        Words.Put(words, 3, HashOffer(order));
        Words.Put(words, 4, HashConsideration(order));
        Words.Put(words, 5, (ulong)order.OrderType);
        Words.Put(words, 6, order.StartTime);
        Words.Put(words, 7, order.EndTime);
        Words.Put(words, 8, order.ZoneHash);
        Words.Put(words, 9, order.Salt);
        Words.Put(words, 10, order.ConduitKey);
        Words.Put(words, 11, order.Counter);
        return new OrderHash(Keccak256.Hash(words));
    }

    private static Bytes32 HashOffer(OrderComponents order)
    {
        Keccak256Digest list = Keccak256.Start();
        Span<byte> words = stackalloc byte[6 * Words.Length];
        Words.Put(words, 0, OfferItemTypeHash);
        foreach (OfferItem item in order.Offer)
        {
            Words.Put(words, 1, (ulong)item.ItemType);
            Words.Put(words, 2, item.Token);
            Words.Put(words, 3, item.IdentifierOrCriteria);
            Words.Put(words, 4, item.StartAmount);
            Words.Put(words, 5, item.EndAmount);
            list.Append(Keccak256.Hash(words));
        }

        return list.Finish();
    }

    private static Bytes32 HashConsideration(OrderComponents order)
    {
        Keccak256Digest list = Keccak256.Start();
        Span<byte> words = stackalloc byte[7 * Words.Length];
        Words.Put(words, 0, ConsiderationItemTypeHash);
        foreach (ConsiderationItem item in order.Consideration)
        {
            Words.Put(words, 1, (ulong)item.ItemType);
            Words.Put(words, 2, item.Token);
            Words.Put(words, 3, item.IdentifierOrCriteria);
            Words.Put(words, 4, item.StartAmount);
            Words.Put(words, 5, item.EndAmount);
            Words.Put(words, 6, item.Recipient);
            list.Append(Keccak256.Hash(words));
        }

        return list.Finish();
    }
}
