using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Orders;
using Souk.Domain.Tokens;

namespace Souk.Domain.Listings;

/// <summary>An order made elsewhere, read as the simple sale it must be to be listed here.</summary>
/// <param name="Token">The token for sale.</param>
/// <param name="Standard">The standard its contract speaks.</param>
/// <param name="Quantity">Units, sold whole.</param>
/// <param name="Price">The sum of all it asks, in wei.</param>
/// <param name="StartsAt">From when it can be filled; inclusive.</param>
/// <param name="EndsAt">Until when; exclusive.</param>
public sealed record OpenOffer(
    TokenReference Token,
    TokenStandard Standard,
    UInt256 Quantity,
    Wei Price,
    DateTimeOffset StartsAt,
    DateTimeOffset EndsAt)
{
    /// <summary>Beyond any date a calendar here can hold; orders "without an end" are not taken.</summary>
    private static readonly UInt256 TimeMax = (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Reads an order.</summary>
    /// <param name="order">The order.</param>
    /// <param name="chainId">The chain it is for; its signature says so, not the order.</param>
    /// <returns>
    /// Refuses with <c>order_mismatch</c> anything but one token, sold whole and to anyone, for the native currency
    /// at a price that does not change, the seller paid first.
    /// </returns>
    public static Decision<OpenOffer> Of(OrderComponents order, ChainId chainId)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.OrderType != OrderType.FullOpen || !order.Zone.IsZero)
            return Refuse("An open order has no zone and is filled whole.");
        if (order.Offer is not [OfferItem { ItemType: ItemType.Erc721 or ItemType.Erc1155 } item])
            return Refuse("The order does not offer exactly one token.");
        if (item.StartAmount != item.EndAmount || item.StartAmount.IsZero
            || (item.ItemType == ItemType.Erc721 && item.StartAmount != UInt256.One))
        {
            return Refuse("The order's quantity is not one the token can have.");
        }

        if (order.Consideration.IsEmpty || order.Consideration[0].Recipient != order.Offerer)
            return Refuse("The order does not pay its seller first.");
        if (!order.Consideration.All(IsPlainPayment))
            return Refuse("The order asks for something else than a fixed amount of the native currency.");
        if (order.StartTime >= order.EndTime || order.EndTime > TimeMax)
            return Refuse("The order's times are no period.");

        UInt256 sum = UInt256.Zero;
        foreach (ConsiderationItem part in order.Consideration)
        {
            if (UInt256.MaxValue - sum < part.StartAmount) return Refuse("The order's price is no number.");
            sum += part.StartAmount;
        }

        return new OpenOffer(
            new TokenReference(chainId, item.Token, new TokenId(item.IdentifierOrCriteria)),
            item.ItemType == ItemType.Erc721 ? TokenStandard.Erc721 : TokenStandard.Erc1155,
            item.StartAmount,
            new Wei(sum),
            DateTimeOffset.FromUnixTimeSeconds((long)(ulong)order.StartTime),
            DateTimeOffset.FromUnixTimeSeconds((long)(ulong)order.EndTime));
    }

    private static bool IsPlainPayment(ConsiderationItem item) =>
        item.ItemType == ItemType.Native
        && item.Token.IsZero
        && item.IdentifierOrCriteria.IsZero
        && !item.StartAmount.IsZero
        && item.StartAmount == item.EndAmount;

    private static Failure Refuse(string why) => new(FailureCode.OrderMismatch, why);
}
