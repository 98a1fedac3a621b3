using System.Collections.Frozen;
using System.Collections.Immutable;
using Souk.Domain.Chain;

namespace Souk.Domain.Signing;

/// <summary>The signing policy: rules, lists and limits in force, indexed once and asked often; denies by default.
/// </summary>
/// <remarks>
/// A rule that <see cref="PolicyRule.Fault"/> refuses allows nothing. The first rule of the list that allows
/// decides; if none does, the one that came furthest explains. Call data is decoded once however many rules name its
/// function, and only rules that name the chain, the contract and the function are asked at all.
/// </remarks>
public sealed class PolicyEngine
{
    private readonly FrozenDictionary<Key, PolicyCandidate[]> _index;
    private readonly FrozenDictionary<SignerId, SignerLimit> _limits;

    /// <summary>Indexes what is in force; keep the engine as long as that is the same.</summary>
    public PolicyEngine(IEnumerable<PolicyContent> inForce)
    {
        ArgumentNullException.ThrowIfNull(inForce);
        PolicyContent[] policies = [.. inForce.Where(static it => it.Fault() is null)];
        RecipientLists lists = new(policies.OfType<RecipientList>());
        _limits = policies.OfType<SignerLimit>().Where(static it => it.IsEnabled)
            .ToFrozenDictionary(static it => it.SignerId);
        _index = policies.OfType<PolicyRule>()
            .Select(rule => new PolicyCandidate(rule, lists))
            .GroupBy(static it => new Key(it.Rule.ChainId, it.Rule.CodeHashes is not null, it.Function?.Selector))
            .ToFrozenDictionary(static group => group.Key, static group => group.ToArray());
    }

    /// <summary>The rules that name the call: those whose usage <see cref="Evaluate"/> needs.</summary>
    public ImmutableArray<PolicyRuleId> Candidates(TransactionCall call) =>
        [.. Find(new PolicyCase(call)).Select(static it => it.Rule.Id)];

    /// <summary>What bounds a wallet besides the rules; null when nothing does.</summary>
    public SignerLimit? FindLimit(SignerId signer) => _limits.GetValueOrDefault(signer);

    /// <summary>Judges a call that is asked for.</summary>
    /// <param name="call">The call.</param>
    /// <param name="usages">What the wallet and each of <see cref="Candidates"/> have used.</param>
    /// <param name="now">Our time.</param>
    public PolicyVerdict Evaluate(TransactionCall call, PolicyUsages usages, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(usages);
        PolicyCase judged = new(call);
        PolicyVerdict best = PolicyVerdict.Nothing;
        foreach (PolicyCandidate candidate in Find(judged))
        {
            PolicyVerdict verdict = Judge(candidate, judged, usages, now);
            if (verdict.IsAllowed) return verdict;
            if (verdict.Reason > best.Reason) best = verdict;
        }

        return best;
    }

    /// <summary>What each rule that names the call says of it, the one that would decide not singled out.</summary>
    public ImmutableArray<PolicyFinding> Explain(TransactionCall call, PolicyUsages usages, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(usages);
        PolicyCase judged = new(call);
        return [.. Find(judged).Select(it => new PolicyFinding(it.Rule, Judge(it, judged, usages, now)))];
    }

    /// <summary>Judges once more a call that a rule allowed and that is now to be sent.</summary>
    /// <remarks>
    /// Who asked, when, and what its simulation showed were judged then. What the rule allows now, and what has been
    /// sent under it, is judged here.
    /// </remarks>
    /// <param name="rule">The rule that allowed it.</param>
    /// <param name="call">The call.</param>
    /// <param name="usages">What the wallet and the rule have sent.</param>
    public PolicyVerdict Recheck(PolicyRuleId rule, TransactionCall call, PolicyUsages usages)
    {
        ArgumentNullException.ThrowIfNull(usages);
        PolicyCase judged = new(call);
        return Find(judged).FirstOrDefault(it => it.Rule.Id == rule) is { } candidate
            ? Judge(candidate, judged, usages, null)
            : PolicyVerdict.Nothing;
    }

    private PolicyVerdict Judge(
        PolicyCandidate candidate, PolicyCase judged, PolicyUsages usages, DateTimeOffset? askedAt) =>
        candidate.Judge(judged, usages, _limits.GetValueOrDefault(judged.Call.Signer), askedAt);

    private IEnumerable<PolicyCandidate> Find(PolicyCase judged)
    {
        TransactionCall call = judged.Call;
        // Call data too short to name a function is neither a payment nor a call that a rule could name.
        if (!call.IsDeployment && !call.IsPlainPayment && call.Selector is null) return [];
        var key = new Key(call.ChainId, call.IsDeployment, call.Selector);
        return _index.GetValueOrDefault(key, []).Where(candidate => candidate.Names(judged));
    }

    private readonly record struct Key(ChainId ChainId, bool IsDeployment, Selector? Selector);
}
