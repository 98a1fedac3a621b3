using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Domain.Listings;

/// <summary>What the chain said of a seller's token at one block; stored with the order it let in.</summary>
/// <param name="BlockNumber">The block all was read at.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="BlockTime">Its time.</param>
/// <param name="SellerBalance">
/// Units of the token that the seller has: for ERC-721 1 if its owner is the seller, else 0.
/// </param>
/// <param name="IsApproved">Whether the conduit, or Seaport for conduit key zero, may move the token.</param>
/// <param name="Counter">The seller's counter in Seaport.</param>
/// <param name="Royalty">What the token's contract asks for exactly the listing's price.</param>
public sealed record ChainFacts(
    ulong BlockNumber,
    BlockHash BlockHash,
    DateTimeOffset BlockTime,
    UInt256 SellerBalance,
    bool IsApproved,
    UInt256 Counter,
    Royalty Royalty);
