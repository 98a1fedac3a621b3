using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Domain.Sessions;
using Souk.Domain.Tests.Orders;
using Souk.Domain.Tokens;

namespace Souk.Domain.Tests.Listings;

/// <summary>A protected listing, one hour in and ten days to go, and the names that play with it.</summary>
internal static class SampleListings
{
    internal static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);

    internal static readonly PurchaseId Purchase = new(new Guid("00000000-0000-0000-0000-000000000001"));

    internal static readonly PurchaseId OtherPurchase = new(new Guid("00000000-0000-0000-0000-000000000002"));

    internal static readonly Address Buyer = Address.Parse("0x00000000000000000000000000000000000000f1");

    internal static readonly TokenReference Token =
        new(new ChainId(31337), SampleOrders.Collection, new TokenId(42));

    internal static Listing Active(Protection protection = Protection.Protected) => new()
    {
        Id = new ListingId(new Guid("00000000-0000-0000-0000-0000000000a1")),
        Token = Token,
        Standard = TokenStandard.Erc721,
        Quantity = 1,
        SellerId = new UserId(new Guid("00000000-0000-0000-0000-0000000000b1")),
        Seller = SampleOrders.Seller.Address,
        OrderHash = SampleOrders.Listing().Hash(),
        Price = Wei.FromUlong(1_000_000_000_000_000_000),
        Protection = protection,
        StartsAt = Now.AddHours(-1),
        EndsAt = Now.AddDays(10),
    };

    internal static Listing Held(Protection protection = Protection.Protected) =>
        Active(protection).Hold(Purchase, Buyer, Now).OrThrow();

    /// <summary>A listing brought to the status by the moves that lead there.</summary>
    internal static Listing In(ListingStatus status) => status switch
    {
        ListingStatus.Active => Active(),
        ListingStatus.Held => Held(),
        ListingStatus.Inactive => Active().Deactivate(ListingReason.ApprovalRevoked).OrThrow(),
        ListingStatus.NeedsReconfirm => Active().NeedReconfirm().OrThrow(),
        ListingStatus.CancelPending => Held().Cancel(Now).OrThrow(),
        ListingStatus.Filled => Held().Fill(Purchase).OrThrow(),
        ListingStatus.Cancelled => Active().Cancel(Now).OrThrow(),
        ListingStatus.Expired => Active().Expire(Now.AddDays(10)).OrThrow(),
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
