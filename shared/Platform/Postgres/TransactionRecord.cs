using Souk.Domain.Chain;
using Souk.Domain.Signing;

namespace Souk.Platform.Postgres;

/// <summary>A transaction that the platform was asked to send, or that fills a nonce.</summary>
/// <param name="Id">Its name, whatever nonce and hash it will have.</param>
/// <param name="SignerId">Which of the platform's wallets sends it.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="To">The contract called, or who is paid; null creates a contract.</param>
/// <param name="Value">The native coin sent along.</param>
/// <param name="Data">The call data, or the creation code.</param>
/// <param name="GasLimit">The most gas it may use, in units.</param>
/// <param name="Description">Why, in the words of whoever asked.</param>
public sealed record TransactionRecord(
    TransactionId Id,
    SignerId SignerId,
    ChainId ChainId,
    Address? To,
    Wei Value,
    byte[] Data,
    long GasLimit,
    string Description)
{
    /// <summary>Where it stands.</summary>
    public TransactionStatus Status { get; init; }

    /// <summary>The nonce it holds; null while it holds none.</summary>
    public long? Nonce { get; init; }

    /// <summary>Whether it only fills a nonce that nobody can use any more.</summary>
    public bool IsFiller { get; init; }

    /// <summary>Who asked; null for a filler.</summary>
    public Guid? RequestedBy { get; init; }

    /// <summary>The policy rule that allowed it; null for a filler.</summary>
    public PolicyRuleId? RuleId { get; init; }

    /// <summary>That rule's version.</summary>
    public int? RuleVersion { get; init; }

    /// <summary>Whether it waits while the chain asks more for gas than may be paid.</summary>
    public FeeChoice WhenFeesExceed { get; init; }

    /// <summary>The most that a unit of gas may cost; null: the chain's ceiling alone holds.</summary>
    public Wei? FeePerGasMax { get; init; }

    /// <summary>What it pays back; null unless it is a refund.</summary>
    public string? RefundOf { get; init; }

    /// <summary>Why it ended as it did; null unless it ended badly.</summary>
    public string? Reason { get; init; }

    /// <summary>What keeps it from moving on; null while nothing does.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>The hash of its newest signature, or of the one that was mined; null before it was signed.</summary>
    public TransactionHash? Hash { get; init; }

    /// <summary>The block it is in; null while it is in none.</summary>
    public long? BlockNumber { get; init; }

    /// <summary>That block's hash.</summary>
    public BlockHash? BlockHash { get; init; }

    /// <summary>What is wanted of it beside that it be mined; null: nothing.</summary>
    public TransactionWish? Wish { get; init; }

    /// <summary>Why that is wanted.</summary>
    public string? WishReason { get; init; }

    /// <summary>The gas it used, in units; null while it is in no block.</summary>
    public long? GasUsed { get; init; }

    /// <summary>What one of those units cost.</summary>
    public Wei? GasPrice { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last moved.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? FinalizedAt { get; init; }
}

/// <summary>One move in a transaction's history.</summary>
/// <param name="Status">Where it came to stand.</param>
/// <param name="Nonce">The nonce it then held.</param>
/// <param name="Reason">Why; null where the move speaks for itself.</param>
/// <param name="Hash">The hash it then had.</param>
/// <param name="BlockNumber">The block it then was in.</param>
/// <param name="BlockHash">That block's hash.</param>
/// <param name="HappenedAt">When.</param>
public sealed record TransactionMove(
    TransactionStatus Status,
    long? Nonce,
    string? Reason,
    TransactionHash? Hash,
    long? BlockNumber,
    BlockHash? BlockHash,
    DateTimeOffset HappenedAt);
