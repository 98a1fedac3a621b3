using Npgsql;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Purchases;
using Souk.Domain.Sessions;
using Souk.Domain.Tokens;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>A listing with what its row alone knows.</summary>
/// <param name="Listing">The aggregate.</param>
/// <param name="Order">The order that was signed.</param>
/// <param name="Signature">The seller's signature; it leaves only in the steps of a hold.</param>
/// <param name="FeeVersion">The fee schedule it was priced by.</param>
/// <param name="FeeRecipient">Who the platform's fee goes to; zero for none.</param>
/// <param name="RoyaltyRecipient">Who the royalty goes to; zero for none.</param>
/// <param name="ObservedBlock">The block in which the chain's facts were observed.</param>
/// <param name="ObservedHash">That block's hash.</param>
/// <param name="CreatedAt">When it was listed.</param>
public sealed record ListingRow(
    Listing Listing,
    OrderComponents Order,
    byte[] Signature,
    int FeeVersion,
    Address FeeRecipient,
    Address RoyaltyRecipient,
    long ObservedBlock,
    BlockHash ObservedHash,
    DateTimeOffset CreatedAt)
{
    /// <summary>Names the listing, never its signature.</summary>
    public override string ToString() => $"ListingRow {{ Id = {Listing.Id} }}";
}

/// <summary>Table <c>listings</c>.</summary>
public static class ListingTable
{
    /// <summary>The unique index that keeps a token of one seller in one open listing.</summary>
    public const string OneOpenIndex = "listings_one_open";

    /// <summary>The unique constraint that keeps an order in one listing.</summary>
    public const string OrderConstraint = "listings_chain_id_order_hash_key";

    private const string Columns = """
        id, status, reason, chain_id, contract, token_id::text, standard, quantity::text, price_wei::text, seller_id,
        seller, order_hash, protection, starts_at, ends_at, held_by, held_until, last_authorization_expires_at,
        status_before_fill, reason_before_fill, "order"::text, signature, fee_version, fee_recipient,
        royalty_recipient, observed_block, observed_hash, created_at
        """;

    private const string AddSql = """
        INSERT INTO listings (id, status, chain_id, contract, token_id, standard, quantity, price_wei, seller_id,
            seller, order_hash, protection, starts_at, ends_at, "order", signature, fee_version, fee_recipient,
            royalty_recipient, observed_block, observed_hash, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5::numeric, $6, $7::numeric, $8::numeric, $9, $10, $11, $12, $13, $14, $15::jsonb,
            $16, $17, $18, $19, $20, $21, $22, $22)
        """;

    private const string FindSql = $"SELECT {Columns} FROM listings WHERE id = $1";

    private const string ListSql =
        $"SELECT {Columns} FROM listings WHERE id = ANY ($1) ORDER BY created_at DESC, id DESC";

    private const string LockSql = $"SELECT {Columns} FROM listings WHERE id = $1 FOR UPDATE";

    private const string LockByOrderSql =
        $"SELECT {Columns} FROM listings WHERE chain_id = $1 AND order_hash = $2 FOR UPDATE";

    private const string LockByTokenSql = $"""
        SELECT {Columns} FROM listings
        WHERE chain_id = $1 AND contract = $2 AND token_id = $3::numeric AND seller = $4 AND finalized_at IS NULL
        ORDER BY id FOR UPDATE
        """;

    private const string LockByOffererSql = $"""
        SELECT {Columns} FROM listings WHERE chain_id = $1 AND seller = $2 AND finalized_at IS NULL
        ORDER BY id FOR UPDATE
        """;

    private const string HasOrderSql =
        "SELECT id FROM listings WHERE chain_id = $1 AND order_hash = $2 AND seller_id = $3";

    private const string HasOpenTwinSql = """
        SELECT id FROM listings
        WHERE chain_id = $1 AND contract = $2 AND token_id = $3::numeric AND seller = $4 AND id <> $5
            AND standard = 'erc721' AND protection = 'protected' AND status IN ('active', 'held', 'cancel_pending')
        """;

