using Souk.Domain.Chain;
using Souk.Domain.Failures;

namespace Souk.Domain.Consents;

/// <summary>A call that a person was asked to let their embedded wallet make, and what became of it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="UserId">The person.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="Wallet">Their embedded wallet.</param>
/// <param name="Contract">The contract it calls.</param>
/// <param name="Data">The call data, which names the function.</param>
/// <param name="Value">The native coin it sends along.</param>
/// <param name="Description">What the person is told.</param>
/// <param name="AskedAt">When it was asked.</param>
/// <param name="ExpiresAt">Until when it can be answered; exclusive.</param>
public sealed record Consent(
    ConsentId Id,
    Guid UserId,
    ChainId ChainId,
    Address Wallet,
    Address Contract,
    ReadOnlyMemory<byte> Data,
    Wei Value,
    string Description,
    DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt)
{
    /// <summary>How long the provider's window can ask the person.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>How long after its end a consent given in time may still be reported: the way back to us.</summary>
    public static readonly TimeSpan ReportMax = TimeSpan.FromMinutes(5);

    /// <summary>Where it stands.</summary>
    public ConsentStatus Status { get; init; } = ConsentStatus.Asked;

    /// <summary>Why it came to nothing; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>The provider's name for what the person consented to; null before.</summary>
    public Guid? TransactionId { get; init; }

    /// <summary>The chain's name for it; null until the provider tells.</summary>
    public TransactionHash? Hash { get; init; }

    /// <summary>The person consented; a repeat of the same report changes nothing.</summary>
    /// <returns>Refuses with <c>conflict</c> once it was denied, lapsed, or reported as another transaction.</returns>
    public Decision<Consent> Submit(Guid transactionId, DateTimeOffset now)
    {
        if (TransactionId == transactionId) return this;
        if (Status != ConsentStatus.Asked || now >= ExpiresAt + ReportMax) return Answered();
        return this with { Status = ConsentStatus.Submitted, TransactionId = transactionId };
    }

    /// <summary>The person said no; a repeat changes nothing.</summary>
    /// <returns>Refuses with <c>conflict</c> once they consented, or it lapsed.</returns>
    public Decision<Consent> Deny() => Status switch
    {
        ConsentStatus.Denied => this,
        ConsentStatus.Asked => this with { Status = ConsentStatus.Denied, Reason = "denied" },
        _ => Answered(),
    };

    /// <summary>Nobody answered in time; before that, or after an answer, it stays as it is.</summary>
    public Consent Lapse(DateTimeOffset now) => Status == ConsentStatus.Asked && now >= ExpiresAt + ReportMax
        ? this with { Status = ConsentStatus.Lapsed, Reason = "not_answered" }
        : this;

    /// <summary>The chain shows it.</summary>
    public Consent Complete(TransactionHash hash) => this with { Status = ConsentStatus.Completed, Hash = hash };

    /// <summary>It had no effect and never will.</summary>
    public Consent Fail(string reason, TransactionHash? hash) =>
        this with { Status = ConsentStatus.Failed, Reason = reason, Hash = hash };

    private static Failure Answered() => new(FailureCode.Conflict, "The request was answered already, or has lapsed.");
}
