using System.Text.Json;
using Souk.Domain.Failures;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>A pause as operators see it.</summary>
/// <param name="Target">What it stops: <c>signing</c>, or <c>chain/…</c> or <c>signer/…</c>.</param>
/// <param name="Reason">Why.</param>
/// <param name="PausedBy">Who stopped it.</param>
/// <param name="PausedAt">When.</param>
internal sealed record PauseView(string Target, string Reason, Guid PausedBy, DateTimeOffset PausedAt)
{
    internal static PauseView Of(PauseRecord it) => new(it.Target.ToString(), it.Reason, it.PausedBy, it.PausedAt);
}

/// <summary>Stops sending, and lets it go on, alike for a wallet, a chain and everything.</summary>
internal static class Pausing
{
    private const int ReasonLengthMax = 200;

    /// <exception cref="FailureException"><c>invalid_request</c>.</exception>
    internal static void CheckReason(string reason)
    {
        if (reason.Length is 0 or > ReasonLengthMax)
        {
            throw new FailureException(
                new Failure(FailureCode.InvalidRequest, $"The reason has 1 to {ReasonLengthMax} characters.")
                {
                    Field = "$.reason",
                });
        }
    }

    /// <summary>Pauses. Once this has committed, what it stops takes no nonce and is given to no node.</summary>
    /// <exception cref="FailureException"><c>conflict</c>: it is paused already.</exception>
    internal static async Task<PauseRecord> PauseAsync(
        Transaction transaction,
        Caller caller,
        PauseTarget target,
        string reason,
        CancellationToken cancellationToken)
    {
        await PolicyTable.LockAsync(transaction, cancellationToken);
        PauseRecord pause = new(transaction.NewId(), target, reason, caller.UserId, transaction.Now);
        if (!await PauseTable.AddAsync(transaction, pause, cancellationToken))
            throw new FailureException(FailureCode.Conflict, "It is paused already.");

        string detail = JsonSerializer.Serialize(new AuditDetail(Reason: reason), SigningJson.Default.AuditDetail);
        await Audit.AppendAsync(
            transaction, caller.UserId, $"{Noun(target)}.pause", target.ToString(), detail, cancellationToken);
        return pause;
    }

    /// <summary>Lifts the pause of this very target; another that stops it as well stays.</summary>
    /// <exception cref="FailureException"><c>conflict</c>, <c>second_person_required</c>.</exception>
    internal static async Task<PauseRecord> UnpauseAsync(
        Transaction transaction, Caller caller, PauseTarget target, CancellationToken cancellationToken)
    {
        await PolicyTable.LockAsync(transaction, cancellationToken);
        PauseRecord pause = await PauseTable.FindAsync(transaction, target, cancellationToken)
            ?? throw new FailureException(FailureCode.Conflict, "It is not paused.");
        if (pause.PausedBy == caller.UserId)
            throw new FailureException(FailureCode.SecondPersonRequired, "Whoever paused may not unpause.");

        await PauseTable.LiftAsync(transaction, pause, caller.UserId, cancellationToken);
        await Audit.AppendAsync(
            transaction, caller.UserId, $"{Noun(target)}.unpause", target.ToString(), "{}", cancellationToken);
        return pause;
    }

    private static string Noun(PauseTarget target) => target.ToString().Split('/')[0];
}
