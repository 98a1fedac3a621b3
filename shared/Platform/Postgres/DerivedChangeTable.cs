using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>The block, and the log in it, that moved something here.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="BlockNumber">The block's height.</param>
/// <param name="BlockHash">The block's hash.</param>
/// <param name="LogIndex">The log's position in the block; null for what the block's time decided.</param>
public sealed record ChangeOrigin(ChainId ChainId, long BlockNumber, BlockHash BlockHash, int? LogIndex)
{
    /// <summary>A log.</summary>
    public static ChangeOrigin Of(LogOrigin log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return new ChangeOrigin(log.ChainId, log.BlockNumber, log.BlockHash, log.LogIndex);
    }

    /// <summary>The time of the last block that was read; the caller holds the cursor still.</summary>
    public static ChangeOrigin Of(ChainCursor cursor)
    {
        ArgumentNullException.ThrowIfNull(cursor);
        return new ChangeOrigin(cursor.ChainId, cursor.Block.Number, cursor.Block.Hash, LogIndex: null);
    }
}

/// <summary>A change that a block made to a listing, or to one of its purchases.</summary>
/// <param name="Sequence">Its place among all changes.</param>
/// <param name="Origin">What made it.</param>
/// <param name="Listing">The listing.</param>
public abstract record DerivedChange(long Sequence, ChangeOrigin Origin, ListingId Listing);

/// <summary>A change of the listing itself.</summary>
public sealed record ListingChange(
    long Sequence, ChangeOrigin Origin, ListingId Listing, ListingStanding Before, ListingStanding After)
    : DerivedChange(Sequence, Origin, Listing);

/// <summary>A change of one of its purchases.</summary>
public sealed record PurchaseChange(
    long Sequence,
    ChangeOrigin Origin,
    ListingId Listing,
    PurchaseId Purchase,
    PurchaseStanding Before,
    PurchaseStanding After)
    : DerivedChange(Sequence, Origin, Listing);

/// <summary>
/// Table <c>derived_changes</c>: every move that a block makes to a listing or purchase, so that it can be undone.
/// </summary>
public static class DerivedChangeTable
{
    private const string AddSql = """
        INSERT INTO derived_changes (chain_id, block_number, block_hash, log_index, listing_id, purchase_id,
            status_before, reason_before, held_by_before, held_until_before, transaction_before,
            status_after, reason_after, held_by_after, held_until_after, transaction_after)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """;

    private const string ListSql = """
        SELECT sequence, block_number, block_hash, log_index, listing_id, purchase_id,
            status_before, reason_before, held_by_before, held_until_before, transaction_before,
            status_after, reason_after, held_by_after, held_until_after, transaction_after
        FROM derived_changes WHERE chain_id = $1 AND block_number > $2 ORDER BY sequence DESC
        """;

    private const string RemoveSql = "DELETE FROM derived_changes WHERE sequence = ANY ($1)";

    /// <summary>Moves a listing, by compare-and-set on the status, and keeps how to undo that.</summary>
    public static async Task MoveAsync(
        Transaction transaction,
        ChangeOrigin origin,
        Listing before,
        Listing after,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before == after)
            return;
        await ListingTable.MoveAsync(transaction, before, after, cancellationToken);
        await transaction.ExecuteAsync(
            AddSql,
            [
                origin.ChainId, origin.BlockNumber, origin.BlockHash, origin.LogIndex, before.Id.Value, (Guid?)null,
                WireText.Of(before.Status), TextOf(before.Reason), before.HeldBy?.Value, before.HeldUntil,
                (TransactionHash?)null,
                WireText.Of(after.Status), TextOf(after.Reason), after.HeldBy?.Value, after.HeldUntil,
                (TransactionHash?)null,
            ],
            cancellationToken);
    }

    /// <summary>Moves a purchase, by compare-and-set on the status, and keeps how to undo that.</summary>
    public static async Task MoveAsync(
        Transaction transaction,
        ChangeOrigin origin,
        Purchase before,
        Purchase after,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before == after)
            return;
        await PurchaseTable.MoveAsync(transaction, before, after, cancellationToken);
        await transaction.ExecuteAsync(
            AddSql,
            [
                origin.ChainId, origin.BlockNumber, origin.BlockHash, origin.LogIndex, before.ListingId.Value,
                before.Id.Value,
                WireText.Of(before.Status), TextOf(before.Reason), (Guid?)null, (DateTimeOffset?)null,
                before.Transaction,
                WireText.Of(after.Status), TextOf(after.Reason), (Guid?)null, (DateTimeOffset?)null,
                after.Transaction,
            ],
            cancellationToken);
    }

    /// <summary>The changes that blocks above this one made, last first.</summary>
    public static Task<List<DerivedChange>> ListAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ListSql, [chain, toBlock], row => Read(row, chain), cancellationToken);
    }

    /// <summary>Removes changes that were taken back.</summary>
    public static Task RemoveAsync(
        Transaction transaction, IEnumerable<DerivedChange> changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(
            RemoveSql, [changes.Select(change => change.Sequence).ToArray()], cancellationToken);
    }

    private static string? TextOf<T>(T? value)
        where T : struct, Enum => value is { } known ? WireText.Of(known) : null;

    private static T? ReasonOf<T>(string? text)
        where T : struct, Enum => text is null ? null : WireText.Parse<T>(text);

    private static DerivedChange Read(Row row, ChainId chain)
    {
        ChangeOrigin origin = new(
            chain, row.Bigint(1), new BlockHash(row.Hash(2)), row.IsNull(3) ? null : row.Integer(3));
        ListingId listing = new(row.Id(4));
        return row.IdOrNull(5) is { } purchase
            ? new PurchaseChange(
                row.Bigint(0), origin, listing, new PurchaseId(purchase), ReadPurchase(row, 6), ReadPurchase(row, 11))
            : new ListingChange(row.Bigint(0), origin, listing, ReadListing(row, 6), ReadListing(row, 11));
    }

    private static ListingStanding ReadListing(Row row, int first) => new(
        WireText.Parse<ListingStatus>(row.Text(first)),
        ReasonOf<ListingReason>(row.TextOrNull(first + 1)),
        row.IdOrNull(first + 2) is { } held ? new PurchaseId(held) : null,
        row.InstantOrNull(first + 3));

    private static PurchaseStanding ReadPurchase(Row row, int first) => new(
        WireText.Parse<PurchaseStatus>(row.Text(first)),
        ReasonOf<PurchaseReason>(row.TextOrNull(first + 1)),
        row.HashOrNull(first + 4) is { } hash ? new TransactionHash(hash) : null);
}
