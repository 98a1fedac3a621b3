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
    /// <summary>The block in which the token was seen when the seller last confirmed the listing.</summary>
    public long? ConfirmedBlock { get; init; }

    /// <summary>Whether a block is newer than all that is known of seller and token.</summary>
    public bool IsOlderThan(long block) => ObservedBlock < block && !(ConfirmedBlock >= block);

    /// <summary>Names the listing, never its signature.</summary>
    public override string ToString() => $"ListingRow {{ Id = {Listing.Id} }}";
}

/// <summary>What the logs of a span are about, as far as listings know it.</summary>
/// <param name="Orders">Orders that Seaport names.</param>
/// <param name="Tokens">Tokens that moved, each with whom it left or came to.</param>
/// <param name="Approvals">Owners who let somebody move a contract's tokens, or no longer.</param>
/// <param name="Offerers">Who raised their counter.</param>
public sealed record TouchedKeys(
    IReadOnlySet<OrderHash> Orders,
    IReadOnlySet<(Address Contract, TokenId Token, Address Owner)> Tokens,
    IReadOnlySet<(Address Contract, Address Owner)> Approvals,
    IReadOnlySet<Address> Offerers)
{
    /// <summary>Whether no listing can be touched.</summary>
    public bool IsEmpty => Orders.Count + Tokens.Count + Approvals.Count + Offerers.Count == 0;
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
        "order"::text, signature, fee_version, fee_recipient, royalty_recipient, observed_block, observed_hash,
        created_at, confirmed_block
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

    // One row a listing that any of a span's logs may move, and the token's other listings that it may stand beside.
    private const string LockTouchedSql = $"""
        SELECT {Columns} FROM listings WHERE id IN (
            SELECT id FROM listings WHERE chain_id = $1 AND order_hash = ANY ($2)
            UNION
            SELECT l.id FROM unnest($3::bytea[], $4::text[], $5::bytea[]) AS moved (contract, token_id, owner)
            JOIN listings l ON l.chain_id = $1 AND l.contract = moved.contract
                AND l.token_id = moved.token_id::numeric AND l.seller = moved.owner
            WHERE l.finalized_at IS NULL
            UNION
            SELECT l.id FROM unnest($6::bytea[], $7::bytea[]) AS approved (contract, owner)
            JOIN listings l ON l.chain_id = $1 AND l.seller = approved.owner AND l.contract = approved.contract
            WHERE l.finalized_at IS NULL
            UNION
            SELECT id FROM listings WHERE chain_id = $1 AND seller = ANY ($8) AND finalized_at IS NULL)
        ORDER BY id FOR UPDATE
        """;

    // With the open listings of their tokens: beside one of those, an undone one must not be opened.
    private const string LockWithTwinsSql = $"""
        SELECT {Columns} FROM listings WHERE id IN (
            SELECT twin.id FROM listings l
            JOIN listings twin ON twin.chain_id = l.chain_id AND twin.contract = l.contract
                AND twin.token_id = l.token_id AND twin.seller = l.seller
            WHERE l.id = ANY ($1) AND (twin.id = l.id OR twin.finalized_at IS NULL))
        ORDER BY id FOR UPDATE
        """;

    private const string HasOrderSql =
        "SELECT id FROM listings WHERE chain_id = $1 AND order_hash = $2 AND seller_id = $3";

    private const string HasOpenTwinSql = """
        SELECT id FROM listings
        WHERE chain_id = $1 AND contract = $2 AND token_id = $3::numeric AND seller = $4 AND id <> $5
            AND standard = 'erc721' AND protection = 'protected' AND status IN ('active', 'held', 'cancel_pending')
        """;

    // Whose facts are of blocks that are gone: their token came to the seller in such a block.
    private const string ListOrphanedSql = """
        SELECT DISTINCT l.id FROM listings l
        JOIN token_transfers t ON t.chain_id = l.chain_id AND t.contract = l.contract AND t.token_id = l.token_id
            AND t.to_address = l.seller AND t.block_number > $2
        WHERE l.chain_id = $1 AND l.finalized_at IS NULL
            AND (l.observed_block > $2 OR l.confirmed_block > $2)
        """;

    private const string UnwindSql = """
        UPDATE listings SET
            observed_hash = CASE WHEN observed_block > $2 THEN $3 ELSE observed_hash END,
            observed_block = least(observed_block, $2),
            confirmed_block = CASE WHEN confirmed_block <= $2 THEN confirmed_block END
        WHERE chain_id = $1 AND (observed_block > $2 OR confirmed_block > $2)
        """;

    private const string ConfirmSql = "UPDATE listings SET confirmed_block = $2 WHERE id = $1";

    private const string ClaimDueSql = $"""
        SELECT {Columns} FROM listings
        WHERE chain_id = $1 AND finalized_at IS NULL AND (ends_at <= $2
            OR (status = 'cancel_pending' AND last_authorization_expires_at <= $2))
        ORDER BY ends_at LIMIT $3 FOR UPDATE SKIP LOCKED
        """;

    private const string MoveSql = """
        UPDATE listings SET status = $3, reason = $4, held_by = $5, held_until = $6,
            last_authorization_expires_at = $7, updated_at = $8,
            finalized_at = CASE WHEN $9 THEN coalesce(finalized_at, $8) END
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

    /// <summary>The listings that a span of logs may move, locked, none that it cannot.</summary>
    public static Task<List<ListingRow>> LockTouchedAsync(
        Transaction transaction, ChainId chain, TouchedKeys touched, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(touched);
        return transaction.ListAsync(
            LockTouchedSql,
            [
                chain,
                touched.Orders.Select(it => it.Value.ToArray()).ToArray(),
                touched.Tokens.Select(it => it.Contract.ToArray()).ToArray(),
                touched.Tokens.Select(it => it.Token.ToString()).ToArray(),
                touched.Tokens.Select(it => it.Owner.ToArray()).ToArray(),
                touched.Approvals.Select(it => it.Contract.ToArray()).ToArray(),
                touched.Approvals.Select(it => it.Owner.ToArray()).ToArray(),
                touched.Offerers.Select(it => it.ToArray()).ToArray(),
            ],
            Read,
            cancellationToken);
    }

    /// <summary>These listings and the open ones of the same tokens and sellers, locked.</summary>
    public static Task<List<ListingRow>> LockWithTwinsAsync(
        Transaction transaction, IEnumerable<ListingId> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(
            LockWithTwinsSql, [ids.Select(id => id.Value).ToArray()], Read, cancellationToken);
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

    /// <summary>Open listings whose token came to their seller in a block above this one, and whose facts are of
    /// such a block too; not locked.</summary>
    public static async Task<List<ListingId>> ListOrphanedAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ListAsync(
            ListOrphanedSql, [chain, toBlock], row => new ListingId(row.Id(0)), cancellationToken);
    }

    /// <summary>Blocks above this one are gone: facts observed in them are taken for this one's.</summary>
    public static Task UnwindAsync(
        Transaction transaction, ChainId chain, FollowedBlock to, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(to);
        return transaction.ExecuteAsync(UnwindSql, [chain, to.Number, to.Hash], cancellationToken);
    }

    /// <summary>Says in which block the token was seen when its seller confirmed the listing.</summary>
    public static Task ConfirmAsync(
        Transaction transaction, ListingId id, long block, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(ConfirmSql, [id.Value, block], cancellationToken);
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
        };
        return new ListingRow(
            listing, OrderJson.Read(row.Text(18)), row.Bytes(19), row.Integer(20), row.Address(21), row.Address(22),
            row.Bigint(23), new BlockHash(row.Hash(24)), row.Instant(25))
        {
            ConfirmedBlock = row.BigintOrNull(26),
        };
    }
}
