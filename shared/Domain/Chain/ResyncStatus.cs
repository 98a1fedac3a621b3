using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Souk.Domain.Lifecycles;
using Souk.Domain.Wire;

namespace Souk.Domain.Chain;

/// <summary>Where the rebuilding of a chain's derived state stands, and whose turn it is.</summary>
[JsonConverter(typeof(WireTextJsonConverter<ResyncStatus>))]
public enum ResyncStatus
{
    /// <summary>An operator asked for it. Next: the chain's leader begins to read.</summary>
    Requested,

    /// <summary>The logs are being read and kept aside. Next: the chain's leader applies them all at once.</summary>
    Staging,

    /// <summary>The derived state was rebuilt, and compared with what it was. Terminal.</summary>
    Done,

    /// <summary>It was given up and changed nothing. Terminal.</summary>
    Failed,
}

/// <summary>Which move between a resync's statuses is legal.</summary>
public static class ResyncLifecycle
{
    /// <summary>A row a status: where it may move. Staging begins again where the chain moved under it.</summary>
    public static FrozenDictionary<ResyncStatus, FrozenSet<ResyncStatus>> Moves { get; } = StatusMoves.Of(
        (ResyncStatus.Requested, [ResyncStatus.Staging, ResyncStatus.Failed]),
        (ResyncStatus.Staging, [ResyncStatus.Staging, ResyncStatus.Done, ResyncStatus.Failed]),
        (ResyncStatus.Done, []),
        (ResyncStatus.Failed, []));

    /// <summary>Whether the move is one of <see cref="Moves"/>.</summary>
    public static bool CanMove(ResyncStatus from, ResyncStatus to) => Moves.Has(from, to);
}
