using System.Text.Json;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>How every policy changes, whatever it is about: by a new version.</summary>
internal static class PolicyProposal
{
    /// <summary>Proposes a version. One that allows no more than what is in force is in force at once.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="caller">Who proposes.</param>
    /// <param name="id">The policy to change; null for a new one.</param>
    /// <param name="make">Says what the version is to say, given the policy, the version, and what is in force.</param>
    /// <param name="action">What the audit log calls it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FailureException"><c>not_found</c>, <c>invalid_request</c>, <c>conflict</c>.</exception>
    internal static async Task<PolicyView> AddAsync(
        Transaction transaction,
        Caller caller,
        PolicyId? id,
        Func<PolicyId, int, PolicyContent?, PolicyContent> make,
        string action,
        CancellationToken cancellationToken)
    {
        await PolicyTable.LockAsync(transaction, cancellationToken);
        List<PolicyRecord> versions = id is { } known
            ? await PolicyTable.ListVersionsAsync(transaction, known, cancellationToken)
            : [];
        if (id is not null && versions.Count == 0)
            throw NotFound();

        PolicyContent? inForce = FindInForce(versions, transaction.Now)?.Content;
        PolicyId policy = id ?? new PolicyId(transaction.NewId());
        int version = versions.Count == 0 ? 1 : versions[0].Version + 1;
        PolicyContent content = make(policy, version, inForce);
        if (versions.Count > 0 && versions[0].Content.Kind != content.Kind)
            throw NotFound();
        if (content.Fault() is { } fault)
            throw new FailureException(fault);

        bool isNarrowing = content.IsWithin(inForce);
        PolicyRecord added = new(policy, version, content, isNarrowing, caller.UserId, transaction.Now)
        {
            EffectiveAt = isNarrowing ? transaction.Now : null,
        };
        if (!await PolicyTable.AddAsync(transaction, added, cancellationToken))
            throw new FailureException(FailureCode.Conflict, "Such a policy is there already.");

        await AuditAsync(transaction, caller, action, added, cancellationToken);
        return PolicyView.Of(added, transaction.Now);
    }

    /// <summary>As <see cref="AddAsync"/>, for what has one policy to each name.</summary>
    internal static async Task<PolicyView> AddByKeyAsync(
        Transaction transaction,
        Caller caller,
        PolicyContent content,
        string action,
        CancellationToken cancellationToken)
    {
        PolicyId? id = await PolicyTable.FindIdAsync(transaction, content.Kind, content.Key, cancellationToken);
        return await AddAsync(transaction, caller, id, (_, _, _) => content, action, cancellationToken);
    }

    /// <summary>The version of a policy, and every version, under the lock of a change.</summary>
    /// <exception cref="FailureException"><c>not_found</c>.</exception>
    internal static async Task<(PolicyRecord Version, List<PolicyRecord> All)> LockAsync(
        Transaction transaction, PolicyId id, int version, CancellationToken cancellationToken)
    {
        await PolicyTable.LockAsync(transaction, cancellationToken);
        List<PolicyRecord> all = await PolicyTable.ListVersionsAsync(transaction, id, cancellationToken);
        return (all.Find(it => it.Version == version) ?? throw NotFound(), all);
    }

    /// <summary>The version that counts; null when none does.</summary>
    /// <param name="versions">The policy's versions, the newest first.</param>
    /// <param name="now">Our time.</param>
    internal static PolicyRecord? FindInForce(IEnumerable<PolicyRecord> versions, DateTimeOffset now) =>
        versions.FirstOrDefault(it => it.WithdrawnAt is null && it.EffectiveAt <= now);

    internal static Task AuditAsync(
        Transaction transaction,
        Caller caller,
        string action,
        PolicyRecord version,
        CancellationToken cancellationToken) => Audit.AppendAsync(
        transaction,
        caller.UserId,
        action,
        $"policy/{version.Id}",
        JsonSerializer.Serialize(
            new AuditDetail(version.Version, version.Content.Caption), SigningJson.Default.AuditDetail),
        cancellationToken);

    internal static FailureException NotFound() => new(FailureCode.NotFound, "There is no such policy or version.");
}
