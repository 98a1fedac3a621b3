using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Tokens;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>The listings that a span of logs may move, locked, as the logs so far have left them.</summary>
internal sealed class TouchedListings
{
    private readonly Transaction _transaction;
    private readonly bool _isReplay;
    private readonly Dictionary<ListingId, ListingRow> _rows;
    private readonly ILookup<Address, ListingId> _bySeller;
    private readonly ILookup<(TokenReference Token, Address Seller), ListingId> _byToken;
    private readonly Dictionary<OrderHash, ListingId> _byOrder;

    internal TouchedListings(Transaction transaction, IReadOnlyList<ListingRow> rows, bool isReplay)
    {
        _transaction = transaction;
        _isReplay = isReplay;
        _rows = rows.ToDictionary(row => row.Listing.Id);
        _bySeller = rows.ToLookup(row => row.Listing.Seller, row => row.Listing.Id);
        _byToken = rows.ToLookup(row => (row.Listing.Token, row.Listing.Seller), row => row.Listing.Id);
        _byOrder = rows.ToDictionary(row => row.Listing.OrderHash, row => row.Listing.Id);
    }

    /// <summary>What the logs tell of listings so far, for people to read.</summary>
    internal List<ChainActivity> Told { get; } = [];

    /// <summary>The listing of an order; null when the order is not listed here.</summary>
    internal ListingRow? Find(OrderHash order) => _byOrder.TryGetValue(order, out ListingId id) ? _rows[id] : null;

    /// <summary>A seller's unfinished listings whose facts are older than the log.</summary>
    internal IEnumerable<ListingRow> OfSeller(Address seller, LogOrigin origin) => Open(_bySeller[seller], origin);

    /// <summary>A seller's unfinished listings of a token, whose facts are older than the log.</summary>
    internal IEnumerable<ListingRow> OfToken(TokenReference token, Address seller, LogOrigin origin) =>
        Open(_byToken[(token, seller)], origin);

    /// <summary>Stores a move that a log makes, and keeps how to undo it.</summary>
    internal async Task<Listing> MoveAsync(
        LogOrigin origin, Listing before, Listing after, CancellationToken cancellationToken)
    {
        await DerivedChangeTable.MoveAsync(
            _transaction, ChangeOrigin.Of(origin), before, after, cancellationToken);
        _rows[after.Id] = _rows[after.Id] with { Listing = after };
        return after;
    }

    /// <summary>Takes a listing off sale, and tells why.</summary>
    internal async Task DeactivateAsync(
        LogOrigin origin, int position, Listing listing, ListingReason reason, CancellationToken cancellationToken)
    {
        Listing inactive = listing.Deactivate(reason).OrThrow();
        if (inactive == listing)
            return;
        await MoveAsync(origin, listing, inactive, cancellationToken);
        Tell(origin, position, ActivityKind.Deactivate, inactive);
    }

    /// <summary>Puts a listing that waited for its approval on sale again.</summary>
    internal async Task ReactivateAsync(
        LogOrigin origin, int position, Listing listing, CancellationToken cancellationToken)
    {
        // The seller listed the token anew meanwhile: that listing is the one they mean.
        if (await ListingTable.HasOpenTwinAsync(_transaction, listing, cancellationToken))
            return;
        Listing active = await MoveAsync(origin, listing, listing.Reactivate().OrThrow(), cancellationToken);
        Tell(origin, position, ActivityKind.Reactivate, active);
    }

    /// <summary>Ends a listing without a sale, and tells so.</summary>
    internal async Task CancelAsync(
        LogOrigin origin, Listing listing, ListingReason reason, CancellationToken cancellationToken)
    {
        Listing cancelled = await MoveAsync(
            origin, listing, listing.CancelOnChain(reason).OrThrow(), cancellationToken);
        Tell(origin, 0, ActivityKind.Cancel, cancelled);
        if (!_isReplay)
            await ListingEnd.AnnounceAsync(_transaction, cancelled, cancellationToken);
    }

    private void Tell(LogOrigin origin, int position, ActivityKind kind, Listing listing) =>
        Told.Add(new ChainActivity(origin, position, ActivityEntry.Of(kind, listing), listing.OrderHash));

    /// <summary>A list, for the caller moves them while it reads.</summary>
    private List<ListingRow> Open(IEnumerable<ListingId> ids, LogOrigin origin) =>
    [
        .. ids.Select(id => _rows[id]).Where(row =>
            !ListingLifecycle.IsTerminal(row.Listing.Status) && row.IsOlderThan(origin.BlockNumber)),
    ];
}
