using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Souk.Domain.Lifecycles;
using Souk.Domain.Wire;

namespace Souk.Domain.Signing;

/// <summary>Where a transaction of the platform's stands, and whose turn it is.</summary>
[JsonConverter(typeof(WireTextJsonConverter<TransactionStatus>))]
public enum TransactionStatus
{
    /// <summary>Accepted, without a nonce. Next: we allocate one, or refuse.</summary>
    Queued,

    /// <summary>Holds a nonce, not yet signed. Next: we ask for the signature.</summary>
    Allocated,

    /// <summary>The signed bytes are stored, no node has them. Next: we broadcast.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "A transaction is signed; no integer type is meant.")]
    Signed,

    /// <summary>A node took the bytes. Next: the chain mines it, or we replace it.</summary>
    Broadcast,

    /// <summary>In a block, not deep enough. Next: the chain confirms or undoes it.</summary>
    Mined,

    /// <summary>Succeeded, and deep enough to stay. Terminal.</summary>
    Final,

    /// <summary>In a block deep enough to stay, but it had no effect. Terminal.</summary>
    Reverted,

    /// <summary>Cancelled, or another transaction took its nonce for good. Terminal.</summary>
    Replaced,

    /// <summary>Will never be sent, for its reason. Terminal.</summary>
    Refused,

    /// <summary>An answer was lost, so a node may or may not have it. Next: we ask the chain.</summary>
    Unknown,
}

/// <summary>Which move between transaction statuses is legal.</summary>
/// <remarks>
/// Back to Queued: another transaction has the nonce, and ours can never be mined with it: no node ever had bytes for
/// it, or the other one is so deep that it stays. Refused is out of reach once a node may have the bytes: from there
/// only the chain ends a transaction.
/// </remarks>
public static class TransactionLifecycle
{
    /// <summary>A row a status: where it may move.</summary>
    public static FrozenDictionary<TransactionStatus, FrozenSet<TransactionStatus>> Moves { get; } = StatusMoves.Of(
        (TransactionStatus.Queued, [TransactionStatus.Allocated, TransactionStatus.Refused]),
        (TransactionStatus.Allocated, [TransactionStatus.Queued, TransactionStatus.Signed,
            TransactionStatus.Refused, TransactionStatus.Replaced]),
        (TransactionStatus.Signed, [TransactionStatus.Queued, TransactionStatus.Broadcast,
            TransactionStatus.Unknown, TransactionStatus.Refused, TransactionStatus.Replaced]),
        (TransactionStatus.Broadcast, [TransactionStatus.Queued, TransactionStatus.Mined,
            TransactionStatus.Replaced, TransactionStatus.Unknown]),
        (TransactionStatus.Mined, [TransactionStatus.Broadcast, TransactionStatus.Final,
            TransactionStatus.Reverted, TransactionStatus.Replaced]),
        (TransactionStatus.Final, []),
        (TransactionStatus.Reverted, []),
        (TransactionStatus.Replaced, []),
        (TransactionStatus.Refused, []),
        (TransactionStatus.Unknown, [TransactionStatus.Queued, TransactionStatus.Broadcast, TransactionStatus.Mined,
            TransactionStatus.Replaced]));

    /// <summary>Whether the move is one of <see cref="Moves"/>.</summary>
    public static bool CanMove(TransactionStatus from, TransactionStatus to) => Moves.Has(from, to);

    /// <summary>Whether nothing follows.</summary>
    public static bool IsTerminal(TransactionStatus status) => Moves[status].Count == 0;

    /// <summary>Whether it occupies a nonce that no other transaction of the signer may take.</summary>
    public static bool HoldsNonce(TransactionStatus status) =>
        status is not (TransactionStatus.Queued or TransactionStatus.Refused);
}
