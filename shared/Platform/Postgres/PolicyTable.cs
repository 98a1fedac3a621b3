using Souk.Domain.Signing;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>One version of a policy: proposed, and in force once its time has come.</summary>
/// <param name="Id">The policy.</param>
/// <param name="Version">Which version of it.</param>
/// <param name="Content">What it says.</param>
/// <param name="IsNarrowing">Whether it allows no more than what was in force: then one person was enough.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ProposedAt">When.</param>
public sealed record PolicyRecord(
    PolicyId Id,
    int Version,
    PolicyContent Content,
    bool IsNarrowing,
    Guid ProposedBy,
    DateTimeOffset ProposedAt)
{
    /// <summary>Who approved it; null while nobody has, or when nobody need.</summary>
    public Guid? ApprovedBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>From when on it counts, if no newer one does; null while it waits for a second person.</summary>
    public DateTimeOffset? EffectiveAt { get; init; }

    /// <summary>Who withdrew it before it counted; null when nobody did.</summary>
    public Guid? WithdrawnBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }
}

/// <summary>Owner of <c>policies</c> and <c>policy_revision</c>: what wallets may do, version by version.</summary>
/// <remarks>
/// Whoever changes a policy waits for every judgement that is being written, and whoever judges in order to write
/// waits for every change: so a change is in force for whatever commits after it. See <see cref="LockAsync"/>.
/// </remarks>
public static class PolicyTable
{
    private const string LockSql = "SELECT pg_advisory_xact_lock(7020110002)";

    private const string ShareLockSql = "SELECT pg_advisory_xact_lock_shared(7020110002)";

    private const string RaiseSql = "UPDATE policy_revision SET revision = revision + 1";

    private const string RevisionSql = "SELECT revision FROM policy_revision";

    private const string AddSql = """
        INSERT INTO policies (id, version, kind, name, content, is_narrowing, proposed_by, proposed_at, effective_at)
        VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9) ON CONFLICT DO NOTHING
        """;

    private const string IdSql = "SELECT id FROM policies WHERE kind = $1 AND name = $2 AND version = 1";

    private const string VersionsSql = """
        SELECT id, version, kind, content::text, is_narrowing, proposed_by, proposed_at, approved_by, approved_at,
            effective_at, withdrawn_by, withdrawn_at
        FROM policies WHERE id = $1 ORDER BY version DESC LIMIT 1000
        """;

    private const string InForceSql = """
        SELECT DISTINCT ON (id) id, version, kind, content::text, is_narrowing, proposed_by, proposed_at, approved_by,
            approved_at, effective_at, withdrawn_by, withdrawn_at
        FROM policies
        WHERE effective_at <= $1 AND withdrawn_at IS NULL AND ($2::text IS NULL OR kind = $2)
        ORDER BY id, version DESC LIMIT 10000
        """;

    private const string WaitingSql = """
        SELECT id, version, kind, content::text, is_narrowing, proposed_by, proposed_at, approved_by, approved_at,
            effective_at, withdrawn_by, withdrawn_at
        FROM policies AS p
        WHERE withdrawn_at IS NULL AND (effective_at IS NULL OR effective_at > $1)
            AND ($2::text IS NULL OR kind = $2)
            AND NOT EXISTS (
                SELECT FROM policies AS newer WHERE newer.id = p.id AND newer.version > p.version
                    AND newer.effective_at <= $1 AND newer.withdrawn_at IS NULL)
        ORDER BY id, version LIMIT 10000
        """;

    private const string ApproveSql = """
        UPDATE policies SET approved_by = $3, approved_at = $4, effective_at = $5 WHERE id = $1 AND version = $2
        """;

    private const string WithdrawSql = """
        UPDATE policies SET withdrawn_by = $3, withdrawn_at = $4 WHERE id = $1 AND version = $2
        """;

