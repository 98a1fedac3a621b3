using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Tokens;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Applies a span's logs in one transaction: ownership, listings, purchases, settlement, activity.</summary>
/// <param name="transaction">The transaction.</param>
/// <param name="chain">The chain.</param>
/// <param name="mover">Who moves sellers' tokens there.</param>
internal sealed class LogApplier(Transaction transaction, ChainSettings chain, Address mover)
{
    private readonly OrderLogApplier _orders = new(transaction);

    /// <summary>Applies the logs in the chain's order; a log that was applied before changes nothing.</summary>
    internal async Task ApplyAsync(IReadOnlyList<TimedLog> logs, CancellationToken cancellationToken)
    {
        foreach (IGrouping<TransactionHash, TimedLog> together in logs.GroupBy(timed => timed.Log.TransactionHash))
            await ApplyTransactionAsync([.. together], cancellationToken);
    }

    /// <summary>Seaport's own logs first, so that the token's movement in a fill finds its listing filled.</summary>
    private async Task ApplyTransactionAsync(List<TimedLog> logs, CancellationToken cancellationToken)
    {
        List<Listing> sold = [];
        foreach (TimedLog timed in logs.Where(timed => timed.Log.Address == chain.Seaport))
        {
            SeaportEvent? happened = SeaportEvents.Read(timed.Log.Topics, timed.Log.Data);
            if (await _orders.ApplyAsync(Origin(timed), happened, cancellationToken) is { } filled)
                sold.Add(filled);
        }

        foreach (TimedLog timed in logs.Where(timed => timed.Log.Address != chain.Seaport))
            await ApplyTokenLogAsync(timed, sold, cancellationToken);
    }

    private Task ApplyTokenLogAsync(TimedLog timed, List<Listing> sold, CancellationToken cancellationToken)
    {
        Address contract = timed.Log.Address;
        return TokenEvents.Read(timed.Log.Topics, timed.Log.Data) switch
        {
            TokensTransferred transferred => MoveAsync(Origin(timed), contract, transferred, sold, cancellationToken),
            OperatorApproved all when all.Operator == mover =>
                ApproveAsync(Origin(timed), contract, all.Owner, null, all.IsApproved, cancellationToken),
            // Taken back from one token the approval of all may still stand: that is asked when someone buys.
            TokenApproved one when one.Approved == mover =>
                ApproveAsync(Origin(timed), contract, one.Owner, one.Token, isApproved: true, cancellationToken),
            _ => Task.CompletedTask,
        };
    }

    private async Task MoveAsync(
        LogOrigin origin,
        Address contract,
        TokensTransferred transferred,
        List<Listing> sold,
        CancellationToken cancellationToken)
    {
        for (int position = 0; position < transferred.Moves.Length; position++)
        {
            TokenMoved moved = transferred.Moves[position];
            if (!await TokenTable.MoveAsync(transaction, origin, position, contract, moved, cancellationToken))
                continue;
            TokenReference token = new(chain.Id, contract, moved.Token);
            // A sale tells of its movement itself.
            if (!sold.Exists(listing => listing.Token == token && listing.Seller == moved.From))
                await TellAsync(origin, token, moved, cancellationToken);
            await TokenHolding.LeaveAsync(transaction, token, moved.From, origin, cancellationToken);
            await TokenHolding.ReturnAsync(transaction, token, moved.To, origin, cancellationToken);
        }
    }

    private Task TellAsync(
        LogOrigin origin, TokenReference token, TokenMoved moved, CancellationToken cancellationToken)
    {
        ActivityKind kind = moved.From.IsZero
            ? ActivityKind.Mint
            : moved.To.IsZero ? ActivityKind.Burn : ActivityKind.Transfer;
        ActivityEntry entry = new(kind, token, moved.Quantity, moved.From, moved.To, Price: null, Listing: null);
        return ActivityTable.AddAsync(transaction, entry, origin, cancellationToken);
    }

    private async Task ApproveAsync(
        LogOrigin origin,
        Address contract,
        Address owner,
        TokenId? token,
        bool isApproved,
        CancellationToken cancellationToken)
    {
        List<ListingRow> rows =
            await ListingTable.LockByOffererAsync(transaction, chain.Id, owner, cancellationToken);
        foreach (ListingRow row in rows.Where(row => row.ObservedBlock < origin.BlockNumber))
        {
            Listing listing = row.Listing;
            if (listing.Token.Contract != contract || (token is not null && listing.Token.TokenId != token))
                continue;
            bool waits = listing is { Status: ListingStatus.Inactive, Reason: ListingReason.ApprovalRevoked };
            if (isApproved && waits)
                await ReactivateAsync(listing, origin, cancellationToken);
            else if (!isApproved && !waits)
                await RevokeAsync(listing, origin, cancellationToken);
        }
    }

    private Task RevokeAsync(Listing listing, LogOrigin origin, CancellationToken cancellationToken) =>
        TokenHolding.DeactivateAsync(
            transaction, listing, ListingReason.ApprovalRevoked, origin, cancellationToken);

    private async Task ReactivateAsync(Listing listing, LogOrigin origin, CancellationToken cancellationToken)
    {
        // The seller listed the token anew meanwhile: that listing is the one they mean.
        if (await ListingTable.HasOpenTwinAsync(transaction, listing, cancellationToken))
            return;
        Listing active = listing.Reactivate().OrThrow();
        await ListingTable.MoveAsync(transaction, listing, active, cancellationToken);
        await ActivityTable.AddAsync(transaction, ActivityKind.Reactivate, active, origin, cancellationToken);
    }

    private LogOrigin Origin(TimedLog timed) => new(
        chain.Id, timed.Log.BlockNumber, timed.Log.BlockHash, timed.BlockTime, timed.Log.TransactionHash,
        timed.Log.LogIndex);
}
