using Souk.Domain.Chain;
using Souk.Domain.Consents;

namespace Souk.Signing;

/// <summary>A call that a person was asked to consent to, as they see it.</summary>
internal sealed record ConsentView(
    ConsentId Id,
    ConsentStatus Status,
    ChainId ChainId,
    Address Wallet,
    Address To,
    string Data,
    Wei ValueWei,
    string Description,
    TransactionHash? TransactionHash,
    string? Reason,
    DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt)
{
    internal static ConsentView Of(Consent it) => new(
        it.Id, it.Status, it.ChainId, it.Wallet, it.Contract, Hex.Encode(it.Data.Span), it.Value, it.Description,
        it.Hash, it.Reason, it.AskedAt, it.ExpiresAt);
}

/// <summary>Data of <c>souk.consent.ended.v1</c>: how a call that a person was asked about ended.</summary>
/// <param name="ConsentId">Which.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="Status">Where it ended.</param>
/// <param name="TransactionHash">The chain's name for it; null when it never had one.</param>
/// <param name="Reason">Why it came to nothing; null when it did not.</param>
internal sealed record ConsentEnded(
    ConsentId ConsentId, ChainId ChainId, ConsentStatus Status, TransactionHash? TransactionHash, string? Reason);