    /// <summary>Takes policies for a change: until the transaction ends nobody else changes them or judges by them.
    /// </summary>
    public static async Task LockAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.ExecuteAsync(LockSql, [], cancellationToken);
        await transaction.ExecuteAsync(RaiseSql, [], cancellationToken);
    }

    /// <summary>Keeps policies as they are until the transaction ends; others may judge by them as well.</summary>
    public static Task ShareLockAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(ShareLockSql, [], cancellationToken);
    }

    /// <summary>Rises with every change; time may bring a version in force without one.</summary>
    public static async Task<long> GetRevisionAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FindValueAsync(RevisionSql, [], row => row.Bigint(0), cancellationToken) ?? 0;
    }

    /// <summary>Adds a version.</summary>
    /// <returns>False when that version exists already.</returns>
    public static async Task<bool> AddAsync(
        Transaction transaction, PolicyRecord added, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(added);
        int rows = await transaction.ExecuteAsync(
            AddSql,
            [
                added.Id.Value, added.Version, WireText.Of(added.Content.Kind), added.Content.Key,
                PolicyJson.Write(added.Content), added.IsNarrowing, added.ProposedBy, added.ProposedAt,
                added.EffectiveAt,
            ],
            cancellationToken);
        return rows == 1;
    }

    /// <summary>The policy of this kind and name; null when there never was one.</summary>
    public static Task<PolicyId?> FindIdAsync(
        Transaction transaction, PolicyKind kind, string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FindValueAsync(
            IdSql, [WireText.Of(kind), key], row => new PolicyId(row.Id(0)), cancellationToken);
    }

    /// <summary>Every version of a policy, the newest first; none when there is no such policy.</summary>
    public static Task<List<PolicyRecord>> ListVersionsAsync(
        Transaction transaction, PolicyId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(VersionsSql, [id.Value], Read, cancellationToken);
    }

    /// <summary>What counts now: of each policy its newest version whose time has come.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="kind">Only those of this kind; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<PolicyRecord>> ListInForceAsync(
        Transaction transaction, PolicyKind? kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(InForceSql, [transaction.Now, Text(kind)], Read, cancellationToken);
    }

    /// <summary>The versions that wait, for a second person or for their time, and can still come in force.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="kind">Only those of this kind; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<PolicyRecord>> ListWaitingAsync(
        Transaction transaction, PolicyKind? kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ListAsync(WaitingSql, [transaction.Now, Text(kind)], Read, cancellationToken);
    }

    /// <summary>Writes down who approved a version, and from when on it counts.</summary>
    public static Task ApproveAsync(
        Transaction transaction, PolicyRecord approved, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(approved);
        return transaction.ExecuteAsync(
            ApproveSql,
            [
                approved.Id.Value, approved.Version, approved.ApprovedBy, approved.ApprovedAt, approved.EffectiveAt,
            ],
            cancellationToken);
    }

    /// <summary>Writes down who withdrew a version before it counted.</summary>
    public static Task WithdrawAsync(
        Transaction transaction, PolicyRecord withdrawn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(withdrawn);
        return transaction.ExecuteAsync(
            WithdrawSql,
            [withdrawn.Id.Value, withdrawn.Version, withdrawn.WithdrawnBy, withdrawn.WithdrawnAt],
            cancellationToken);
    }

    private static string? Text(PolicyKind? kind) => kind is { } one ? WireText.Of(one) : null;

    private static PolicyRecord Read(Row row) => new(
        new PolicyId(row.Id(0)),
        row.Integer(1),
        PolicyJson.Read(WireText.Parse<PolicyKind>(row.Text(2)), row.Text(3)),
        row.Flag(4),
        row.Id(5),
        row.Instant(6))
    {
        ApprovedBy = row.IdOrNull(7),
        ApprovedAt = row.InstantOrNull(8),
        EffectiveAt = row.InstantOrNull(9),
        WithdrawnBy = row.IdOrNull(10),
        WithdrawnAt = row.InstantOrNull(11),
    };
}
