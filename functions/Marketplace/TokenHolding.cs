using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Tokens;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>What it means for a seller's listings that their token left, or came back.</summary>
internal static class TokenHolding
{
    /// <summary>A token that left cannot be filled.</summary>
    /// <param name="transaction">The transaction, in which the movement is counted already.</param>
    /// <param name="token">The token.</param>
    /// <param name="owner">Whom it left.</param>
    /// <param name="origin">The log; null when a block is undone.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task LeaveAsync(
        Transaction transaction,
        TokenReference token,
        Address owner,
        LogOrigin? origin,
        CancellationToken cancellationToken)
    {
        foreach ((Listing listing, UInt256 balance) in
            await ListAsync(transaction, token, owner, origin, cancellationToken))
        {
            if (balance < listing.Quantity)
                await DeactivateAsync(transaction, listing, ListingReason.TokenMoved, origin, cancellationToken);
        }
    }

    /// <summary>One that came back is for sale only on its seller's word.</summary>
    /// <inheritdoc cref="LeaveAsync"/>
    internal static async Task ReturnAsync(
        Transaction transaction,
        TokenReference token,
        Address owner,
        LogOrigin? origin,
        CancellationToken cancellationToken)
    {
        foreach ((Listing listing, UInt256 balance) in
            await ListAsync(transaction, token, owner, origin, cancellationToken))
        {
            bool wasGone = listing is { Status: ListingStatus.Inactive, Reason: ListingReason.TokenMoved };
            if (!wasGone || balance < listing.Quantity)
                continue;
            await ListingTable.MoveAsync(
                transaction, listing, listing.NeedReconfirm().OrThrow(), cancellationToken);
        }
    }

    /// <summary>Takes a listing off sale, and tells why where a log does.</summary>
    internal static async Task DeactivateAsync(
        Transaction transaction,
        Listing listing,
        ListingReason reason,
        LogOrigin? origin,
        CancellationToken cancellationToken)
    {
        Listing inactive = listing.Deactivate(reason).OrThrow();
        if (inactive == listing)
            return;
        await ListingTable.MoveAsync(transaction, listing, inactive, cancellationToken);
        if (origin is not null)
            await ActivityTable.AddAsync(transaction, ActivityKind.Deactivate, inactive, origin, cancellationToken);
    }

    /// <summary>
    /// The owner's unfinished listings whose facts are older than the log, with what the owner has now.
    /// </summary>
    private static async Task<List<(Listing Listing, UInt256 Balance)>> ListAsync(
        Transaction transaction,
        TokenReference token,
        Address owner,
        LogOrigin? origin,
        CancellationToken cancellationToken)
    {
        if (owner.IsZero)
            return [];
        List<ListingRow> rows = await ListingTable.LockByTokenAsync(transaction, token, owner, cancellationToken);
        if (rows.Count == 0)
            return [];
        List<TokenBalance> balances = await TokenTable.ListBalancesAsync(transaction, token, cancellationToken);
        UInt256 balance = balances.Find(row => row.Owner == owner)?.Quantity ?? UInt256.Zero;
        return
        [
            .. rows.Where(row => origin is null || row.ObservedBlock < origin.BlockNumber)
                .Select(row => (row.Listing, balance)),
        ];
    }
}
