using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>What a table holds of a chain.</summary>
/// <param name="Table">The table, or the part of one that derives from the chain.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Sha256">SHA-256, lower-case hexadecimal, of the rows' own SHA-256 in order.</param>
public sealed record TableDigest(string Table, long Rows, string Sha256);

/// <summary>What all derived tables hold of a chain.</summary>
/// <param name="Tables">One digest a table, always in the same order.</param>
public sealed record DerivedDigest(IReadOnlyList<TableDigest> Tables)
{
    /// <summary>The tables that differ, by name; none when both states are the same.</summary>
    public IReadOnlyList<string> DifferencesFrom(DerivedDigest other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return
        [
            .. Tables.Union(other.Tables).GroupBy(digest => digest.Table)
                .Where(twins => twins.Count() > 1).Select(twins => twins.Key),
        ];
    }
}

/// <summary>What derives from a chain's logs, in a form by which two readings of the chain compare.</summary>
/// <remarks>
/// A listing is named by its order's hash and a purchase by order, buyer and turn, never by a random id; what only
/// people's clocks decide (when a listing was made, when a hold lapses) is left out, and with it an entry's
/// <c>happened_at</c>, whose block is in. Zero balances are the same as none. Every row is one line of text.
/// </remarks>
public static class DerivedState
{
    private const string TransfersSql = """
        SELECT ROW(block_number, log_index, position, block_hash, extract(epoch FROM block_time), transaction_hash,
            contract, token_id, from_address, to_address, quantity)::text AS line,
            block_number, log_index, position
        FROM token_transfers WHERE chain_id = $1
        """;

    private const string BalancesSql = """
        SELECT ROW(contract, token_id, owner, quantity)::text AS line, 0::bigint AS block_number, 0 AS log_index,
            0 AS position
        FROM token_balances WHERE chain_id = $1 AND quantity <> 0
        """;

    private const string ApprovalsSql = """
        SELECT ROW(block_number, log_index, block_hash, contract, owner, operator, token_id,
            is_approved)::text AS line,
            block_number, log_index, 0 AS position
        FROM token_approvals WHERE chain_id = $1
        """;

    private const string CurrencyTransfersSql = """
        SELECT ROW(block_number, log_index, block_hash, transaction_hash, currency, from_address, to_address,
            amount_wei)::text AS line,
            block_number, log_index, 0 AS position
        FROM currency_transfers WHERE chain_id = $1
        """;

    private const string CurrencyBalancesSql = """
        SELECT ROW(currency, owner, amount_wei)::text AS line, 0::bigint AS block_number, 0 AS log_index, 0 AS position
        FROM currency_balances WHERE chain_id = $1 AND amount_wei <> 0
        """;

    private const string CurrencyApprovalsSql = """
        SELECT ROW(block_number, log_index, block_hash, currency, owner, spender, amount_wei)::text AS line,
            block_number, log_index, 0 AS position
        FROM currency_approvals WHERE chain_id = $1
        """;

    private const string OrderEventsSql = """
        SELECT ROW(e.block_number, e.log_index, l.order_hash, e.block_hash, e.transaction_hash, e.kind, p.buyer)::text
            AS line,
            e.block_number, e.log_index, 0 AS position
        FROM order_events e JOIN listings l ON l.id = e.listing_id LEFT JOIN purchases p ON p.id = e.purchase_id
        WHERE e.chain_id = $1
        """;

    private const string SettlementLinesSql = """
        SELECT ROW(s.block_number, s.log_index, s.position, s.block_hash, l.order_hash, p.buyer, s.recipient, s.kind,
            s.amount_wei)::text AS line,
            s.block_number, s.log_index, s.position
        FROM settlement_lines s JOIN listings l ON l.id = s.listing_id LEFT JOIN purchases p ON p.id = s.purchase_id
        WHERE s.chain_id = $1
        """;

    private const string ActivitySql = """
        SELECT ROW(a.block_number, a.log_index, a.id, a.block_hash, a.transaction_hash, a.kind, a.contract, a.token_id,
            a.quantity, a.from_address, a.to_address, a.price_wei, l.order_hash)::text AS line,
            a.block_number, a.log_index, 0 AS position
        FROM activity a LEFT JOIN listings l ON l.id = a.listing_id
        WHERE a.chain_id = $1 AND a.block_number IS NOT NULL
        """;

    private const string ListingsSql = """
        SELECT ROW(order_hash, status, reason)::text AS line, 0::bigint AS block_number, 0 AS log_index, 0 AS position
        FROM listings WHERE chain_id = $1
        """;

    private const string PurchasesSql = """
        SELECT ROW(order_hash, buyer, row_number() OVER (PARTITION BY order_hash, buyer ORDER BY created_at, id),
            status, reason, transaction_hash)::text AS line,
            0::bigint AS block_number, 0 AS log_index, 0 AS position
        FROM purchases WHERE chain_id = $1
        """;

