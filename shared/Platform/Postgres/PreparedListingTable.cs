using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Platform.Postgres;

/// <summary>A listing that waits for its seller's signature.</summary>
/// <param name="OrderHash">The order's name.</param>
/// <param name="ChainId">Its chain.</param>
/// <param name="SellerId">The user who prepared it.</param>
/// <param name="Order">What the wallet is to sign.</param>
/// <param name="Price">What a buyer will pay, in wei.</param>
/// <param name="Fee">The schedule it was priced by.</param>
/// <param name="Royalty">What the token's contract asked for that price.</param>
/// <param name="ExpiresAt">Until when it may be submitted.</param>
public sealed record PreparedListing(
    OrderHash OrderHash,
    ChainId ChainId,
    Guid SellerId,
    OrderComponents Order,
    Wei Price,
    FeeSchedule Fee,
    Royalty Royalty,
    DateTimeOffset ExpiresAt);

/// <summary>Table <c>prepared_listings</c>.</summary>
public static class PreparedListingTable
{
    private const string AddSql = """
        INSERT INTO prepared_listings (order_hash, chain_id, seller_id, "order", price_wei, fee_bps, fee_recipient,
            fee_version, royalty_recipient, royalty_wei, expires_at)
        VALUES ($1, $2, $3, $4::jsonb, $5::numeric, $6, $7, $8, $9, $10::numeric, $11)
        """;

    private const string FindSql = """
        SELECT order_hash, chain_id, seller_id, "order"::text, price_wei::text, fee_version, fee_bps, fee_recipient,
            royalty_recipient, royalty_wei::text, expires_at
        FROM prepared_listings WHERE order_hash = $1 AND seller_id = $2 AND expires_at > $3
        """;

    private const string RemoveSql = "DELETE FROM prepared_listings WHERE order_hash = $1";

    private const string RemoveExpiredSql = """
        DELETE FROM prepared_listings WHERE order_hash IN (
            SELECT order_hash FROM prepared_listings WHERE expires_at <= $1 LIMIT 1000)
        """;

    /// <summary>Adds a prepared listing.</summary>
    public static Task AddAsync(
        Transaction transaction, PreparedListing prepared, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(prepared);
        return transaction.ExecuteAsync(
            AddSql,
            [
                prepared.OrderHash, prepared.ChainId, prepared.SellerId, OrderJson.Write(prepared.Order),
                prepared.Price, prepared.Fee.PlatformFeeBps, prepared.Fee.Recipient, prepared.Fee.Version,
                prepared.Royalty.Recipient, prepared.Royalty.Amount, prepared.ExpiresAt,
            ],
            cancellationToken);
    }

    /// <summary>What this user prepared under this name; null when nothing, or too long ago.</summary>
    public static Task<PreparedListing?> FindAsync(
        Transaction transaction, OrderHash order, Guid sellerId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindSql, [order, sellerId, transaction.Now], Read, cancellationToken);
    }

    /// <summary>Removes a prepared listing that became one.</summary>
    public static Task RemoveAsync(Transaction transaction, OrderHash order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(RemoveSql, [order], cancellationToken);
    }

    /// <summary>Removes some of those nobody signed in time.</summary>
    public static Task<int> RemoveExpiredAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(RemoveExpiredSql, [transaction.Now], cancellationToken);
    }

    private static PreparedListing Read(Row row) => new(
        new OrderHash(row.Hash(0)),
        row.ChainId(1),
        row.Id(2),
        OrderJson.Read(row.Text(3)),
        row.Wei(4),
        new FeeSchedule(row.Integer(5), row.Integer(6), row.Address(7)),
        new Royalty(row.Address(8), row.Wei(9)),
        row.Instant(10));
}
