using System.Collections.Immutable;
using System.Numerics;
using Souk.Domain.Chain;

namespace Souk.Domain.Signing;

/// <summary>How much is allowed in a period.</summary>
/// <param name="CountMax">Transactions.</param>
/// <param name="ValueMax">Native currency in all, in wei.</param>
public sealed record VelocityCap(long CountMax, Wei ValueMax);

/// <summary>What a period's transactions come to; sums may outgrow 256 bits, and never overflow.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Value">Their native currency, in wei.</param>
/// <param name="Amount">The sum of the argument that the rule caps; 0 for a wallet.</param>
public readonly record struct UsageSum(long Count, BigInteger Value, BigInteger Amount)
{
    /// <summary>Both together.</summary>
    public static UsageSum operator +(UsageSum left, UsageSum right) =>
        new(left.Count + right.Count, left.Value + right.Value, left.Amount + right.Amount);

    /// <summary>Both together.</summary>
    public static UsageSum Add(UsageSum left, UsageSum right) => left + right;
}

/// <summary>What a rule or a wallet has used; what ended without being mined does not count.</summary>
/// <param name="Hour">Of the last 60 minutes.</param>
/// <param name="Day">Of the last 24 hours.</param>
public sealed record PolicyUsage(UsageSum Hour, UsageSum Day)
{
    /// <summary>Nothing yet.</summary>
    public static PolicyUsage None { get; } = new(default, default);

    /// <summary>With one more transaction.</summary>
    public PolicyUsage With(UsageSum more) => new(Hour + more, Day + more);
}

/// <summary>What everybody who has a say on a call has used.</summary>
/// <param name="Rules">By rule; one that is missing has used nothing.</param>
/// <param name="Signer">The wallet.</param>
public sealed record PolicyUsages(ImmutableDictionary<PolicyRuleId, PolicyUsage> Rules, PolicyUsage Signer)
{
    /// <summary>Nothing yet.</summary>
    public static PolicyUsages None { get; } =
        new(ImmutableDictionary<PolicyRuleId, PolicyUsage>.Empty, PolicyUsage.None);

    /// <summary>What a rule has used.</summary>
    public PolicyUsage Of(PolicyRuleId rule) => Rules.GetValueOrDefault(rule, PolicyUsage.None);

    /// <summary>With one more transaction that this rule allowed; the amount is the rule's affair alone.</summary>
    public PolicyUsages With(PolicyRuleId rule, UsageSum more) => new(
        Rules.SetItem(rule, Of(rule).With(more)), Signer.With(more with { Amount = BigInteger.Zero }));
}
