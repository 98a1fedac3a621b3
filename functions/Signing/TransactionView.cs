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
    Address? To,
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
    long? GasUsed,
    Wei? GasPriceWei,
    string? Reason,
    string? WaitsFor,
    TransactionWish? Wish,
    string? WishReason,
    FeeChoice WhenFeesExceed,
    Wei? FeePerGasWeiMax,
    string? RefundOf,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinalizedAt)
{
    internal static TransactionView Of(TransactionRecord it) => new(
        it.Id, it.SignerId, it.ChainId, it.Status, it.To, it.Value, Hex.Encode(it.Data), it.Description, it.IsFiller,
        it.RequestedBy, it.RuleId, it.RuleVersion, it.Nonce, it.Hash, it.BlockNumber, it.BlockHash,
        it.GasUsed, it.GasPrice, it.Reason, it.WaitsFor, it.Wish, it.WishReason, it.WhenFeesExceed,
        it.FeePerGasMax, it.RefundOf, it.CreatedAt, it.UpdatedAt, it.FinalizedAt);
}

/// <summary>One signature made for a transaction as operators see it: never its octets.</summary>
internal sealed record AttemptView(
    int Number,
    long? Nonce,
    bool IsCancel,
    TransactionHash TransactionHash,
    Wei FeePerGasWei,
    Wei PriorityFeePerGasWei,
    DateTimeOffset SignedAt,
    DateTimeOffset? GivenAt,
    string? Outcome)
{
    internal static AttemptView Of(TransactionAttempt it) => new(
        it.Number, it.Nonce, it.IsCancel, it.Hash, it.FeePerGas, it.PriorityFeePerGas, it.SignedAt, it.GivenAt,
        it.Outcome);
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
