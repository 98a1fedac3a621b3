using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Domain.Tokens;
using Souk.Platform.Alchemy;
using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Schedule <c>expire</c>: writes down what time has decided already.</summary>
/// <remarks>
/// Readers never wait for it: a lapsed hold and a passed end are void by condition. What can no longer happen is
/// judged by the time of the last block applied, so the chain is followed first. It acts on due rows only, so a
/// doubled tick finds nothing.
/// </remarks>
internal static partial class ExpireListings
{
    /// <summary>
    /// Rows a transaction takes, so that none holds many locks for long; a run goes on until none is due.
    /// </summary>
    private const int BatchRowsMax = 100;

    internal static async Task HandleAsync(EventContext context)
    {
        Database database = context.Get<Database>();
        int listings = 0;
        int purchases = 0;
        await EachChain.RunAsync(context.Get<ChainRegistry>(), async chain =>
        {
            await context.Get<ChainFollower>().FollowAsync(
                chain, isScheduled: true, context.CancellationToken);
            purchases += await LapsePurchasesAsync(database, chain, context.CancellationToken);
            listings += await EndListingsAsync(database, chain, context.CancellationToken);
        });
        await database.WriteAsync(
            transaction => PreparedListingTable.RemoveExpiredAsync(transaction, context.CancellationToken),
            context.CancellationToken);
        Log.Expired(context.Get<ILogger<MarketplaceFunction>>(), listings, purchases);
    }

    private static async Task<int> LapsePurchasesAsync(
        Database database, ChainId chain, CancellationToken cancellationToken)
    {
        int lapsed = 0;
        int batch;
        do
        {
            List<(PurchaseId Id, ListingId Listing)> due = await database.ReadAsync(
                async transaction => await PurchaseTable.ListDueAsync(
                    transaction,
                    chain,
                    TimeOf(await ChainCursorTable.FindAsync(transaction, chain, cancellationToken)),
                    BatchRowsMax,
                    cancellationToken),
                cancellationToken);
            batch = 0;
            foreach ((PurchaseId id, ListingId listing) in due)
            {
                batch += await database.WriteAsync(
                    transaction => LapseAsync(transaction, chain, id, listing, cancellationToken), cancellationToken);
            }

            lapsed += batch;
        }
        while (batch == BatchRowsMax);

        return lapsed;
    }

    private static async Task<int> LapseAsync(
        Transaction transaction, ChainId chain, PurchaseId id, ListingId listing, CancellationToken cancellationToken)
    {
        // The cursor before the listing, as whoever follows does: until the commit the chain's time stands still.
        ChainCursor? cursor = await ChainCursorTable.LockSharedAsync(transaction, chain, cancellationToken);
        ListingRow row = await ListingTable.LockAsync(transaction, listing, cancellationToken);
        Purchase? purchase = await PurchaseTable.LockAsync(transaction, id, cancellationToken);
        Decision<Purchase> lapsed = purchase?.Lapse(transaction.Now, TimeOf(cursor))
            ?? new Failure(FailureCode.NotFound, "There is no such purchase.");

        // Refused: it was settled, released or reported while this run read it.
        if (purchase is null || lapsed.Failure is not null)
            return 0;
        Purchase ended = lapsed.OrThrow();
        ChangeOrigin? byTime = cursor is not null && ended.Reason == PurchaseReason.NotFilledInTime
            ? ChangeOrigin.Of(cursor)
            : null;
        await PurchaseEnd.StoreAsync(transaction, row.Listing, purchase, ended, byTime, cancellationToken);
        return 1;
    }

    private static async Task<int> EndListingsAsync(
        Database database, ChainId chain, CancellationToken cancellationToken)
    {
        int ended = 0;
        int batch;
        do
        {
            batch = await database.WriteAsync(
                transaction => EndBatchAsync(transaction, chain, cancellationToken), cancellationToken);
            ended += batch;
        }
        while (batch == BatchRowsMax);

        return ended;
    }

    private static async Task<int> EndBatchAsync(
        Transaction transaction, ChainId chain, CancellationToken cancellationToken)
    {
        ChainCursor? cursor = await ChainCursorTable.LockSharedAsync(transaction, chain, cancellationToken);
        if (cursor is null)
            return 0;
        DateTimeOffset chainTime = TimeOf(cursor);
        List<ListingRow> due = await ListingTable.ClaimDueAsync(
            transaction, chain, chainTime, BatchRowsMax, cancellationToken);
        foreach (Listing listing in due.Select(row => row.Listing))
        {
            Listing ended = listing.Status == ListingStatus.CancelPending && chainTime < listing.EndsAt
                ? listing.CompleteCancel(chainTime).OrThrow()
                : listing.Expire(chainTime).OrThrow();
            await DerivedChangeTable.MoveAsync(
                transaction, ChangeOrigin.Of(cursor), listing, ended, cancellationToken);
            ActivityKind kind = ended.Status == ListingStatus.Expired ? ActivityKind.Expire : ActivityKind.Cancel;
            await ListingEnd.StoreAsync(transaction, kind, ended, cancellationToken);
        }

        return due.Count;
    }

    /// <summary>The time up to which the chain is known; before the first block nothing has passed.</summary>
    private static DateTimeOffset TimeOf(ChainCursor? cursor) => cursor?.Block.Time ?? DateTimeOffset.UnixEpoch;

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "Ended {ListingCount} listings and {PurchaseCount} purchases whose time was over.")]
        internal static partial void Expired(ILogger logger, int listingCount, int purchaseCount);
    }
}
