using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Tokens;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Applies a span's logs in one transaction: ownership, listings, purchases, settlement, activity.</summary>
internal sealed class LogApplier(Transaction transaction, ChainSettings chain)
{
    private readonly OrderLogApplier _orders = new(transaction);
    private readonly List<(TokenReference Token, TokenMoved Moved, LogOrigin Origin)> _moves = [];

    /// <summary>Applies the logs in the chain's order; a log that was applied before changes nothing.</summary>
    internal async Task ApplyAsync(IReadOnlyList<TimedLog> logs, CancellationToken cancellationToken)
    {
        foreach (TimedLog timed in logs)
        {
            ChainLog log = timed.Log;
            LogOrigin origin = new(
                chain.Id, log.BlockNumber, log.BlockHash, timed.BlockTime, log.TransactionHash, log.LogIndex);
            if (log.Address == chain.Seaport)
                await _orders.ApplyAsync(origin, SeaportEvents.Read(log.Topics, log.Data), cancellationToken);
            else if (TokenEvents.Read(log.Topics, log.Data) is TokensTransferred transferred)
                await MoveAsync(origin, log.Address, transferred, cancellationToken);
        }

        // After all logs: in a fill the token's movement stands beside the order's own log.
        foreach ((TokenReference token, TokenMoved moved, LogOrigin origin) in _moves)
            await TouchListingsAsync(token, moved, origin, cancellationToken);
    }

    private async Task MoveAsync(
        LogOrigin origin, Address contract, TokensTransferred transferred, CancellationToken cancellationToken)
    {
        for (int position = 0; position < transferred.Moves.Length; position++)
        {
            TokenMoved moved = transferred.Moves[position];
            if (!await TokenTable.MoveAsync(transaction, origin, position, contract, moved, cancellationToken))
                continue;
            TokenReference token = new(chain.Id, contract, moved.Token);
            ActivityKind kind = moved.From.IsZero
                ? ActivityKind.Mint
                : moved.To.IsZero ? ActivityKind.Burn : ActivityKind.Transfer;
            ActivityEntry entry = new(kind, token, moved.Quantity, moved.From, moved.To, Price: null, Listing: null);
            await ActivityTable.AddAsync(transaction, entry, origin, cancellationToken);
            _moves.Add((token, moved, origin));
        }
    }

    /// <summary>A token that left cannot be filled; one that came back is for sale only on its seller's word.</summary>
    private async Task TouchListingsAsync(
        TokenReference token, TokenMoved moved, LogOrigin origin, CancellationToken cancellationToken)
    {
        foreach (Address owner in new[] { moved.From, moved.To }.Where(address => !address.IsZero).Distinct())
        {
            List<ListingRow> rows = await ListingTable.LockByTokenAsync(transaction, token, owner, cancellationToken);
            foreach (ListingRow row in rows.Where(row => row.ObservedBlock < origin.BlockNumber))
            {
                UInt256 balance = await ReadBalanceAsync(token, owner, cancellationToken);
                await TouchAsync(row.Listing, balance, hasLeft: owner == moved.From, origin, cancellationToken);
            }
        }
    }

    private async Task TouchAsync(
        Listing listing, UInt256 balance, bool hasLeft, LogOrigin origin, CancellationToken cancellationToken)
    {
        bool isWhole = balance >= listing.Quantity;
        bool isBack = isWhole
            && (listing is { Status: ListingStatus.Inactive, Reason: ListingReason.TokenMoved }
                || (hasLeft && listing.Standard == TokenStandard.Erc721));
        Listing after = isBack
            ? listing.NeedReconfirm().OrThrow()
            : isWhole ? listing : listing.Deactivate(ListingReason.TokenMoved).OrThrow();
        if (after == listing)
            return;
        await ListingTable.MoveAsync(transaction, listing, after, cancellationToken);
        await ActivityTable.AddAsync(transaction, ActivityKind.Deactivate, after, origin, cancellationToken);
    }

    private async Task<UInt256> ReadBalanceAsync(
        TokenReference token, Address owner, CancellationToken cancellationToken)
    {
        List<TokenBalance> balances = await TokenTable.ListBalancesAsync(transaction, token, cancellationToken);
        return balances.Find(row => row.Owner == owner)?.Quantity ?? UInt256.Zero;
    }
}
