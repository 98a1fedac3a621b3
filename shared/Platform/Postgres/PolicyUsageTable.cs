using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Souk.Domain.Chain;
using Souk.Domain.Signing;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>When a share of a cap is counted.</summary>
public enum UsagePhase
{
    /// <summary>When the transaction was accepted.</summary>
    Accepted,

    /// <summary>When it took its nonce.</summary>
    Allocated,
}

/// <summary>
/// Owner of <c>policy_shares</c>, <c>policy_usage</c> and <c>policy_holds</c>: what rules and wallets have used.
/// </summary>
/// <remarks>
/// Whoever counts holds the lock of what it counts under, from before it read the sums until it has committed: so a
/// cap holds however many ask at once. A share is given back by a trigger on <c>transactions</c>.
/// </remarks>
public static class PolicyUsageTable
{
    // The order keeps deadlocks away.
    private const string LockSql = """
        SELECT pg_advisory_xact_lock(keys.key)
        FROM (SELECT DISTINCT hashtextextended($2 || id::text, 0) AS key FROM unnest($1::uuid[]) AS id
            ORDER BY 1) AS keys
        """;

    // A row counts as long as the window touches it: rounded up, never down.
    private const string UsageSql = """
        SELECT scope_id, period, sum(count)::bigint, sum(value_wei)::text, sum(amount)::text FROM policy_usage
        WHERE scope_id = ANY ($1) AND phase = $2 AND (
            (period = 'hour' AND starts_at > $3::timestamptz - interval '61 minutes')
            OR (period = 'day' AND starts_at > $3::timestamptz - interval '24 hours 15 minutes'))
        GROUP BY scope_id, period
        """;

    private const string AcceptSql = """
        WITH share AS (
            INSERT INTO policy_shares (transaction_id, rule_id, signer_id, value_wei, amount, accepted_at)
            VALUES ($1, $2, $3, $4::numeric, $5::numeric, $6)
            RETURNING rule_id, signer_id, value_wei, amount, accepted_at)
        INSERT INTO policy_usage AS used (scope_id, phase, period, starts_at, count, value_wei, amount)
        SELECT scopes.id, 'accepted', periods.period,
            date_bin(periods.length, share.accepted_at, 'epoch'::timestamptz), 1, share.value_wei,
            CASE WHEN scopes.id = share.rule_id THEN share.amount ELSE 0 END
        FROM share CROSS JOIN LATERAL (VALUES (share.rule_id), (share.signer_id)) AS scopes (id)
            CROSS JOIN (VALUES ('hour', interval '1 minute'), ('day', interval '15 minutes'))
                AS periods (period, length)
        ON CONFLICT (scope_id, phase, period, starts_at) DO UPDATE SET count = used.count + excluded.count,
            value_wei = used.value_wei + excluded.value_wei, amount = used.amount + excluded.amount
        """;

    private const string AllocateSql = """
        WITH share AS (
            UPDATE policy_shares SET allocated_at = $2 WHERE transaction_id = ANY ($1)
            RETURNING rule_id, signer_id, value_wei, amount, allocated_at)
        INSERT INTO policy_usage AS used (scope_id, phase, period, starts_at, count, value_wei, amount)
        SELECT scopes.id, 'allocated', periods.period,
            date_bin(periods.length, share.allocated_at, 'epoch'::timestamptz), count(*), sum(share.value_wei),
            sum(CASE WHEN scopes.id = share.rule_id THEN share.amount ELSE 0 END)
        FROM share CROSS JOIN LATERAL (VALUES (share.rule_id), (share.signer_id)) AS scopes (id)
            CROSS JOIN (VALUES ('hour', interval '1 minute'), ('day', interval '15 minutes'))
                AS periods (period, length)
        GROUP BY 1, 3, 4
        ON CONFLICT (scope_id, phase, period, starts_at) DO UPDATE SET count = used.count + excluded.count,
            value_wei = used.value_wei + excluded.value_wei, amount = used.amount + excluded.amount
        """;

    private const string ForgetSql = """
        DELETE FROM policy_usage WHERE scope_id = ANY ($1) AND (starts_at < $2::timestamptz - interval '25 hours'
            OR (period = 'hour' AND starts_at < $2::timestamptz - interval '2 hours'))
        """;

