using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Souk.Domain.Lifecycles;
using Souk.Domain.Wire;

namespace Souk.Domain.Purchases;

/// <summary>Where a purchase stands, and whose turn it is.</summary>
[JsonConverter(typeof(WireTextJsonConverter<PurchaseStatus>))]
public enum PurchaseStatus
{
    /// <summary>The listing is the buyer's to fill until the hold's end. Next: the buyer sends the fill.</summary>
    Held,

    /// <summary>The buyer says that a transaction was sent. Next: the chain shows the fill, or time passes.</summary>
    Submitted,

    /// <summary>The chain shows the fill. Terminal.</summary>
    Settled,

    /// <summary>The hold ended without a transaction. Terminal.</summary>
    Released,

    /// <summary>A transaction was sent, but it cannot fill any more. Terminal.</summary>
    Failed,
}

/// <summary>Which move between purchase statuses is legal.</summary>
public static class PurchaseLifecycle
{
    /// <summary>A row a status: where it may move. A fill needs no Submitted: the chain may show it first.</summary>
    public static FrozenDictionary<PurchaseStatus, FrozenSet<PurchaseStatus>> Moves { get; } = StatusMoves.Of(
        (PurchaseStatus.Held, [PurchaseStatus.Submitted, PurchaseStatus.Settled, PurchaseStatus.Released,
            PurchaseStatus.Failed]),
        (PurchaseStatus.Submitted, [PurchaseStatus.Settled, PurchaseStatus.Failed]),
        (PurchaseStatus.Settled, []),
        (PurchaseStatus.Released, []),
        (PurchaseStatus.Failed, []));

    /// <summary>
    /// Moves out of a terminal status that only the chain may make: a fill seen late, a block undone.
    /// </summary>
    public static FrozenDictionary<PurchaseStatus, FrozenSet<PurchaseStatus>> Corrections { get; } = StatusMoves.Of(
        (PurchaseStatus.Settled, [PurchaseStatus.Held, PurchaseStatus.Submitted, PurchaseStatus.Released,
            PurchaseStatus.Failed]),
        (PurchaseStatus.Released, [PurchaseStatus.Held, PurchaseStatus.Settled]),
        (PurchaseStatus.Failed, [PurchaseStatus.Submitted, PurchaseStatus.Settled]));

    /// <summary>Whether the move is one of <see cref="Moves"/>.</summary>
    public static bool CanMove(PurchaseStatus from, PurchaseStatus to) => Moves.Has(from, to);

    /// <summary>Whether the chain may move so: one of <see cref="Moves"/> or of <see cref="Corrections"/>.</summary>
    public static bool CanCorrect(PurchaseStatus from, PurchaseStatus to) =>
        Moves.Has(from, to) || Corrections.Has(from, to);

    /// <summary>Whether nothing but a correction by the chain follows.</summary>
    public static bool IsTerminal(PurchaseStatus status) => Moves[status].Count == 0;
}
