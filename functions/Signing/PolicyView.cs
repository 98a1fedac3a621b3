using System.Text.Json;
using Souk.Domain.Signing;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>One version of a rule as operators see it.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Version">The version.</param>
/// <param name="IsActive">Whether it is in force.</param>
/// <param name="Rule">What it allows.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ProposedAt">When.</param>
/// <param name="ApprovedBy">Who approved it; null while nobody has.</param>
/// <param name="ApprovedAt">When.</param>
internal sealed record PolicyView(
    PolicyRuleId RuleId,
    int Version,
    bool IsActive,
    JsonElement Rule,
    Guid ProposedBy,
    DateTimeOffset ProposedAt,
    Guid? ApprovedBy,
    DateTimeOffset? ApprovedAt)
{
    internal static PolicyView Of(PolicyRecord it)
    {
        using JsonDocument rule = JsonDocument.Parse(PolicyJson.Write(it.Rule));
        return new PolicyView(
            it.Rule.Id, it.Rule.Version, it.ApprovedAt is not null, rule.RootElement.Clone(), it.ProposedBy,
            it.ProposedAt, it.ApprovedBy, it.ApprovedAt);
    }
}
