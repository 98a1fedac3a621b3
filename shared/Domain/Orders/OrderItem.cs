using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>What leaves the offerer.</summary>
/// <param name="ItemType">What it is.</param>
/// <param name="Token">The contract; zero for the native currency.</param>
/// <param name="IdentifierOrCriteria">The token's number, a Merkle root, or zero for currencies.</param>
/// <param name="StartAmount">Units at the order's start, in the smallest unit (wei).</param>
/// <param name="EndAmount">Units at the order's end; in between the amount moves in a straight line.</param>
public sealed record OfferItem(
    ItemType ItemType, Address Token, UInt256 IdentifierOrCriteria, UInt256 StartAmount, UInt256 EndAmount);

/// <summary>What a recipient must receive.</summary>
/// <param name="ItemType">What it is.</param>
/// <param name="Token">The contract; zero for the native currency.</param>
/// <param name="IdentifierOrCriteria">The token's number, a Merkle root, or zero for currencies.</param>
/// <param name="StartAmount">Units at the order's start, in the smallest unit (wei).</param>
/// <param name="EndAmount">Units at the order's end; in between the amount moves in a straight line.</param>
/// <param name="Recipient">Who receives it.</param>
public sealed record ConsiderationItem(
    ItemType ItemType,
    Address Token,
    UInt256 IdentifierOrCriteria,
    UInt256 StartAmount,
    UInt256 EndAmount,
    Address Recipient)
{
    /// <summary>An amount of the native currency that does not change over time.</summary>
    public static ConsiderationItem Native(Wei amount, Address recipient) =>
        new(ItemType.Native, Address.Zero, UInt256.Zero, amount.Value, amount.Value, recipient);
}
