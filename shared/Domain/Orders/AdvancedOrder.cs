using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>An order with all that a fill of it needs, as Seaport's call data carries it.</summary>
/// <param name="Order">The signed components; the counter does not enter the call data.</param>
/// <param name="Signature">The seller's, as given. Secret until a hold's steps carry it.</param>
/// <param name="ExtraData">What the zone reads: an authorization to fill; empty for open orders.</param>
public sealed record AdvancedOrder(
    OrderComponents Order, ReadOnlyMemory<byte> Signature, ReadOnlyMemory<byte> ExtraData)
{
    /// <summary>The share to fill, over <see cref="Denominator"/>.</summary>
    public ulong Numerator { get; init; } = 1;

    /// <summary>The whole; 1 of 1 for the orders made here.</summary>
    public ulong Denominator { get; init; } = 1;

    /// <summary>Never the signature.</summary>
    public override string ToString() => $"[fill of {Order.Hash()}]";
}

/// <summary>What the chain knows of an order's state.</summary>
/// <param name="IsValidated">The offerer put it on chain, so no signature is asked any more.</param>
/// <param name="IsCancelled">It can never be filled.</param>
/// <param name="TotalFilled">The share filled, over <paramref name="TotalSize"/>.</param>
/// <param name="TotalSize">The whole; 0 for an order the chain has never seen.</param>
public sealed record OrderChainStatus(bool IsValidated, bool IsCancelled, UInt256 TotalFilled, UInt256 TotalSize)
{
    /// <summary>Whether nothing is left to fill.</summary>
    public bool IsFilled => !TotalSize.IsZero && TotalFilled == TotalSize;
}
