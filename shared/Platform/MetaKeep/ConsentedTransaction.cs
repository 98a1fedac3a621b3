using Souk.Domain.Chain;

namespace Souk.Platform.MetaKeep;

/// <summary>A call of a contract as MetaKeep takes it: by name and arguments, never by call data.</summary>
/// <param name="Contract">The contract, which the app must have imported.</param>
/// <param name="Function">The function.</param>
/// <param name="Arguments">Its arguments, in order.</param>
/// <param name="Value">The native coin that the wallet sends along.</param>
/// <param name="Description">What the person is told they consent to.</param>
public sealed record ContractCall(
    Address Contract, AbiFunction Function, IReadOnlyList<AbiValue> Arguments, Wei Value, string Description);

/// <summary>Where MetaKeep is with a call that a person consented to.</summary>
public enum ConsentedStatus
{
    /// <summary>Not mined yet.</summary>
    Queued,

    /// <summary>Mined, with its effect. Terminal.</summary>
    Completed,

    /// <summary>Mined and reverted. Terminal.</summary>
    Failed,

    /// <summary>Never mined, and never will be. Terminal.</summary>
    Cancelled,
}

/// <summary>What became of a call that a person consented to.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Hash">The chain's name for it; null while MetaKeep names none.</param>
/// <remarks>Source: MetaKeep "transaction status" (read 2026-11).</remarks>
public sealed record ConsentedTransaction(ConsentedStatus Status, TransactionHash? Hash)
{
    internal static ConsentedStatus? StatusOf(string? text) => text switch
    {
        "QUEUED" => ConsentedStatus.Queued,
        "COMPLETED" => ConsentedStatus.Completed,
        "FAILED" => ConsentedStatus.Failed,
        "CANCELLED" => ConsentedStatus.Cancelled,
        _ => null,
    };
}
