using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Souk.Domain.Lifecycles;
using Souk.Domain.Wire;

namespace Souk.Domain.Events;

/// <summary>What becomes of an event that a consumer could not take, and whose turn it is.</summary>
[JsonConverter(typeof(WireTextJsonConverter<DeadLetterStatus>))]
public enum DeadLetterStatus
{
    /// <summary>The consumer was unwell. Next: the relay sends it again.</summary>
    Retrying,

    /// <summary>Nobody sends it any more. Next: an operator replays or discards it.</summary>
    Parked,

    /// <summary>An operator had it sent again. Next: the consumer takes it, or it comes back.</summary>
    Replayed,

    /// <summary>The consumer has taken it after all. Terminal.</summary>
    Taken,

    /// <summary>An operator gave it up, and said why. Terminal.</summary>
    Discarded,
}

/// <summary>Which move between the statuses of a dead letter is legal.</summary>
public static class DeadLetterLifecycle
{
    /// <summary>A row a status: where it may move. A replay that no consumer reports may be repeated.</summary>
    public static FrozenDictionary<DeadLetterStatus, FrozenSet<DeadLetterStatus>> Moves { get; } = StatusMoves.Of(
        (DeadLetterStatus.Retrying, [DeadLetterStatus.Parked, DeadLetterStatus.Replayed, DeadLetterStatus.Taken,
            DeadLetterStatus.Discarded]),
        (DeadLetterStatus.Parked, [DeadLetterStatus.Replayed, DeadLetterStatus.Taken, DeadLetterStatus.Discarded]),
        (DeadLetterStatus.Replayed, [DeadLetterStatus.Retrying, DeadLetterStatus.Parked, DeadLetterStatus.Replayed,
            DeadLetterStatus.Taken, DeadLetterStatus.Discarded]),
        (DeadLetterStatus.Taken, []),
        (DeadLetterStatus.Discarded, []));

    /// <summary>Whether the move is one of <see cref="Moves"/>.</summary>
    public static bool CanMove(DeadLetterStatus from, DeadLetterStatus to) => Moves.Has(from, to);

    /// <summary>Whether nothing follows.</summary>
    public static bool IsTerminal(DeadLetterStatus status) => Moves[status].Count == 0;
}
