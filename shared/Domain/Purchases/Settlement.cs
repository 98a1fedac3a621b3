using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Orders;
using Souk.Domain.Wire;

namespace Souk.Domain.Purchases;

/// <summary>What a line of a settlement was paid for.</summary>
[JsonConverter(typeof(WireTextJsonConverter<SettlementKind>))]
public enum SettlementKind
{
    /// <summary>The seller's proceeds.</summary>
    Seller,

    /// <summary>The creator's royalty.</summary>
    Royalty,

    /// <summary>The platform's fee.</summary>
    PlatformFee,

    /// <summary>Another share of the price that the order names.</summary>
    Other,

    /// <summary>What the buyer added on top of the price.</summary>
    Tip,
}

/// <summary>One payment of a sale, as the chain's log shows it.</summary>
/// <param name="Recipient">Who received it.</param>
/// <param name="Kind">What for.</param>
/// <param name="Amount">In wei.</param>
/// <param name="LogIndex">The index, in its block, of the log it derives from.</param>
/// <param name="Position">The index of the item in that log, from 0: with the log it names the line.</param>
public sealed record SettlementLine(
    Address Recipient, SettlementKind Kind, Wei Amount, long LogIndex, int Position);

/// <summary>Who is paid what for by an order, so that a log's payments can be told apart.</summary>
/// <param name="Price">What the order asks in all, in wei.</param>
/// <param name="Seller">The order's offerer.</param>
/// <param name="PlatformFeeRecipient">Who the order's fee goes to; null for none.</param>
/// <param name="RoyaltyRecipient">Who the order's royalty goes to; null for none.</param>
/// <param name="ItemCount">The number of the order's own consideration items; what follows them is a tip.</param>
public sealed record SettlementTerms(
    Wei Price, Address Seller, Address? PlatformFeeRecipient, Address? RoyaltyRecipient, int ItemCount);

/// <summary>Derives who was paid what from the chain's log of a fill.</summary>
public static class Settlement
{
    /// <summary>The lines of a whole fill, in the log's order.</summary>
    /// <param name="fill">The decoded log.</param>
    /// <param name="terms">The order's own division of its price.</param>
    /// <param name="logIndex">The log's index in its block.</param>
    /// <returns>
    /// Lines whose amounts, tips apart, are exactly the price; else refuses with <c>price_mismatch</c>: the log is
    /// of another order, of a part of it, or pays in more than one currency.
    /// </returns>
    public static Decision<ImmutableArray<SettlementLine>> FromFill(
        OrderFulfilled fill, SettlementTerms terms, long logIndex)
    {
        ArgumentNullException.ThrowIfNull(fill);
        ArgumentNullException.ThrowIfNull(terms);
        if (fill.Offerer != terms.Seller) return Refuse("The fill is of another seller's order.");
        if (fill.Consideration.Length < terms.ItemCount || terms.ItemCount == 0)
            return Refuse("The fill pays fewer recipients than the order names.");

        ReceivedItem first = fill.Consideration[0];
        if (first.ItemType is not (ItemType.Native or ItemType.Erc20)
            || fill.Consideration.Any(it => it.ItemType != first.ItemType || it.Token != first.Token))
        {
            return Refuse("The fill pays in more than one currency, or in tokens.");
        }

        var open = new List<(SettlementKind Kind, Address Recipient)> { (SettlementKind.Seller, terms.Seller) };
        if (terms.PlatformFeeRecipient is Address platform) open.Add((SettlementKind.PlatformFee, platform));
        if (terms.RoyaltyRecipient is Address creator) open.Add((SettlementKind.Royalty, creator));

        ImmutableArray<SettlementLine>.Builder lines =
            ImmutableArray.CreateBuilder<SettlementLine>(fill.Consideration.Length);
        for (int i = 0; i < fill.Consideration.Length; i++)
        {
            ReceivedItem item = fill.Consideration[i];
            SettlementKind kind = i < terms.ItemCount ? Take(open, item.Recipient) : SettlementKind.Tip;
            lines.Add(new SettlementLine(item.Recipient, kind, new Wei(item.Amount), logIndex, i));
        }

        Wei paid = Wei.Sum(lines.Where(it => it.Kind != SettlementKind.Tip).Select(it => it.Amount));
        if (paid != terms.Price) return Refuse("The fill's payments do not add up to the price.");
        return lines.DrainToImmutable();
    }

    /// <summary>Each role is paid once: a seller who is also the creator has two lines of two kinds.</summary>
    private static SettlementKind Take(
        List<(SettlementKind Kind, Address Recipient)> open, Address recipient)
    {
        int index = open.FindIndex(it => it.Recipient == recipient);
        if (index < 0) return SettlementKind.Other;

        SettlementKind kind = open[index].Kind;
        open.RemoveAt(index);
        return kind;
    }

    private static Failure Refuse(string why) => new(FailureCode.PriceMismatch, why);
}
