using Souk.Domain.Failures;
using Souk.Domain.Signing;

namespace Souk.Platform.Postgres;

/// <summary>One version of a policy rule: proposed, and in force once another person approved it.</summary>
/// <param name="Rule">The rule; it carries its own name and version.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ProposedAt">When.</param>
/// <param name="ApprovedBy">Who approved it; null while nobody has.</param>
/// <param name="ApprovedAt">When.</param>
public sealed record PolicyRecord(
    PolicyRule Rule, Guid ProposedBy, DateTimeOffset ProposedAt, Guid? ApprovedBy, DateTimeOffset? ApprovedAt);

/// <summary>Owner of <c>policy_rules</c>: what the platform's wallets may do, version by version.</summary>
public static class PolicyTable
{
    private const string AddSql = """
        INSERT INTO policy_rules (rule_id, version, rule, proposed_by, proposed_at) VALUES ($1, $2, $3::jsonb, $4, $5)
        ON CONFLICT DO NOTHING
        """;

    private const string VersionSql = "SELECT max(version) FROM policy_rules WHERE rule_id = $1 HAVING count(*) > 0";

    private const string ActiveVersionSql = """
        SELECT max(version) FROM policy_rules WHERE rule_id = $1 AND approved_at IS NOT NULL HAVING count(*) > 0
        """;

    private const string LockSql = """
        SELECT rule::text, proposed_by, proposed_at, approved_by, approved_at
        FROM policy_rules WHERE rule_id = $1 AND version = $2 FOR UPDATE
        """;

    private const string ApproveSql = """
        UPDATE policy_rules SET approved_by = $3, approved_at = $4
        WHERE rule_id = $1 AND version = $2 AND approved_at IS NULL
        """;

    private const string ActiveSql = """
        SELECT DISTINCT ON (rule_id) rule::text, proposed_by, proposed_at, approved_by, approved_at
        FROM policy_rules WHERE approved_at IS NOT NULL ORDER BY rule_id, version DESC LIMIT 10000
        """;

    private const string ProposedSql = """
        SELECT rule::text, proposed_by, proposed_at, approved_by, approved_at
        FROM policy_rules AS p WHERE approved_at IS NULL AND version > (
            SELECT coalesce(max(version), 0) FROM policy_rules WHERE rule_id = p.rule_id AND approved_at IS NOT NULL)
        ORDER BY rule_id, version LIMIT 10000
        """;

    // Spending under a rule is counted and added to by one request at a time; the order keeps deadlocks away.
    private const string SerializeSql = """
        SELECT 1 FROM policy_rules WHERE rule_id = ANY ($1) ORDER BY rule_id, version FOR UPDATE
        """;

    /// <summary>Adds a proposed version.</summary>
    /// <returns>False when that version of the rule exists already.</returns>
    public static async Task<bool> AddAsync(
        Transaction transaction, PolicyRule rule, Guid proposedBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(rule);
        int rows = await transaction.ExecuteAsync(
            AddSql,
            [rule.Id.Value, rule.Version, PolicyJson.Write(rule), proposedBy, transaction.Now],
            cancellationToken);
        return rows == 1;
    }

    /// <summary>The rule's newest version, approved or not; 0 when there is no such rule.</summary>
    public static async Task<int> FindVersionAsync(
        Transaction transaction, PolicyRuleId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindValueAsync(VersionSql, [id.Value], row => row.Integer(0), cancellationToken) ?? 0;
    }

    /// <summary>The version in force; 0 when none is.</summary>
    public static async Task<int> FindActiveVersionAsync(
        Transaction transaction, PolicyRuleId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindValueAsync(
            ActiveVersionSql, [id.Value], row => row.Integer(0), cancellationToken) ?? 0;
    }

    /// <summary>One version, locked until the transaction ends.</summary>
    /// <exception cref="FailureException"><c>not_found</c>.</exception>
    public static async Task<PolicyRecord> LockAsync(
        Transaction transaction, PolicyRuleId id, int version, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindAsync(LockSql, [id.Value, version], Read, cancellationToken)
            ?? throw new FailureException(FailureCode.NotFound, "There is no such version of the rule.");
    }

    /// <summary>Puts a version in force.</summary>
    /// <returns>False when it is in force already.</returns>
    public static async Task<bool> ApproveAsync(
        Transaction transaction, PolicyRuleId id, int version, Guid approvedBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync(
            ApproveSql, [id.Value, version, approvedBy, transaction.Now], cancellationToken) == 1;
    }

    /// <summary>The rules in force, each in its newest approved version.</summary>
    public static Task<List<PolicyRecord>> ListActiveAsync(
        Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ActiveSql, [], Read, cancellationToken);
    }

    /// <summary>The versions that wait for a second person.</summary>
    public static Task<List<PolicyRecord>> ListProposedAsync(
        Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(ProposedSql, [], Read, cancellationToken);
    }

    /// <summary>Has requests under these rules wait for each other until the transaction ends.</summary>
    public static Task SerializeAsync(
        Transaction transaction, IEnumerable<PolicyRuleId> rules, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Guid[] ids = [.. rules.Select(rule => rule.Value)];
        return transaction.ListAsync(SerializeSql, [ids], row => row.Integer(0), cancellationToken);
    }

    private static PolicyRecord Read(Row row) => new(
        PolicyJson.Read(row.Text(0)), row.Id(1), row.Instant(2), row.IdOrNull(3), row.InstantOrNull(4));
}
