using Souk.Domain.Chain;
using Souk.Domain.Signing;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>A transaction as operators see it.</summary>
internal sealed record TransactionView(
    TransactionId Id,
    SignerId SignerId,
    ChainId ChainId,
    TransactionStatus Status,
    Address To,
    Wei ValueWei,
    string Data,
    string Description,
    bool IsFiller,
    Guid? RequestedBy,
    PolicyRuleId? RuleId,
    int? RuleVersion,
    long? Nonce,
    TransactionHash? TransactionHash,
    long? BlockNumber,
    BlockHash? BlockHash,
    string? Reason,
    string? WaitsFor,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinalizedAt)
{
    internal static TransactionView Of(TransactionRecord it) => new(
        it.Id, it.SignerId, it.ChainId, it.Status, it.To, it.Value, Hex.Encode(it.Data), it.Description, it.IsFiller,
        it.RequestedBy, it.RuleId, it.RuleVersion, it.Nonce, it.Hash, it.BlockNumber, it.BlockHash, it.Reason,
        it.WaitsFor, it.CreatedAt, it.UpdatedAt, it.FinalizedAt);
}

/// <summary>One move of a transaction as operators see it.</summary>
internal sealed record MoveView(
    TransactionStatus Status,
    long? Nonce,
    string? Reason,
    TransactionHash? TransactionHash,
    long? BlockNumber,
    BlockHash? BlockHash,
    DateTimeOffset HappenedAt)
{
    internal static MoveView Of(TransactionMove it) => new(
        it.Status, it.Nonce, it.Reason, it.Hash, it.BlockNumber, it.BlockHash, it.HappenedAt);
}
