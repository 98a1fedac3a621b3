using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Domain.Tests.Orders;

/// <summary>Orders whose hashes, digests and signatures were computed by other implementations.</summary>
/// <remarks>The hashes agree with the deployed contract's getOrderHash; signatures are those of ethers.</remarks>
internal static class SampleOrders
{
    internal static readonly PrivateKey Seller = PrivateKey.Parse(new string('1', 64));

    internal static readonly SeaportDomain Mainnet = new(new ChainId(1), SeaportDomain.CanonicalSeaport);

    internal static readonly Address Platform = Address.Parse("0x0000a26b00c1F0DF003000390027140000fAa719");

    internal static readonly Address Creator = Address.Parse("0x00000000000000000000000000000000000000c2");

    internal static readonly Address Collection = Address.Parse("0x00000000000000000000000000000000000000aa");

    /// <summary>One ERC-721 for 1 ether: 0.925 to the seller, 0.025 to the platform, 0.05 to the creator.</summary>
    internal static OrderComponents Listing(ulong salt = 12345) => new()
    {
        Offerer = Seller.Address,
        Zone = Address.Zero,
        Offer = [new OfferItem(ItemType.Erc721, Collection, 42, 1, 1)],
        Consideration =
        [
            ConsiderationItem.Native(Wei.FromUlong(925000000000000000), Seller.Address),
            ConsiderationItem.Native(Wei.FromUlong(25000000000000000), Platform),
            ConsiderationItem.Native(Wei.FromUlong(50000000000000000), Creator),
        ],
        OrderType = OrderType.FullOpen,
        StartTime = 1700000000,
        EndTime = 4102444800,
        ZoneHash = Bytes32.Zero,
        Salt = salt,
        ConduitKey = Bytes32.Zero,
        Counter = 0,
    };
}
