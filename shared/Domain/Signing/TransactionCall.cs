using System.Collections.Immutable;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;

namespace Souk.Domain.Signing;

/// <summary>What a simulation of a call showed.</summary>
/// <param name="HasSucceeded">Whether the call would succeed.</param>
/// <param name="Gas">The gas it would need, in units.</param>
public sealed record SimulationOutcome(bool HasSucceeded, long Gas);

/// <summary>What a transaction of the platform's would do, and for whom: what the policy judges.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Signer">The wallet that would send it.</param>
/// <param name="To">The contract called, or who receives a plain payment; null deploys a contract.</param>
/// <param name="Value">The native currency sent along, in wei.</param>
/// <param name="Data">The call data, or the creation code; empty for a plain payment.</param>
/// <param name="Roles">The roles of whoever asks.</param>
public sealed record TransactionCall(
    ChainId ChainId,
    SignerId Signer,
    Address? To,
    Wei Value,
    ReadOnlyMemory<byte> Data,
    ImmutableArray<Role> Roles)
{
    /// <summary>What its simulation showed; null when it was not simulated yet.</summary>
    public SimulationOutcome? Simulation { get; init; }

    /// <summary>The function called; null when none is, or for call data too short to name one.</summary>
    public Selector? Selector =>
        !IsDeployment && Data.Length >= Chain.Selector.Length ? Chain.Selector.Of(Data.Span) : null;

    /// <summary>Whether it creates a contract.</summary>
    public bool IsDeployment => To is null;

    /// <summary>Whether it only pays.</summary>
    public bool IsPlainPayment => To is not null && Data.IsEmpty;
}