    private const string HoldSql = """
        INSERT INTO policy_holds (rule_id, signer_id, held_until)
        SELECT held.rule_id, $2, $3 FROM unnest($1::uuid[]) AS held (rule_id)
        ON CONFLICT (rule_id, signer_id) DO UPDATE SET held_until = excluded.held_until
        """;

    /// <summary>Has whoever counts under these rules and this wallet wait until the transaction ends.</summary>
    public static Task LockAsync(
        Transaction transaction,
        UsagePhase phase,
        IEnumerable<PolicyRuleId> rules,
        SignerId signer,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(LockSql, [Scopes(rules, signer), WireText.Of(phase)], cancellationToken);
    }

    /// <summary>What these rules and this wallet have used in the last hour and day.</summary>
    public static async Task<PolicyUsages> FindAsync(
        Transaction transaction,
        UsagePhase phase,
        IEnumerable<PolicyRuleId> rules,
        SignerId signer,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        List<(Guid Scope, bool IsHour, UsageSum Sum)> rows = await transaction.ListAsync(
            UsageSql,
            [Scopes(rules, signer), WireText.Of(phase), transaction.Now],
            row => (row.Id(0), row.Text(1) == "hour", new UsageSum(row.Bigint(2), Sum(row, 3), Sum(row, 4))),
            cancellationToken);
        Dictionary<Guid, PolicyUsage> used = [];
        foreach ((Guid scope, bool isHour, UsageSum sum) in rows)
        {
            PolicyUsage known = used.GetValueOrDefault(scope, PolicyUsage.None);
            used[scope] = isHour ? known with { Hour = sum } : known with { Day = sum };
        }

        used.Remove(signer.Value, out PolicyUsage? ofSigner);
        return new PolicyUsages(
            used.ToImmutableDictionary(pair => new PolicyRuleId(pair.Key), pair => pair.Value),
            ofSigner ?? PolicyUsage.None);
    }

    /// <summary>Counts a transaction that a rule allowed; its row may follow in the same unit of work.</summary>
    /// <param name="transaction">The unit of work; it holds the lock.</param>
    /// <param name="id">The transaction.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="signer">The wallet.</param>
    /// <param name="value">The native coin it sends.</param>
    /// <param name="amount">What it adds to the amount that the rule caps.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task AcceptAsync(
        Transaction transaction,
        TransactionId id,
        PolicyRuleId rule,
        SignerId signer,
        Wei value,
        UInt256 amount,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        SqlValue[] values = [id.Value, rule.Value, signer.Value, value, amount, transaction.Now];
        return transaction.ExecuteAsync(AcceptSql, values, cancellationToken);
    }

    /// <summary>Counts transactions of one wallet that take their nonces in this unit of work.</summary>
    public static async Task AllocateAsync(
        Transaction transaction, IEnumerable<TransactionRecord> allocated, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        TransactionRecord[] records = [.. allocated];
        Guid[] ids = [.. records.Select(it => it.Id.Value)];
        Guid[] scopes = [.. records.SelectMany(it => (Guid[])[it.RuleId!.Value.Value, it.SignerId.Value]).Distinct()];
        await transaction.ExecuteAsync(AllocateSql, [ids, transaction.Now], cancellationToken);
        await transaction.ExecuteAsync(ForgetSql, [scopes, transaction.Now], cancellationToken);
    }

    /// <summary>Has what these rules allowed for a wallet wait in the queue until then.</summary>
    public static Task HoldAsync(
        Transaction transaction,
        IEnumerable<PolicyRuleId> rules,
        SignerId signer,
        DateTimeOffset until,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Guid[] ids = [.. rules.Select(rule => rule.Value)];
        return transaction.ExecuteAsync(HoldSql, [ids, signer.Value, until], cancellationToken);
    }

    private static Guid[] Scopes(IEnumerable<PolicyRuleId> rules, SignerId signer) =>
        [.. rules.Select(rule => rule.Value), signer.Value];

    private static BigInteger Sum(Row row, int column) =>
        BigInteger.Parse(row.Text(column), NumberStyles.None, CultureInfo.InvariantCulture);
}