    private const string UnwindSql = """
        UPDATE listings SET observed_block = $2, observed_hash = $3
        WHERE chain_id = $1 AND observed_block > $2 AND finalized_at IS NULL
        """;

    private const string ClaimDueSql = $"""
        SELECT {Columns} FROM listings
        WHERE chain_id = $1 AND finalized_at IS NULL AND (ends_at <= $2
            OR (status = 'cancel_pending' AND last_authorization_expires_at <= $2))
        ORDER BY ends_at LIMIT $3 FOR UPDATE SKIP LOCKED
        """;

    private const string MoveSql = """
        UPDATE listings SET status = $3, reason = $4, held_by = $5, held_until = $6,
            last_authorization_expires_at = $7, status_before_fill = $8, reason_before_fill = $9, updated_at = $10,
            finalized_at = CASE WHEN $11 THEN coalesce(finalized_at, $10) END
        WHERE id = $1 AND status = $2
        """;

    /// <summary>Adds a listing.</summary>
    public static Task AddAsync(Transaction transaction, ListingRow row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(row);
        Listing listing = row.Listing;
        return transaction.ExecuteAsync(
            AddSql,
            [
                listing.Id.Value, WireText.Of(listing.Status), listing.Token.ChainId, listing.Token.Contract,
                listing.Token.TokenId, WireText.Of(listing.Standard), listing.Quantity, listing.Price,
                listing.SellerId.Value, listing.Seller, listing.OrderHash, WireText.Of(listing.Protection),
                listing.StartsAt, listing.EndsAt, OrderJson.Write(row.Order), row.Signature, row.FeeVersion,
                row.FeeRecipient, row.RoyaltyRecipient, row.ObservedBlock, row.ObservedHash, row.CreatedAt,
            ],
            cancellationToken);
    }

    /// <summary>The listing; null when there is none.</summary>
    public static Task<ListingRow?> FindAsync(
        Transaction transaction, ListingId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(FindSql, [id.Value], Read, cancellationToken);
    }

