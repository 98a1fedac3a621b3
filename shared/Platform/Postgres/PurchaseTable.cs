using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Purchases;
using Souk.Domain.Sessions;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>Table <c>purchases</c>.</summary>
public static class PurchaseTable
{
    private const string Columns = """
        id, status, reason, listing_id, chain_id, order_hash, buyer_id, buyer, price_wei::text, held_until,
        fillable_until, transaction_hash
        """;

    private const string AddSql = """
        INSERT INTO purchases (id, status, listing_id, chain_id, order_hash, buyer_id, buyer, price_wei, held_until,
            fillable_until, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::numeric, $9, $10, $11, $11)
        """;

    private const string FindOwnSql = $"SELECT {Columns} FROM purchases WHERE id = $1 AND buyer_id = $2";

    private const string LockOwnSql = $"SELECT {Columns} FROM purchases WHERE id = $1 AND buyer_id = $2 FOR UPDATE";

    private const string LockSql = $"SELECT {Columns} FROM purchases WHERE id = $1 FOR UPDATE";

    private const string LockByListingSql =
        $"SELECT {Columns} FROM purchases WHERE listing_id = $1 ORDER BY created_at DESC, id DESC FOR UPDATE";

    private const string LockManySql = $"SELECT {Columns} FROM purchases WHERE id = ANY ($1) ORDER BY id FOR UPDATE";

    private const string ListDueSql = """
        SELECT id, listing_id FROM purchases
        WHERE chain_id = $1 AND finalized_at IS NULL
            AND ((status = 'held' AND held_until <= $2) OR (status = 'submitted' AND fillable_until <= $3))
        ORDER BY held_until LIMIT $4
        """;

    private const string MoveSql = """
        UPDATE purchases SET status = $3, reason = $4, transaction_hash = $5, updated_at = $6,
            finalized_at = CASE WHEN $7 THEN coalesce(finalized_at, $6) END
        WHERE id = $1 AND status = $2
        """;

    /// <summary>Adds a purchase.</summary>
    public static Task AddAsync(Transaction transaction, Purchase purchase, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(purchase);
        return transaction.ExecuteAsync(
            AddSql,
            [
                purchase.Id.Value, WireText.Of(purchase.Status), purchase.ListingId.Value, purchase.ChainId,
                purchase.OrderHash, purchase.BuyerId.Value, purchase.Buyer, purchase.Price, purchase.HeldUntil,
                purchase.FillableUntil, transaction.Now,
            ],
            cancellationToken);
    }

    /// <summary>The buyer's own purchase; null when there is none, or it is another's.</summary>
    public static Task<Purchase?> FindOwnAsync(
        Transaction transaction, PurchaseId id, Guid buyerId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindOwnSql, [id.Value, buyerId], Read, cancellationToken);
    }

    /// <summary>The buyer's own purchase with its row locked.</summary>
    /// <exception cref="FailureException"><c>not_found</c>: there is none, or it is another's.</exception>
    public static async Task<Purchase> LockOwnAsync(
        Transaction transaction, PurchaseId id, Guid buyerId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindAsync(LockOwnSql, [id.Value, buyerId], Read, cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "There is no such purchase.");
    }

    /// <summary>The purchase with its row locked; null when there is none.</summary>
    public static Task<Purchase?> LockAsync(
        Transaction transaction, PurchaseId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(LockSql, [id.Value], Read, cancellationToken);
    }

    /// <summary>These purchases, locked; their listings' rows are locked before.</summary>
    public static Task<List<Purchase>> LockAsync(
        Transaction transaction, IEnumerable<PurchaseId> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(LockManySql, [ids.Select(id => id.Value).ToArray()], Read, cancellationToken);
    }

    /// <summary>All purchases of a listing, newest first, locked; the listing's row is locked before.</summary>
    public static Task<List<Purchase>> LockByListingAsync(
        Transaction transaction, ListingId listing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(LockByListingSql, [listing.Value], Read, cancellationToken);
    }

    /// <summary>Purchases that time has decided, with their listings, at most so many; not locked.</summary>
    public static Task<List<(PurchaseId Id, ListingId Listing)>> ListDueAsync(
        Transaction transaction,
        ChainId chain,
        DateTimeOffset chainTime,
        int rowsMax,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(
            ListDueSql,
            [chain, transaction.Now, chainTime, rowsMax],
            row => (new PurchaseId(row.Id(0)), new ListingId(row.Id(1))),
            cancellationToken);
    }

    /// <summary>Stores a move by compare-and-set on the status.</summary>
    /// <exception cref="FailureException"><c>conflict</c>: the purchase moved meanwhile.</exception>
    public static async Task MoveAsync(
        Transaction transaction, Purchase before, Purchase after, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before == after)
            return;
        int rows = await transaction.ExecuteAsync(
            MoveSql,
            [
                after.Id.Value, WireText.Of(before.Status), WireText.Of(after.Status),
                after.Reason is { } reason ? WireText.Of(reason) : null, after.Transaction, transaction.Now,
                PurchaseLifecycle.IsTerminal(after.Status),
            ],
            cancellationToken);
        if (rows != 1)
            throw new FailureException(FailureCode.Conflict, "The purchase changed meanwhile.");
    }

    private static Purchase Read(Row row) => new()
    {
        Id = new PurchaseId(row.Id(0)),
        Status = WireText.Parse<PurchaseStatus>(row.Text(1)),
        Reason = row.TextOrNull(2) is { } reason ? WireText.Parse<PurchaseReason>(reason) : null,
        ListingId = new ListingId(row.Id(3)),
        ChainId = row.ChainId(4),
        OrderHash = new OrderHash(row.Hash(5)),
        BuyerId = new UserId(row.Id(6)),
        Buyer = row.Address(7),
        Price = row.Wei(8),
        HeldUntil = row.Instant(9),
        FillableUntil = row.Instant(10),
        Transaction = row.HashOrNull(11) is { } hash ? new TransactionHash(hash) : null,
    };
}
