namespace Souk.Platform.Alchemy;

/// <summary>What a node answered to a signed transaction.</summary>
public enum BroadcastOutcome
{
    /// <summary>The node took it now.</summary>
    Accepted,

    /// <summary>The node had it already: the same bytes were sent before.</summary>
    AlreadyKnown,

    /// <summary>The account's nonce is past it: this transaction, or another with its nonce, was mined.</summary>
    NonceTooLow,

    /// <summary>Its nonce leaves a gap that is larger than the node queues.</summary>
    NonceTooHigh,

    /// <summary>Its fee is below what the node's pool takes now; nothing happened.</summary>
    Underpriced,

    /// <summary>Another transaction with its nonce waits in the pool, and this one does not outbid it.</summary>
    ReplacementUnderpriced,

    /// <summary>The account cannot pay value plus the most the gas may cost; nothing happened.</summary>
    InsufficientFunds,

    /// <summary>Its fee cap is below the block's base fee; nothing happened.</summary>
    FeeCapTooLow,

    /// <summary>The node will never take it: malformed, for another chain, or over a limit; nothing happened.</summary>
    Refused,

    /// <summary>Turned away before the pool saw it (rate limit, key, overload); nothing happened.</summary>
    NotTaken,

    /// <summary>No answer, or one that cannot be read: it may or may not be on its way. Ask the chain.</summary>
    Unknown,
}

/// <summary>A node's answer to a signed transaction.</summary>
/// <param name="Outcome">What it means.</param>
/// <param name="NodeText">The node's own words, for our log only; null when it took the transaction.</param>
public sealed record BroadcastResult(BroadcastOutcome Outcome, string? NodeText = null)
{
    /// <summary>Whether the transaction is in the node's pool after the call.</summary>
    public bool IsInPool => Outcome is BroadcastOutcome.Accepted or BroadcastOutcome.AlreadyKnown;

    /// <summary>Whether it is certain that the call changed nothing.</summary>
    public bool HadNoEffect => Outcome is not (BroadcastOutcome.Accepted or BroadcastOutcome.AlreadyKnown
        or BroadcastOutcome.NonceTooLow or BroadcastOutcome.Unknown);
}
