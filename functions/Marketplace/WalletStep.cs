using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Purchases;
using Souk.Domain.Tokens;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>A transaction for the person's own wallet to send.</summary>
/// <param name="Kind">What it does: <c>approve</c>, <c>fulfil</c> or <c>cancel</c>.</param>
/// <param name="ChainId">On which chain.</param>
/// <param name="To">The contract to call.</param>
/// <param name="Data">The calldata, hexadecimal.</param>
/// <param name="ValueWei">What it must carry, in wei.</param>
internal sealed record WalletStep(string Kind, ChainId ChainId, Address To, string Data, Wei ValueWei)
{
    /// <summary>The calldata of a fill is worth a sale to whoever the authorization names: never printed.</summary>
    public override string ToString() => $"WalletStep {{ Kind = {Kind} }}";

    /// <summary>Lets the marketplace's operator move the seller's tokens of a contract.</summary>
    internal static WalletStep Approve(TokenReference token, Address mover) =>
        Make("approve", token.ChainId, token.Contract, TokenCalls.SetApprovalForAll(mover, isApproved: true), Wei.Zero);

    /// <summary>Cancels an order on its chain; only its offerer's wallet may send it.</summary>
    internal static WalletStep Cancel(ChainSettings chain, OrderComponents order) =>
        Make("cancel", chain.Id, chain.Seaport, SeaportCalls.Cancel(order), Wei.Zero);

    /// <summary>Fills a held listing, with the zone's authorization where the listing is protected.</summary>
    internal static WalletStep Fulfil(ChainSettings chain, ListingRow row, Purchase purchase, PrivateKey zoneSigner)
    {
        byte[] authorization = row.Listing.Protection == Protection.Protected
            ? new FillAuthorization(
                    purchase.OrderHash, purchase.Buyer, row.Listing.Quantity, purchase.FillableUntil)
                .Encode(new ZoneDomain(chain.Id, chain.Zone), zoneSigner)
            : [];
        AdvancedOrder order = new(row.Order, row.Signature, authorization);
        byte[] data = SeaportCalls.FulfillAdvancedOrder(order, Bytes32.Zero, Address.Zero);
        return Make("fulfil", chain.Id, chain.Seaport, data, purchase.Price);
    }

    private static WalletStep Make(string kind, ChainId chain, Address to, byte[] data, Wei value) =>
        new(kind, chain, to, $"0x{Convert.ToHexStringLower(data)}", value);
}
