using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Wire;

namespace Souk.Domain.Signing;

/// <summary>How far a call came with the rules, in the order they are asked.</summary>
[JsonConverter(typeof(WireTextJsonConverter<PolicyReason>))]
public enum PolicyReason
{
    /// <summary>No rule names this chain, contract and function.</summary>
    NothingNamed,

    /// <summary>The rule is switched off.</summary>
    RuleDisabled,

    /// <summary>None of the caller's roles may ask.</summary>
    RoleNotAllowed,

    /// <summary>Not at this time.</summary>
    OutsideWindow,

    /// <summary>It sends more native currency than one transaction may.</summary>
    NativeValueExceeded,

    /// <summary>The call data is not the function's, to the octet.</summary>
    CallUndecodable,

    /// <summary>An argument is not allowed.</summary>
    ArgumentNotAllowed,

    /// <summary>The hour's cap would be exceeded.</summary>
    HourlyCapExceeded,

    /// <summary>The day's cap would be exceeded.</summary>
    DailyCapExceeded,

    /// <summary>The rule allows it.</summary>
    Allowed,
}

/// <summary>What the policy says of a call.</summary>
/// <param name="Reason">Why.</param>
/// <param name="RuleId">
/// The rule that allowed, or the one that came nearest to it; null when none names the call.
/// </param>
/// <param name="RuleVersion">Its version.</param>
/// <param name="Detail">A sentence for the caller.</param>
public sealed record PolicyVerdict(PolicyReason Reason, PolicyRuleId? RuleId, int? RuleVersion, string Detail)
{
    /// <summary>Whether it may be signed.</summary>
    public bool IsAllowed => Reason == PolicyReason.Allowed;
}

/// <summary>The signing policy: a list of rules, deny by default, indexed once and asked often.</summary>
/// <remarks>
/// A rule that <see cref="PolicyRule.Check"/> refuses allows nothing. The first rule of the list that allows
/// decides; if none does, the one that came furthest explains. Only rules that name the very chain, contract and
/// function are looked at, so the number of the others does not matter.
/// </remarks>
public sealed class PolicyEngine
{
    private readonly FrozenDictionary<Key, Candidate[]> _index;

    /// <summary>Indexes the rules; keep the engine as long as they are the same.</summary>
    public PolicyEngine(IEnumerable<PolicyRule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var index = new Dictionary<Key, List<Candidate>>();
        foreach (PolicyRule rule in rules)
        {
            if (rule.Check().Failure is not null) continue;

            AbiFunction? function = rule.TryParseFunction(out AbiFunction? parsed) ? parsed : null;
            foreach (Address contract in rule.Contracts.Distinct())
            {
                var key = new Key(rule.ChainId, contract, function?.Selector);
                if (!index.TryGetValue(key, out List<Candidate>? candidates)) index[key] = candidates = [];
                candidates.Add(new Candidate(rule, function));
            }
        }

        _index = index.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    /// <summary>The rules that name the call: those whose usage <see cref="Evaluate"/> needs.</summary>
    public ImmutableArray<PolicyRuleId> Candidates(TransactionCall call) => [.. Find(call).Select(it => it.Rule.Id)];

    /// <summary>Judges a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="usage">
    /// What each of <see cref="Candidates"/> has allowed; a missing one has allowed nothing.
    /// </param>
    /// <param name="now">Our time.</param>
    public PolicyVerdict Evaluate(
        TransactionCall call, IReadOnlyDictionary<PolicyRuleId, RuleUsage> usage, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(usage);
        var best = new PolicyVerdict(
            PolicyReason.NothingNamed, null, null, "No rule names this chain, contract and function.");
        foreach (Candidate candidate in Find(call))
        {
            PolicyVerdict verdict = candidate.Judge(
                call, usage.GetValueOrDefault(candidate.Rule.Id, RuleUsage.None), now);
            if (verdict.IsAllowed) return verdict;
            if (verdict.Reason > best.Reason) best = verdict;
        }

        return best;
    }

    private Candidate[] Find(TransactionCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!call.IsPlainPayment && call.Selector is null) return [];
        return _index.GetValueOrDefault(new Key(call.ChainId, call.To, call.Selector), []);
    }

    private readonly record struct Key(ChainId ChainId, Address Contract, Selector? Selector);

    private sealed record Candidate(PolicyRule Rule, AbiFunction? Function)
    {
        internal PolicyVerdict Judge(TransactionCall call, RuleUsage usage, DateTimeOffset now)
        {
            if (!Rule.IsEnabled) return Say(PolicyReason.RuleDisabled, "The rule is switched off.");
            if (call.Roles.IsDefault || !call.Roles.Any(role => Rule.Roles.Contains(role)))
                return Say(PolicyReason.RoleNotAllowed, "None of the caller's roles may ask for this.");
            if (Rule.Window is not null && !Rule.Window.Contains(now))
                return Say(PolicyReason.OutsideWindow, "Not at this time.");
            if (call.Value > Rule.NativeValueMax)
                return Say(PolicyReason.NativeValueExceeded, "It sends more than one transaction may.");
            if (JudgeArguments(call) is PolicyVerdict refused) return refused;
            if (Exceeds(Rule.Hourly, usage.HourCount, usage.HourValue, call.Value))
                return Say(PolicyReason.HourlyCapExceeded, "The hour's cap would be exceeded.");
            if (Exceeds(Rule.Daily, usage.DayCount, usage.DayValue, call.Value))
                return Say(PolicyReason.DailyCapExceeded, "The day's cap would be exceeded.");
            return Say(PolicyReason.Allowed, "The rule allows it.");
        }

        private PolicyVerdict? JudgeArguments(TransactionCall call)
        {
            if (Function is null) return null;
            if (!Function.TryDecode(call.Data, out AbiValue[] arguments))
                return Say(PolicyReason.CallUndecodable, $"The call data is not that of {Function}.");
            for (int i = 0; i < arguments.Length; i++)
            {
                if (!Rule.Arguments[i].Allows(arguments[i]))
                {
                    return Say(
                        PolicyReason.ArgumentNotAllowed, $"Argument {i + 1} of {Function} is not allowed.");
                }
            }

            return null;
        }

        /// <summary>Compares without adding: a sum of hostile values could overflow.</summary>
        private static bool Exceeds(VelocityCap cap, long count, Wei value, Wei more) =>
            count >= cap.CountMax || value > cap.ValueMax || more > cap.ValueMax - value;

        private PolicyVerdict Say(PolicyReason reason, string detail) =>
            new(reason, Rule.Id, Rule.Version, detail);
    }
}
