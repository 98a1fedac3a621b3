using Souk.Domain.Failures;
using Souk.Platform.Alchemy;
using Souk.Platform.MetaKeep;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>One run of sending for one wallet: its clients, and the lease that makes it the only one.</summary>
/// <param name="Database">Where each step is written before the next begins.</param>
/// <param name="Node">The chain's node.</param>
/// <param name="MetaKeep">The signing provider.</param>
/// <param name="Credential">The wallet's key at the provider.</param>
/// <param name="Signer">The wallet.</param>
/// <param name="Lease">The right to send for it, fenced.</param>
/// <param name="Logger">Where facts are told.</param>
internal sealed record SigningRun(
    Database Database,
    AlchemyClient Node,
    MetaKeepClient MetaKeep,
    MetaKeepCredential Credential,
    SignerRecord Signer,
    Lease Lease,
    ILogger Logger)
{
    /// <summary>How long a run may be silent before another takes over: longer than its longest call.</summary>
    internal static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(30);

    /// <summary>Writes if this run still holds the lease, and prolongs it.</summary>
    /// <exception cref="FailureException"><c>conflict</c>: another run took over, and nothing was written.</exception>
    internal Task<T> WriteAsync<T>(Func<Transaction, Task<T>> body, CancellationToken cancellationToken) =>
        Database.WriteAsync(
            async transaction =>
            {
                if (!await Lease.TryKeepAsync(transaction, LeaseDuration, cancellationToken))
                    throw new FailureException(FailureCode.Conflict, "Another run took over.");
                return await body(transaction);
            },
            cancellationToken);

    /// <summary>Notes what keeps a transaction from moving on.</summary>
    internal Task WaitAsync(TransactionRecord waiting, string waitsFor, CancellationToken cancellationToken) =>
        WriteAsync(
            async transaction =>
            {
                await TransactionTable.WaitAsync(transaction, waiting, waitsFor, cancellationToken);
                return true;
            },
            cancellationToken);
}

/// <summary>What a step of sending came to.</summary>
internal enum StepOutcome
{
    /// <summary>It moved on: the next step may follow.</summary>
    Moved,

    /// <summary>It waits for something that time or a person brings; the schedule looks again.</summary>
    Waits,

    /// <summary>A dependency failed without effect; whoever asked should ask again soon.</summary>
    TryAgain,
}
