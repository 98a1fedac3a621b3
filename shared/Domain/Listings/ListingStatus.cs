using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Souk.Domain.Lifecycles;
using Souk.Domain.Wire;

namespace Souk.Domain.Listings;

/// <summary>Where a listing stands, and whose turn it is.</summary>
[JsonConverter(typeof(WireTextJsonConverter<ListingStatus>))]
public enum ListingStatus
{
    /// <summary>For sale. Next: a buyer or the seller acts.</summary>
    Active,

    /// <summary>A buyer holds it and may fill it on chain. Next: the buyer, or the hold's end.</summary>
    Held,

    /// <summary>Cannot be filled now, for its reason. Next: the seller mends it, or the chain does.</summary>
    Inactive,

    /// <summary>The token left its seller and came back. Next: the seller confirms that it is still for sale.</summary>
    NeedsReconfirm,

    /// <summary>The seller cancelled, but someone may still fill. Next: the chain, or the order's end.</summary>
    CancelPending,

    /// <summary>Paid and transferred on chain. Terminal.</summary>
    Filled,

    /// <summary>Can no longer be filled: cancelled here or on chain. Terminal.</summary>
    Cancelled,

    /// <summary>The order's end passed without a fill. Terminal.</summary>
    Expired,
}

/// <summary>Which move between listing statuses is legal.</summary>
public static class ListingLifecycle
{
    /// <summary>A row a status: where it may move. From Held any may follow, for the chain decides.</summary>
    public static FrozenDictionary<ListingStatus, FrozenSet<ListingStatus>> Moves { get; } = StatusMoves.Of(
        (ListingStatus.Active, [ListingStatus.Held, ListingStatus.Inactive, ListingStatus.NeedsReconfirm,
            ListingStatus.CancelPending, ListingStatus.Filled, ListingStatus.Cancelled, ListingStatus.Expired]),
        (ListingStatus.Held, [ListingStatus.Active, ListingStatus.Inactive, ListingStatus.NeedsReconfirm,
            ListingStatus.CancelPending, ListingStatus.Filled, ListingStatus.Cancelled, ListingStatus.Expired]),
        (ListingStatus.Inactive, [ListingStatus.Active, ListingStatus.Held, ListingStatus.NeedsReconfirm,
            ListingStatus.CancelPending, ListingStatus.Filled, ListingStatus.Cancelled, ListingStatus.Expired]),
        (ListingStatus.NeedsReconfirm, [ListingStatus.Active, ListingStatus.Held, ListingStatus.Inactive,
            ListingStatus.CancelPending, ListingStatus.Filled, ListingStatus.Cancelled, ListingStatus.Expired]),
        (ListingStatus.CancelPending, [ListingStatus.Filled, ListingStatus.Cancelled, ListingStatus.Expired]),
        (ListingStatus.Filled, []),
        (ListingStatus.Cancelled, []),
        (ListingStatus.Expired, []));

    /// <summary>
    /// Moves out of a terminal status that only the chain may make: a fill seen late, a block undone.
    /// </summary>
    public static FrozenDictionary<ListingStatus, FrozenSet<ListingStatus>> Corrections { get; } = StatusMoves.Of(
        (ListingStatus.Filled, [ListingStatus.Active, ListingStatus.Held, ListingStatus.Inactive,
            ListingStatus.NeedsReconfirm, ListingStatus.CancelPending, ListingStatus.Cancelled,
            ListingStatus.Expired]),
        (ListingStatus.Cancelled, [ListingStatus.Active, ListingStatus.Held, ListingStatus.Inactive,
            ListingStatus.NeedsReconfirm, ListingStatus.CancelPending, ListingStatus.Filled]),
        (ListingStatus.Expired, [ListingStatus.Active, ListingStatus.Held, ListingStatus.Inactive,
            ListingStatus.NeedsReconfirm, ListingStatus.CancelPending, ListingStatus.Filled]));

    /// <summary>Whether the move is one of <see cref="Moves"/>.</summary>
    public static bool CanMove(ListingStatus from, ListingStatus to) => Moves.Has(from, to);

    /// <summary>Whether the chain may move so: one of <see cref="Moves"/> or of <see cref="Corrections"/>.</summary>
    public static bool CanCorrect(ListingStatus from, ListingStatus to) =>
        Moves.Has(from, to) || Corrections.Has(from, to);

    /// <summary>Whether nothing but a correction by the chain follows.</summary>
    public static bool IsTerminal(ListingStatus status) => Moves[status].Count == 0;
}
