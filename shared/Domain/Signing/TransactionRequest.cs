using System.Collections.Immutable;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;

namespace Souk.Domain.Signing;

/// <summary>What a transaction of the platform's would do, and for whom: what the policy judges.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="To">The contract called, or who receives a plain payment.</param>
/// <param name="Value">The native currency sent along, in wei.</param>
/// <param name="Data">The call data; empty for a plain payment.</param>
/// <param name="Roles">The roles of whoever asks.</param>
public sealed record TransactionCall(
    ChainId ChainId, Address To, Wei Value, ReadOnlyMemory<byte> Data, ImmutableArray<Role> Roles)
{
    /// <summary>The function called; null for a plain payment, or for call data too short to name one.</summary>
    public Selector? Selector => Data.Length >= Chain.Selector.Length ? Chain.Selector.Of(Data.Span) : null;

    /// <summary>Whether it only pays.</summary>
    public bool IsPlainPayment => Data.IsEmpty;
}

/// <summary>One transaction the platform was asked to send.</summary>
/// <param name="Id">Its name, whatever nonce and hash it will have.</param>
/// <param name="SignerId">Which of the platform's wallets sends it.</param>
/// <param name="Call">What it does.</param>
public sealed record TransactionRequest(TransactionId Id, SignerId SignerId, TransactionCall Call);
