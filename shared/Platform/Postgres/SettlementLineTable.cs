using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>Table <c>settlement_lines</c>.</summary>
public static class SettlementLineTable
{
    private const string AddSql = """
        INSERT INTO settlement_lines (chain_id, block_hash, log_index, position, block_number, listing_id, purchase_id,
            recipient, kind, amount_wei)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::numeric)
        """;

    private const string ListSql = """
        SELECT recipient, kind, amount_wei::text, log_index, position
        FROM settlement_lines WHERE purchase_id = $1 ORDER BY log_index, position LIMIT 100
        """;

    private const string UnwindSql = "DELETE FROM settlement_lines WHERE chain_id = $1 AND block_number > $2";

    /// <summary>Adds a line of a sale.</summary>
    public static Task AddAsync(
        Transaction transaction,
        LogOrigin origin,
        ListingId listing,
        PurchaseId? purchase,
        SettlementLine line,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(line);
        return transaction.ExecuteAsync(
            AddSql,
            [
                origin.ChainId, origin.BlockHash, origin.LogIndex, line.Position, origin.BlockNumber, listing.Value,
                purchase?.Value, line.Recipient, WireText.Of(line.Kind), line.Amount,
            ],
            cancellationToken);
    }

    /// <summary>A purchase's lines, in the log's order.</summary>
    public static Task<List<SettlementLine>> ListAsync(
        Transaction transaction, PurchaseId purchase, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(
            ListSql,
            [purchase.Value],
            row => new SettlementLine(
                row.Address(0),
                WireText.Parse<SettlementKind>(row.Text(1)),
                row.Wei(2),
                row.Integer(3),
                row.Integer(4)),
            cancellationToken);
    }

    /// <summary>Removes the lines of blocks that were undone.</summary>
    public static Task UnwindAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(UnwindSql, [chain, toBlock], cancellationToken);
    }
}