    /// <summary>The listings of these names, newest first.</summary>
    public static Task<List<ListingRow>> ListAsync(
        Transaction transaction, Guid[] ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ListSql, [ids], Read, cancellationToken);
    }

    /// <summary>The listing with its row locked.</summary>
    /// <exception cref="FailureException"><c>not_found</c>.</exception>
    public static async Task<ListingRow> LockAsync(
        Transaction transaction, ListingId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindAsync(LockSql, [id.Value], Read, cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "There is no such listing.");
    }

    /// <summary>The listing of an order with its row locked; null when the order is not listed here.</summary>
    public static Task<ListingRow?> LockByOrderAsync(
        Transaction transaction, ChainId chain, OrderHash order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindAsync(LockByOrderSql, [chain, order], Read, cancellationToken);
    }

    /// <summary>The seller's unfinished listings of a token, locked.</summary>
    public static Task<List<ListingRow>> LockByTokenAsync(
        Transaction transaction, TokenReference token, Address seller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(token);
        return transaction.ListAsync(
            LockByTokenSql, [token.ChainId, token.Contract, token.TokenId, seller], Read, cancellationToken);
    }

    /// <summary>An offerer's unfinished listings on a chain, locked.</summary>
    public static Task<List<ListingRow>> LockByOffererAsync(
        Transaction transaction, ChainId chain, Address offerer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(LockByOffererSql, [chain, offerer], Read, cancellationToken);
    }

    /// <summary>Whether this user has listed the order on this chain.</summary>
    public static async Task<bool> HasOrderAsync(
        Transaction transaction, ChainId chain, OrderHash order, Guid sellerId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindValueAsync(
            HasOrderSql, [chain, order, sellerId], row => row.Id(0), cancellationToken) is not null;
    }

    /// <summary>
    /// Whether the seller's token has another open listing, beside which this one must not be opened.
    /// </summary>
    public static async Task<bool> HasOpenTwinAsync(
        Transaction transaction, Listing listing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(listing);
        return listing.Standard == TokenStandard.Erc721 && await transaction.FindValueAsync(
            HasOpenTwinSql,
            [
                listing.Token.ChainId, listing.Token.Contract, listing.Token.TokenId, listing.Seller, listing.Id.Value,
            ],
            row => row.Id(0),
            cancellationToken) is not null;
    }

    /// <summary>Blocks above this one were undone: facts observed in them are taken for this one's.</summary>
    public static Task UnwindAsync(
        Transaction transaction, ChainId chain, FollowedBlock to, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(to);
        return transaction.ExecuteAsync(UnwindSql, [chain, to.Number, to.Hash], cancellationToken);
    }

    /// <summary>Listings that the chain's time has decided, at most so many, locked.</summary>
    public static Task<List<ListingRow>> ClaimDueAsync(
        Transaction transaction,
        ChainId chain,
        DateTimeOffset chainTime,
        int rowsMax,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ClaimDueSql, [chain, chainTime, rowsMax], Read, cancellationToken);
    }

    /// <summary>Stores a move by compare-and-set on the status.</summary>
    /// <exception cref="FailureException">
    /// <c>conflict</c>: the listing moved meanwhile, or would be the token's second open one.
    /// </exception>
    public static async Task MoveAsync(
        Transaction transaction, Listing before, Listing after, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before == after)
            return;
        int rows;
        try
        {
            rows = await transaction.ExecuteAsync(
                MoveSql,
                [
                    after.Id.Value, WireText.Of(before.Status), WireText.Of(after.Status), TextOf(after.Reason),
                    after.HeldBy?.Value, after.HeldUntil, after.LastAuthorizationExpiresAt,
                    TextOf(after.StatusBeforeFill), TextOf(after.ReasonBeforeFill),
                    transaction.Now, ListingLifecycle.IsTerminal(after.Status),
                ],
                cancellationToken);
        }
        catch (PostgresException exception) when (PostgresFailures.IsDuplicate(exception, OneOpenIndex))
        {
            throw new FailureException(FailureCode.Conflict, "The token has another open listing of its seller's.");
        }

        if (rows != 1)
            throw new FailureException(FailureCode.Conflict, "The listing changed meanwhile.");
    }

    private static string? TextOf<T>(T? value)
        where T : struct, Enum => value is { } known ? WireText.Of(known) : null;

    private static T? ParseOrNull<T>(string? text)
        where T : struct, Enum => text is null ? null : WireText.Parse<T>(text);

    private static ListingRow Read(Row row)
    {
        Listing listing = new()
        {
            Id = new ListingId(row.Id(0)),
            Status = WireText.Parse<ListingStatus>(row.Text(1)),
            Reason = ParseOrNull<ListingReason>(row.TextOrNull(2)),
            Token = new TokenReference(row.ChainId(3), row.Address(4), row.TokenId(5)),
            Standard = WireText.Parse<TokenStandard>(row.Text(6)),
            Quantity = row.Number(7),
            Price = row.Wei(8),
            SellerId = new UserId(row.Id(9)),
            Seller = row.Address(10),
            OrderHash = new OrderHash(row.Hash(11)),
            Protection = WireText.Parse<Protection>(row.Text(12)),
            StartsAt = row.Instant(13),
            EndsAt = row.Instant(14),
            HeldBy = row.IdOrNull(15) is { } held ? new PurchaseId(held) : null,
            HeldUntil = row.InstantOrNull(16),
            LastAuthorizationExpiresAt = row.InstantOrNull(17),
            StatusBeforeFill = ParseOrNull<ListingStatus>(row.TextOrNull(18)),
            ReasonBeforeFill = ParseOrNull<ListingReason>(row.TextOrNull(19)),
        };
        return new ListingRow(
            listing, OrderJson.Read(row.Text(20)), row.Bytes(21), row.Integer(22), row.Address(23), row.Address(24),
            row.Bigint(25), new BlockHash(row.Hash(26)), row.Instant(27));
    }
}