    // Of the rows' own digests, so that a table of any size is read once and sorted by what is small.
    private const string DigestOpening = """
        SELECT count(*), encode(sha256(coalesce(string_agg(sha256(convert_to(line, 'UTF8')), ''::bytea
            ORDER BY block_number, log_index, position, line COLLATE "C"), ''::bytea)), 'hex') FROM (
        """;

    private const string LinesOpening = "SELECT line FROM (";

    private const string LinesClosing = """
        ) AS lines ORDER BY block_number, log_index, position, line COLLATE "C" LIMIT 100000
        """;

    private const string DigestTransfersSql = $"{DigestOpening}{TransfersSql}) AS lines";
    private const string DigestBalancesSql = $"{DigestOpening}{BalancesSql}) AS lines";
    private const string DigestApprovalsSql = $"{DigestOpening}{ApprovalsSql}) AS lines";
    private const string DigestCurrencyTransfersSql = $"{DigestOpening}{CurrencyTransfersSql}) AS lines";
    private const string DigestCurrencyBalancesSql = $"{DigestOpening}{CurrencyBalancesSql}) AS lines";
    private const string DigestCurrencyApprovalsSql = $"{DigestOpening}{CurrencyApprovalsSql}) AS lines";
    private const string DigestOrderEventsSql = $"{DigestOpening}{OrderEventsSql}) AS lines";
    private const string DigestSettlementLinesSql = $"{DigestOpening}{SettlementLinesSql}) AS lines";
    private const string DigestActivitySql = $"{DigestOpening}{ActivitySql}) AS lines";
    private const string DigestListingsSql = $"{DigestOpening}{ListingsSql}) AS lines";
    private const string DigestPurchasesSql = $"{DigestOpening}{PurchasesSql}) AS lines";

    private const string ListTransfersSql = $"{LinesOpening}{TransfersSql}{LinesClosing}";
    private const string ListBalancesSql = $"{LinesOpening}{BalancesSql}{LinesClosing}";
    private const string ListApprovalsSql = $"{LinesOpening}{ApprovalsSql}{LinesClosing}";
    private const string ListCurrencyTransfersSql = $"{LinesOpening}{CurrencyTransfersSql}{LinesClosing}";
    private const string ListCurrencyBalancesSql = $"{LinesOpening}{CurrencyBalancesSql}{LinesClosing}";
    private const string ListCurrencyApprovalsSql = $"{LinesOpening}{CurrencyApprovalsSql}{LinesClosing}";
    private const string ListOrderEventsSql = $"{LinesOpening}{OrderEventsSql}{LinesClosing}";
    private const string ListSettlementLinesSql = $"{LinesOpening}{SettlementLinesSql}{LinesClosing}";
    private const string ListActivitySql = $"{LinesOpening}{ActivitySql}{LinesClosing}";
    private const string ListListingsSql = $"{LinesOpening}{ListingsSql}{LinesClosing}";
    private const string ListPurchasesSql = $"{LinesOpening}{PurchasesSql}{LinesClosing}";

    private static readonly (string Table, string DigestSql, string LinesSql)[] Parts =
    [
        ("token_transfers", DigestTransfersSql, ListTransfersSql),
        ("token_balances", DigestBalancesSql, ListBalancesSql),
        ("token_approvals", DigestApprovalsSql, ListApprovalsSql),
        ("currency_transfers", DigestCurrencyTransfersSql, ListCurrencyTransfersSql),
        ("currency_balances", DigestCurrencyBalancesSql, ListCurrencyBalancesSql),
        ("currency_approvals", DigestCurrencyApprovalsSql, ListCurrencyApprovalsSql),
        ("order_events", DigestOrderEventsSql, ListOrderEventsSql),
        ("settlement_lines", DigestSettlementLinesSql, ListSettlementLinesSql),
        ("activity", DigestActivitySql, ListActivitySql),
        ("listings", DigestListingsSql, ListListingsSql),
        ("purchases", DigestPurchasesSql, ListPurchasesSql),
    ];

    /// <summary>The derived state of a chain; the caller keeps its cursor still, or asks of a quiet one.</summary>
    public static async Task<DerivedDigest> DigestAsync(
        Transaction transaction, ChainId chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        List<TableDigest> tables = [];
        foreach ((string table, string digestSql, _) in Parts)
        {
            List<TableDigest> digest = await transaction.ListAsync(
                digestSql, [chain], row => new TableDigest(table, row.Bigint(0), row.Text(1)), cancellationToken);
            tables.Add(digest[0]);
        }

        return new DerivedDigest(tables);
    }

    /// <summary>A table's rows as the digest sees them, at most 100,000, to tell two states apart.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="table">A table that a digest named.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<string>> ListLinesAsync(
        Transaction transaction, ChainId chain, string table, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        string linesSql = Parts.First(part => part.Table == table).LinesSql;
        return transaction.ListAsync(linesSql, [chain], row => row.Text(0), cancellationToken);
    }
}
