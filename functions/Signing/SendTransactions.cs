using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.MetaKeep;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Sends what a wallet has to send, one transaction after the other, for at most 20 seconds.</summary>
/// <remarks>
/// One run a wallet at a time, by a lease with a fence. Every step is written before the next begins, so a run that is
/// killed between any two of them is taken up where it stood. What is left when the time is over, the schedule sends.
/// </remarks>
internal sealed partial class SendTransactions(
    Database database,
    AlchemyClients nodes,
    MetaKeepClient metaKeep,
    SignerCredentials credentials,
    Signers signers,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<SendTransactions> logger)
{
    /// <summary>How long a run begins new steps: below what the broker waits for an answer.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(20);

    /// <summary>How long a run may take in all, its last step included.</summary>
    private static readonly TimeSpan DeadlineMax = TimeSpan.FromSeconds(24);

    /// <summary>Sends until nothing is left, time is over, or something must be waited for.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: a dependency failed; ask again soon.</exception>
    internal async Task HandleAsync(SignerId id, CancellationToken cancellationToken)
    {
        DateTimeOffset end = clock.GetUtcNow() + RunMax;
        SignerRecord signer = await signers.GetAsync(id, cancellationToken);
        MetaKeepCredential credential = await credentials.GetAsync(signer.ChainId, cancellationToken);

        // From here on money may move: a broker that hangs up must not cut a step in half.
        using CancellationTokenSource timeOut = new(DeadlineMax, clock);
        using CancellationTokenSource deadline =
            CancellationTokenSource.CreateLinkedTokenSource(timeOut.Token, lifetime.ApplicationStopping);
        bool goesOn;
        do
        {
            goesOn = await RunOnceAsync(signer, credential, end, deadline.Token);
        }
        while (goesOn && clock.GetUtcNow() < end);
    }

    /// <summary>One lease's worth of sending.</summary>
    /// <returns>Whether something arrived while the lease was being given back.</returns>
    private async Task<bool> RunOnceAsync(
        SignerRecord signer, MetaKeepCredential credential, DateTimeOffset end, CancellationToken cancellationToken)
    {
        string name = $"signer/{signer.Id}";
        Lease? lease = await database.WriteAsync(
            t => Lease.TryTakeAsync(t, name, SigningRun.LeaseDuration, cancellationToken), cancellationToken);
        if (lease is null)
            return false;

        StepOutcome outcome;
        try
        {
            AlchemyClient node = nodes.For(signer.ChainId);
            SigningRun run = new(database, node, metaKeep, credential, signer, lease, logger);
            await SkipForeignNoncesAsync(run, cancellationToken);
            outcome = await DrainAsync(run, end, cancellationToken);
        }
        finally
        {
            await database.WriteAsync(t => lease.ReleaseAsync(t, CancellationToken.None), CancellationToken.None);
        }

        if (outcome == StepOutcome.TryAgain)
        {
            throw new FailureException(
                new Failure(FailureCode.UpstreamUnavailable, "A transaction could not be sent yet."));
        }

        // Whoever found the lease taken while it was given back relies on this look.
        return outcome == StepOutcome.Moved && await HasMoreAsync(signer.Id, cancellationToken);
    }

    private async Task<StepOutcome> DrainAsync(SigningRun run, DateTimeOffset end, CancellationToken cancellationToken)
    {
        while (clock.GetUtcNow() < end)
        {
            TransactionRecord? next = await database.ReadAsync(
                t => TransactionTable.FindNextToSendAsync(t, run.Signer.Id, cancellationToken), cancellationToken);
            if (next is null)
            {
                await ReplaceTransaction.HandleAsync(run, cancellationToken);
                return StepOutcome.Moved;
            }

            if ((await signers.GetAsync(run.Signer.Id, cancellationToken)).IsPaused)
                return StepOutcome.Waits;

            StepOutcome outcome = await StepAsync(run, next, cancellationToken);
            if (outcome != StepOutcome.Moved)
                return outcome;
        }

        Log.TimeIsOver(logger, run.Signer.Id);
        return StepOutcome.Waits;
    }

    private static Task<StepOutcome> StepAsync(
        SigningRun run, TransactionRecord next, CancellationToken cancellationToken) => next.Status switch
        {
            TransactionStatus.Queued => SignTransaction.AllocateAsync(run, next, cancellationToken),
            TransactionStatus.Allocated => SignTransaction.SignAsync(run, next, cancellationToken),
            _ => BroadcastTransaction.HandleAsync(run, next, cancellationToken),
        };

    /// <summary>The chain may count more than we gave: someone sent from the wallet outside of Souk.</summary>
    private static async Task SkipForeignNoncesAsync(SigningRun run, CancellationToken cancellationToken)
    {
        Address wallet = run.Signer.Address;
        long counted = await run.Node.GetTransactionCountAsync(wallet, BlockReference.Latest, cancellationToken);
        bool isForeign = await run.WriteAsync(
            t => SignerTable.RaiseNonceAsync(t, run.Signer.Id, counted, cancellationToken), cancellationToken);
        if (isForeign)
            Log.ForeignNonce(run.Logger, wallet, counted);
    }

    private Task<bool> HasMoreAsync(SignerId signer, CancellationToken cancellationToken) => database.ReadAsync(
        async t => await TransactionTable.FindNextToSendAsync(t, signer, cancellationToken) is not null,
        cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Left the rest of signer {SignerId} to the schedule.")]
        internal static partial void TimeIsOver(ILogger logger, SignerId signerId);

        [LoggerMessage(2, LogLevel.Warning, "Wallet {Wallet} was used outside of Souk: the chain counts {Count}.")]
        internal static partial void ForeignNonce(ILogger logger, Address wallet, long count);
    }
}
