using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Domain.Wire;
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
/// <param name="Settings">What the settings say of it.</param>
/// <param name="Lease">The right to send for it, fenced.</param>
/// <param name="End">When no new call is begun any more.</param>
/// <param name="Clock">What calls are timed by.</param>
/// <param name="Logger">Where facts are told.</param>
internal sealed record SigningRun(
    Database Database,
    AlchemyClient Node,
    MetaKeepClient MetaKeep,
    MetaKeepCredential Credential,
    SignerRecord Signer,
    SignerSettings Settings,
    Lease Lease,
    DateTimeOffset End,
    TimeProvider Clock,
    ILogger Logger)
{
    /// <summary>How long a run may be silent before another takes over: longer than its longest call.</summary>
    internal static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(30);

    /// <summary>How many transactions go through a run's steps together.</summary>
    internal const int BatchMax = 64;

    /// <summary>Whether no new call is begun any more.</summary>
    internal bool IsOver => Clock.GetUtcNow() >= End;

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

    /// <inheritdoc cref="WriteAsync{T}"/>
    internal Task WriteAsync(Func<Transaction, Task> body, CancellationToken cancellationToken) =>
        WriteAsync(
            async transaction =>
            {
                await body(transaction);
                return true;
            },
            cancellationToken);

    /// <summary>Notes what keeps transactions from moving on.</summary>
    internal Task WaitAsync(IEnumerable<TransactionId> waiting, string waitsFor, CancellationToken cancellationToken) =>
        WriteAsync(t => TransactionMoves.WaitAsync(t, waiting, waitsFor, cancellationToken), cancellationToken);

    /// <summary>What gas costs now; null when that is above the ceiling, which is then noted where it keeps us waiting.
    /// </summary>
    /// <param name="waiting">What waits for the price; null: the wallet's oldest requests.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<GasPrice?> TryPriceAsync(
        IEnumerable<TransactionId>? waiting, CancellationToken cancellationToken)
    {
        try
        {
            return await GasPrice.AskAsync(Node, cancellationToken);
        }
        catch (FailureException exceeded) when (exceeded.Failure.Code == FailureCode.FeeCeilingExceeded)
        {
            await WriteAsync(
                async t =>
                {
                    waiting ??= (await TransactionQueue.ListQueuedAsync(
                        t, Signer.Id, null, BatchMax, cancellationToken)).Select(it => it.Id);
                    string text = WireText.Of(FailureCode.FeeCeilingExceeded);
                    await TransactionMoves.WaitAsync(t, waiting, text, cancellationToken);
                },
                cancellationToken);
            return null;
        }
    }

    /// <summary>Whether nothing may be given to a node now, and until this unit of work has ended.</summary>
    internal async Task<bool> IsPausedAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        await PolicyTable.ShareLockAsync(transaction, cancellationToken);
        return (await SignerTable.GetAsync(transaction, Signer.Id, cancellationToken)).IsPaused;
    }
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
