using System.Numerics;
using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Tokens;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>What it means for listings that their token left or came back, or may be moved no longer.</summary>
/// <param name="transaction">The transaction.</param>
/// <param name="touched">The listings.</param>
/// <param name="mover">Who moves sellers' tokens on the chain.</param>
internal sealed class TokenLogApplier(Transaction transaction, TouchedListings touched, Address mover)
{
    private readonly Dictionary<(TokenReference Token, Address Owner), BigInteger> _holdings = [];

    /// <summary>Reads how many units the listings' sellers have before the span.</summary>
    internal async Task ReadHoldingsAsync(IEnumerable<ListingRow> rows, CancellationToken cancellationToken)
    {
        foreach (Listing listing in rows.Select(row => row.Listing))
        {
            // Of an ERC-721 token a movement itself says who has it, also one from before it was followed.
            if (listing.Standard != TokenStandard.Erc1155 || _holdings.ContainsKey((listing.Token, listing.Seller)))
                continue;
            _holdings[(listing.Token, listing.Seller)] =
                await TokenTable.SumAsync(transaction, listing.Token, listing.Seller, cancellationToken);
        }
    }

    /// <summary>Tokens moved.</summary>
    internal async Task MoveAsync(IEnumerable<TokenTransfer> transfers, CancellationToken cancellationToken)
    {
        foreach (TokenTransfer transfer in transfers)
        {
            TokenMoved moved = transfer.Moved;
            TokenReference token = new(transfer.Origin.ChainId, transfer.Contract, moved.Token);
            Count((token, moved.From), -moved.Quantity.ToBigInteger());
            Count((token, moved.To), moved.Quantity.ToBigInteger());
            await LeaveAsync(transfer, token, cancellationToken);
            await ReturnAsync(transfer, token, cancellationToken);
        }
    }

    /// <summary>Somebody may move an owner's tokens, or no longer.</summary>
    internal async Task ApproveAsync(TokenApproval approval, CancellationToken cancellationToken)
    {
        if (approval.Token is null && approval.Operator != mover)
            return;
        foreach (ListingRow row in touched.OfSeller(approval.Owner, approval.Origin))
        {
            Listing listing = row.Listing;
            bool isMeant = listing.Token.Contract == approval.Contract
                && (approval.Token is null || listing.Token.TokenId == approval.Token);
            if (!isMeant)
                continue;
            bool waits = listing is { Status: ListingStatus.Inactive, Reason: ListingReason.ApprovalRevoked };
            bool stands = await TokenApprovalTable.StandsAsync(
                transaction, listing.Token, approval.Owner, mover, approval.Origin, cancellationToken);
            if (stands && waits)
            {
                await touched.ReactivateAsync(approval.Origin, 0, listing, cancellationToken);
            }
            else if (!stands && !waits)
            {
                await touched.DeactivateAsync(
                    approval.Origin, 0, listing, ListingReason.ApprovalRevoked, cancellationToken);
            }
        }
    }

    /// <summary>A token that left cannot be filled.</summary>
    private async Task LeaveAsync(TokenTransfer transfer, TokenReference token, CancellationToken cancellationToken)
    {
        foreach (ListingRow row in touched.OfToken(token, transfer.Moved.From, transfer.Origin))
        {
            if (!HasEnough(row.Listing, transfer.Moved))
            {
                await touched.DeactivateAsync(
                    transfer.Origin,
                    (2 * transfer.Position) + 1,
                    row.Listing,
                    ListingReason.TokenMoved,
                    cancellationToken);
            }
        }
    }

    /// <summary>One that came back is for sale only on its seller's word.</summary>
    private async Task ReturnAsync(TokenTransfer transfer, TokenReference token, CancellationToken cancellationToken)
    {
        foreach (ListingRow row in touched.OfToken(token, transfer.Moved.To, transfer.Origin))
        {
            Listing listing = row.Listing;
            bool wasGone = listing is { Status: ListingStatus.Inactive, Reason: ListingReason.TokenMoved };
            if (wasGone && HasEnough(listing, transfer.Moved))
            {
                await touched.MoveAsync(
                    transfer.Origin, listing, listing.NeedReconfirm().OrThrow(), cancellationToken);
            }
        }
    }

    private bool HasEnough(Listing listing, TokenMoved moved) => listing.Standard == TokenStandard.Erc1155
        ? _holdings[(listing.Token, listing.Seller)] >= listing.Quantity.ToBigInteger()
        : moved.To == listing.Seller;

    private void Count((TokenReference Token, Address Owner) key, BigInteger quantity)
    {
        if (_holdings.TryGetValue(key, out BigInteger before))
            _holdings[key] = before + quantity;
    }
}
