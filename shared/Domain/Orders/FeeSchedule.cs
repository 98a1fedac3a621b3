using System.Collections.Immutable;
using Souk.Domain.Chain;
using Souk.Domain.Failures;

namespace Souk.Domain.Orders;

/// <summary>What the platform takes of a sale. A change is a new version; a signed order keeps its own.</summary>
/// <param name="Version">Which schedule it is; stored with every order priced by it.</param>
/// <param name="PlatformFeeBps">Hundredths of a percent of the price, 0 to 10,000.</param>
/// <param name="Recipient">Who receives it.</param>
public sealed record FeeSchedule(int Version, int PlatformFeeBps, Address Recipient);

/// <summary>What a token's contract asks of a sale at one price (ERC-2981), as observed when listing.</summary>
/// <param name="Recipient">Who receives it.</param>
/// <param name="Amount">In wei, for that price.</param>
public sealed record Royalty(Address Recipient, Wei Amount)
{
    /// <summary>The contract asks for nothing, or does not know ERC-2981.</summary>
    public static Royalty None { get; } = new(Address.Zero, Wei.Zero);

    /// <summary>Whether anything is to be paid.</summary>
    public bool IsNone => Amount.IsZero || Recipient.IsZero;
}

/// <summary>How a price divides, to the wei: proceeds + platform fee + royalty = price, always.</summary>
/// <remarks>The fee rounds down; the seller gets the remainder. Made only by <see cref="Of"/>.</remarks>
public sealed record PriceBreakdown
{
    private PriceBreakdown(Wei price, Wei proceeds, Wei platformFee, FeeSchedule fee, Royalty royalty)
    {
        Price = price;
        Proceeds = proceeds;
        PlatformFee = platformFee;
        Fee = fee;
        Royalty = royalty;
    }

    /// <summary>What the buyer pays, in wei.</summary>
    public Wei Price { get; }

    /// <summary>What the seller receives, in wei; at least 1.</summary>
    public Wei Proceeds { get; }

    /// <summary>What the platform receives, in wei.</summary>
    public Wei PlatformFee { get; }

    /// <summary>The schedule the fee follows.</summary>
    public FeeSchedule Fee { get; }

    /// <summary>What the creator receives; <see cref="Royalty.None"/> when nothing is to be paid.</summary>
    public Royalty Royalty { get; }

    /// <summary>Divides a price.</summary>
    /// <param name="price">In wei.</param>
    /// <param name="fee">The schedule in force.</param>
    /// <param name="royalty">What the token's contract asked for exactly this price.</param>
    /// <returns>
    /// Refuses with <c>price_mismatch</c>: a price of zero, a schedule out of range, or fee and royalty that leave
    /// the seller nothing. A hostile contract may ask for more than the price; its royalty is never cut silently.
    /// </returns>
    public static Decision<PriceBreakdown> Of(Wei price, FeeSchedule fee, Royalty royalty)
    {
        ArgumentNullException.ThrowIfNull(fee);
        ArgumentNullException.ThrowIfNull(royalty);
        if (price.IsZero) return Refuse("The price is zero.");
        if (fee.PlatformFeeBps is < 0 or > Wei.WholeBps) return Refuse("The fee schedule is out of range.");
        if (royalty.Amount > price) return Refuse("The token's contract asks for a royalty above the price.");

        Wei platformFee = fee.Recipient.IsZero ? Wei.Zero : price.ShareOf(fee.PlatformFeeBps);
        Royalty asked = royalty.IsNone ? Royalty.None : royalty;
        Wei afterRoyalty = price - asked.Amount;
        if (platformFee >= afterRoyalty) return Refuse("Fee and royalty leave the seller nothing.");

        return new PriceBreakdown(price, afterRoyalty - platformFee, platformFee, fee, asked);
    }

    /// <summary>The price as consideration items: seller, platform, creator; those of zero are left out.</summary>
    /// <param name="seller">Who receives the proceeds.</param>
    public ImmutableArray<ConsiderationItem> ToConsideration(Address seller)
    {
        ImmutableArray<ConsiderationItem>.Builder items = ImmutableArray.CreateBuilder<ConsiderationItem>(3);
        items.Add(ConsiderationItem.Native(Proceeds, seller));
        if (!PlatformFee.IsZero) items.Add(ConsiderationItem.Native(PlatformFee, Fee.Recipient));
        if (!Royalty.IsNone) items.Add(ConsiderationItem.Native(Royalty.Amount, Royalty.Recipient));
        return items.DrainToImmutable();
    }

    private static Failure Refuse(string why) => new(FailureCode.PriceMismatch, why) { Field = "$.priceWei" };
}
