using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Purchases;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>A Seaport log about a listing of ours.</summary>
/// <param name="Listing">The listing.</param>
/// <param name="Kind">What the log says of its order.</param>
/// <param name="Purchase">The purchase that a fill settled; null for none.</param>
public sealed record OrderEvent(ListingId Listing, OrderEventKind Kind, PurchaseId? Purchase);

/// <summary>Which token left which seller by a sale, so that its own movement is not told again.</summary>
/// <param name="Transaction">The transaction of the fill.</param>
/// <param name="Contract">The token's contract.</param>
/// <param name="Token">The token.</param>
/// <param name="Seller">Whom it left.</param>
public readonly record struct SoldToken(TransactionHash Transaction, Address Contract, TokenId Token, Address Seller);

/// <summary>Table <c>order_events</c>.</summary>
public static class OrderEventTable
{
    private const string AddSql = """
        INSERT INTO order_events (chain_id, block_hash, log_index, listing_id, block_number, transaction_hash, kind,
            purchase_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
        """;

    private const string ListSoldSql = """
        SELECT e.transaction_hash, l.contract, l.token_id::text, l.seller
        FROM order_events e JOIN listings l ON l.id = e.listing_id
        WHERE e.chain_id = $1 AND e.block_number BETWEEN $2 AND $3 AND e.kind = 'filled'
        """;

    private const string UnwindSql = "DELETE FROM order_events WHERE chain_id = $1 AND block_number > $2";

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
                origin.TransactionHash, WireText.Of(happened.Kind), happened.Purchase?.Value,
            ],
            cancellationToken);
        return rows == 1;
    }

    /// <summary>What was sold in a range of blocks, both ends in it.</summary>
    public static async Task<HashSet<SoldToken>> ListSoldAsync(
        Transaction transaction, ChainId chain, long fromBlock, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        List<SoldToken> sold = await transaction.ListAsync(
            ListSoldSql,
            [chain, fromBlock, toBlock],
            row => new SoldToken(new TransactionHash(row.Hash(0)), row.Address(1), row.TokenId(2), row.Address(3)),
            cancellationToken);
        return [.. sold];
    }

    /// <summary>Removes the events of blocks that were undone.</summary>
    public static Task UnwindAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(UnwindSql, [chain, toBlock], cancellationToken);
    }
}
