using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;

namespace Souk.Platform.Postgres;

/// <summary>A Seaport log that moved a listing of ours.</summary>
/// <param name="Listing">The listing.</param>
/// <param name="IsFill">True for a fill, false for a cancellation.</param>
/// <param name="Purchase">The purchase that a fill settled; null for none.</param>
public sealed record OrderEvent(ListingId Listing, bool IsFill, PurchaseId? Purchase);

/// <summary>Table <c>order_events</c>: what is to be undone when a block is.</summary>
public static class OrderEventTable
{
    private const string Filled = "filled";

    private const string Cancelled = "cancelled";

    private const string AddSql = """
        INSERT INTO order_events (chain_id, block_hash, log_index, listing_id, block_number, transaction_hash, kind,
            purchase_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
        """;

    private const string UnwindSql = """
        WITH undone AS (
            DELETE FROM order_events WHERE chain_id = $1 AND block_number > $2
            RETURNING listing_id, kind, purchase_id, block_number, log_index)
        SELECT listing_id, kind, purchase_id FROM undone ORDER BY block_number DESC, log_index DESC
        """;

    /// <summary>Adds an event once.</summary>
    /// <returns>False when its log was applied before.</returns>
    public static async Task<bool> AddAsync(
        Transaction transaction, LogOrigin origin, OrderEvent happened, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(happened);
        int rows = await transaction.ExecuteAsync(
            AddSql,
            [
                origin.ChainId, origin.BlockHash, origin.LogIndex, happened.Listing.Value, origin.BlockNumber,
                origin.TransactionHash, happened.IsFill ? Filled : Cancelled, happened.Purchase?.Value,
            ],
            cancellationToken);
        return rows == 1;
    }

    /// <summary>Removes the events above a block and answers them, last first.</summary>
    public static Task<List<OrderEvent>> UnwindAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(
            UnwindSql,
            [chain, toBlock],
            row => new OrderEvent(
                new ListingId(row.Id(0)),
                row.Text(1) == Filled,
                row.IdOrNull(2) is { } purchase ? new PurchaseId(purchase) : null),
            cancellationToken);
    }
}
