using System.Numerics;
using System.Text.Json.Serialization;
using Souk.Domain.Wire;

namespace Souk.Domain.Signing;

/// <summary>How far a call came with the rules, in the order they are asked.</summary>
[JsonConverter(typeof(WireTextJsonConverter<PolicyReason>))]
public enum PolicyReason
{
    /// <summary>No rule names this chain and contract, function, recipient or code.</summary>
    NothingNamed,

    /// <summary>The rule is switched off.</summary>
    RuleDisabled,

    /// <summary>The rule does not name the wallet.</summary>
    SignerNotAllowed,

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

    /// <summary>The rule's hourly cap would be exceeded.</summary>
    HourlyCapExceeded,

    /// <summary>The rule's daily cap would be exceeded.</summary>
    DailyCapExceeded,

    /// <summary>The wallet's hourly limit would be exceeded.</summary>
    SignerHourlyCapExceeded,

    /// <summary>The wallet's daily limit would be exceeded.</summary>
    SignerDailyCapExceeded,

    /// <summary>Its simulation failed, or needed more gas than the rule allows.</summary>
    SimulationRefused,

    /// <summary>All else is right, but the rule wants to see it simulated first.</summary>
    SimulationMissing,

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
    /// <summary>What no rule names.</summary>
    public static PolicyVerdict Nothing { get; } = new(
        PolicyReason.NothingNamed,
        null,
        null,
        "No rule names this chain and contract, function, recipient or code.");

    /// <summary>Whether it may be signed.</summary>
    public bool IsAllowed => Reason == PolicyReason.Allowed;

    /// <summary>Whether its simulation is all that is missing.</summary>
    public bool WantsSimulation => Reason == PolicyReason.SimulationMissing;

    /// <summary>Whether time alone may change the answer: what it needs is used up for now.</summary>
    public bool IsCapped => Reason is PolicyReason.HourlyCapExceeded or PolicyReason.DailyCapExceeded
        or PolicyReason.SignerHourlyCapExceeded or PolicyReason.SignerDailyCapExceeded;

    /// <summary>What it adds to the amount that the rule caps; at most 2^256 - 1 once it is allowed.</summary>
    public BigInteger Amount { get; init; }
}

/// <summary>What one rule says of a call that it names.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Verdict">Its answer.</param>
public sealed record PolicyFinding(PolicyRule Rule, PolicyVerdict Verdict);
