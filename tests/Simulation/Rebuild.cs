using Souk.Harness.Faults;
using Souk.Local.Demo;
using Souk.Simulation.Crashes;

namespace Souk.Simulation;

/// <summary>
/// What the chain alone says, read anew from its first block by a Marketplace that nothing happens to.
/// </summary>
/// <remarks>
/// It knows the same people, collections, listings and purchases. What the chain decided of these is taken back before,
/// so that it must find it again; what people decided meanwhile, such as a confirmation, is not in the chain and is
/// left out of the comparison. All that derives from logs alone is compared row by row, and every sale and
/// cancellation.
/// </remarks>
public sealed class Rebuild(TwinMarketplace twin)
{
    // A listing that waits for its seller's word stands in nobody's way, and the chain may still end it.
    private const string ForgetSql = """
        CREATE TEMPORARY TABLE decided AS SELECT id FROM listings WHERE status = 'filled'
            OR (status = 'cancelled' AND reason IN ('cancelled_on_chain', 'counter_raised'));
        UPDATE purchases SET
            status = CASE WHEN status = 'settled' OR transaction_hash IS NULL THEN 'held' ELSE 'submitted' END,
            transaction_hash = CASE WHEN status = 'settled' THEN NULL ELSE transaction_hash END,
            reason = NULL, finalized_at = NULL
        WHERE listing_id IN (SELECT id FROM decided)
            AND (status = 'settled' OR reason IN ('sold_to_another', 'listing_unavailable'));
        UPDATE listings SET status = 'needs_reconfirm', reason = 'token_returned', finalized_at = NULL, held_by = NULL,
            held_until = NULL
        WHERE id IN (SELECT id FROM decided);
        TRUNCATE token_transfers, token_balances, token_approvals, currency_transfers, currency_balances,
            currency_approvals, order_events, settlement_lines, derived_changes, chain_blocks, chain_cursors;
        DELETE FROM activity WHERE block_number IS NOT NULL;
        """;

    private const string EndsSql = """
        SELECT 'ended ' || l.id || ' ' || l.status || ' ' || coalesce(l.reason, '') || ' ' || coalesce((
            SELECT string_agg(concat_ws(' ', p.id, p.status, p.reason, p.transaction_hash), ', ' ORDER BY p.id)
            FROM purchases p WHERE p.listing_id = l.id
                AND (p.status = 'settled' OR p.reason IN ('sold_to_another', 'listing_unavailable'))), '')
        FROM listings l WHERE l.status = 'filled'
            OR (l.status = 'cancelled' AND l.reason IN ('cancelled_on_chain', 'counter_raised'))
        """;

    /// <summary>What people's acts go into, and so the chain alone cannot say.</summary>
    private static readonly string[] PeoplesTables = ["listings ", "purchases ", "collections ", "derived_changes "];

    private static readonly string[] PeoplesKinds =
        ["\"kind\": \"list\"", "\"kind\": \"expire\"", "\"kind\": \"deactivate\"", "\"kind\": \"reactivate\""];

    /// <summary>Reads the chain anew and compares.</summary>
    /// <returns>How many rows were compared.</returns>
    /// <exception cref="DemoFailedException">They differ; says which.</exception>
    public async Task<int> RequireEqualAsync(CancellationToken cancellationToken)
    {
        await twin.BecomeEqualAsync(cancellationToken);
        await twin.ExecuteAsync(ForgetSql, cancellationToken);
        await twin.FollowAsync(cancellationToken);

        IReadOnlyList<string> expected = await ReadAsync(twin.CopyConnection, cancellationToken);
        IReadOnlyList<string> actual = await ReadAsync(twin.OriginalConnection, cancellationToken);
        string difference = DerivedRows.Difference(expected, actual);
        DemoFailedException.Unless(difference.Length == 0, $"All is as a rebuild from the chain:\n{difference}");
        return actual.Count;
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(string connection, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> rows = await DerivedRows.ReadAsync(connection, cancellationToken);
        IReadOnlyList<string> ends = await DerivedRows.ListAsync(connection, EndsSql, cancellationToken);
        return [.. rows.Where(IsOfChain), .. ends];
    }

    private static bool IsOfChain(string row) =>
        !PeoplesTables.Any(table => row.StartsWith(table, StringComparison.Ordinal))
        && !(row.StartsWith("activity ", StringComparison.Ordinal)
            && PeoplesKinds.Any(kind => row.Contains(kind, StringComparison.Ordinal)));
}
