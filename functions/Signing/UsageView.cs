using System.Globalization;
using System.Numerics;
using Souk.Domain.Chain;
using Souk.Domain.Signing;

namespace Souk.Signing;

/// <summary>What a period has used of its cap, and what is left.</summary>
/// <param name="Count">Transactions.</param>
/// <param name="CountLeft">How many more there may be.</param>
/// <param name="ValueWei">Their native coin.</param>
/// <param name="ValueWeiLeft">How much more there may be.</param>
/// <param name="Amount">The sum of the argument that the rule caps; null when it caps none.</param>
/// <param name="AmountLeft">How much more there may be; null when nothing caps it in this period.</param>
internal sealed record UsageView(
    long Count, long CountLeft, string ValueWei, string ValueWeiLeft, string? Amount, string? AmountLeft)
{
    /// <param name="cap">The period's cap.</param>
    /// <param name="hasAmount">Whether the rule caps an amount.</param>
    /// <param name="amountMax">The most in this period; null for no cap.</param>
    /// <param name="used">What has been used.</param>
    internal static UsageView Of(VelocityCap cap, bool hasAmount, UInt256? amountMax, UsageSum used) => new(
        used.Count,
        Math.Max(cap.CountMax - used.Count, 0),
        Text(used.Value),
        Text(cap.ValueMax.Value.ToBigInteger() - used.Value),
        hasAmount ? Text(used.Amount) : null,
        amountMax is { } max ? Text(max.ToBigInteger() - used.Amount) : null);

    private static string Text(BigInteger number) =>
        BigInteger.Max(number, BigInteger.Zero).ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a rule that names a call says of it.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="RuleVersion">Its version.</param>
/// <param name="Title">What operators call it.</param>
/// <param name="Reason">How far the call came with it.</param>
/// <param name="Detail">A sentence.</param>
/// <param name="Hour">What it has used in the last hour.</param>
/// <param name="Day">What it has used in the last day.</param>
internal sealed record CandidateView(
    PolicyRuleId RuleId,
    int RuleVersion,
    string Title,
    PolicyReason Reason,
    string Detail,
    UsageView Hour,
    UsageView Day)
{
    internal static CandidateView Of(PolicyFinding it, PolicyUsage used)
    {
        PolicyRule rule = it.Rule;
        AmountArgument? amount = rule.Amount;
        return new CandidateView(
            rule.Id, rule.Version, rule.Title, it.Verdict.Reason, it.Verdict.Detail,
            UsageView.Of(rule.Hourly, amount is not null, amount?.HourlyMax, used.Hour),
            UsageView.Of(rule.Daily, amount is not null, amount?.DailyMax, used.Day));
    }
}

/// <summary>What a wallet's limit leaves.</summary>
/// <param name="Hour">Of the last hour.</param>
/// <param name="Day">Of the last day.</param>
internal sealed record LimitView(UsageView Hour, UsageView Day)
{
    internal static LimitView? Of(SignerLimit? limit, PolicyUsage used) => limit is null
        ? null
        : new LimitView(
            UsageView.Of(limit.Hourly, false, null, used.Hour), UsageView.Of(limit.Daily, false, null, used.Day));
}
