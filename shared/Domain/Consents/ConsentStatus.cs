using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Souk.Domain.Lifecycles;
using Souk.Domain.Wire;

namespace Souk.Domain.Consents;

/// <summary>Where a call by a person's embedded wallet stands, and whose turn it is.</summary>
[JsonConverter(typeof(WireTextJsonConverter<ConsentStatus>))]
public enum ConsentStatus
{
    /// <summary>The person's window may ask them. Next: they consent or deny, or time passes.</summary>
    Asked,

    /// <summary>They consented, and the provider sends it. Next: the provider and the chain tell.</summary>
    Submitted,

    /// <summary>The chain shows it, with its effect. Terminal.</summary>
    Completed,

    /// <summary>It was mined without effect, or will never be mined. Terminal.</summary>
    Failed,

    /// <summary>The person said no. Terminal.</summary>
    Denied,

    /// <summary>Nobody answered in time. Terminal.</summary>
    Lapsed,
}

/// <summary>Which move between consent statuses is legal.</summary>
public static class ConsentLifecycle
{
    /// <summary>A row a status: where it may move.</summary>
    public static FrozenDictionary<ConsentStatus, FrozenSet<ConsentStatus>> Moves { get; } = StatusMoves.Of(
        (ConsentStatus.Asked, [ConsentStatus.Submitted, ConsentStatus.Denied, ConsentStatus.Lapsed]),
        (ConsentStatus.Submitted, [ConsentStatus.Completed, ConsentStatus.Failed]),
        (ConsentStatus.Completed, []),
        (ConsentStatus.Failed, []),
        (ConsentStatus.Denied, []),
        (ConsentStatus.Lapsed, []));

    /// <summary>Whether the move is one of <see cref="Moves"/>.</summary>
    public static bool CanMove(ConsentStatus from, ConsentStatus to) => Moves.Has(from, to);
}
