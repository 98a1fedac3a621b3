using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Domain.Signing;
using Souk.Domain.Wire;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Where a version of a policy stands, and whose turn it is.</summary>
[JsonConverter(typeof(WireTextJsonConverter<PolicyStatus>))]
internal enum PolicyStatus
{
    /// <summary>Waits. Next: a second person approves it, or somebody withdraws it.</summary>
    Proposed,

    /// <summary>Waits for its time. Next: it comes in force, or somebody withdraws it.</summary>
    Approved,

    /// <summary>Counts. Next: a newer version takes its place.</summary>
    InForce,

    /// <summary>A newer version counts, or counted. Terminal.</summary>
    Superseded,

    /// <summary>Taken back before it counted. Terminal.</summary>
    Withdrawn,
}

/// <summary>One version of a policy as operators see it.</summary>
/// <param name="Id">The policy.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Version">The version.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Content">What it says.</param>
/// <param name="IsNarrowing">Whether it allows no more than what was in force, so that one person was enough.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ProposedAt">When.</param>
/// <param name="ApprovedBy">Who approved it; null while nobody has.</param>
/// <param name="ApprovedAt">When.</param>
/// <param name="EffectiveAt">From when on it counts; null while it waits for a second person.</param>
/// <param name="WithdrawnBy">Who withdrew it; null when nobody did.</param>
/// <param name="WithdrawnAt">When.</param>
internal sealed record PolicyView(
    PolicyId Id,
    PolicyKind Kind,
    string Name,
    int Version,
    PolicyStatus Status,
    JsonElement Content,
    bool IsNarrowing,
    Guid ProposedBy,
    DateTimeOffset ProposedAt,
    Guid? ApprovedBy,
    DateTimeOffset? ApprovedAt,
    DateTimeOffset? EffectiveAt,
    Guid? WithdrawnBy,
    DateTimeOffset? WithdrawnAt)
{
    /// <param name="it">The version.</param>
    /// <param name="now">Our time.</param>
    /// <param name="newestInForce">The policy's version that counts, where that is not known to be older.</param>
    internal static PolicyView Of(PolicyRecord it, DateTimeOffset now, int newestInForce = 0)
    {
        using JsonDocument content = JsonDocument.Parse(PolicyJson.Write(it.Content));
        return new PolicyView(
            it.Id, it.Content.Kind, it.Content.Caption, it.Version, StatusOf(it, now, newestInForce),
            content.RootElement.Clone(), it.IsNarrowing, it.ProposedBy, it.ProposedAt, it.ApprovedBy, it.ApprovedAt,
            it.EffectiveAt, it.WithdrawnBy, it.WithdrawnAt);
    }

    private static PolicyStatus StatusOf(PolicyRecord it, DateTimeOffset now, int newestInForce)
    {
        if (it.WithdrawnAt is not null) return PolicyStatus.Withdrawn;
        if (it.Version < newestInForce) return PolicyStatus.Superseded;
        if (it.EffectiveAt is null) return PolicyStatus.Proposed;
        return it.EffectiveAt <= now ? PolicyStatus.InForce : PolicyStatus.Approved;
    }
}
