using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.MetaKeep;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Sends what a wallet has to send, a batch after the other, for at most 20 seconds.</summary>
/// <remarks>
/// One run a wallet at a time, by a lease with a fence. Every step is written before the next begins, so a run that is
/// killed between any two of them is taken up where it stood. What is left when the time is over, the schedule sends.
/// A batch goes nonces, signatures, octets stored, broadcast, and each of these is one unit of work.
/// </remarks>
internal sealed partial class SendTransactions(
    Database database,
    AlchemyClients nodes,
    MetaKeepClient metaKeep,
    MetaKeepCredentials credentials,
    Signers signers,
    JudgeCall judge,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<SendTransactions> logger)
{
    /// <summary>How long a run begins new steps: below what the broker waits for an answer.</summary>
    internal static readonly TimeSpan RunMax = TimeSpan.FromSeconds(20);

    /// <summary>How long a run may take in all, its last step included.</summary>
    private static readonly TimeSpan DeadlineMax = TimeSpan.FromSeconds(24);

    /// <summary>Sends until nothing is left, time is over, or something must be waited for.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: a dependency failed; ask again soon.</exception>
    internal async Task HandleAsync(SignerId id, CancellationToken cancellationToken)
    {
        DateTimeOffset end = clock.GetUtcNow() + RunMax;
        SignerRecord signer = await signers.GetAsync(id, cancellationToken);
        SignerSettings settings = await signers.GetSettingsAsync(signer, cancellationToken);
        MetaKeepCredential credential = await credentials.GetAsync(settings.Name, cancellationToken);

        // From here on money may move: a broker that hangs up must not cut a step in half.
        using CancellationTokenSource timeOut = new(DeadlineMax, clock);
        using CancellationTokenSource deadline =
            CancellationTokenSource.CreateLinkedTokenSource(timeOut.Token, lifetime.ApplicationStopping);
        bool goesOn;
        do
        {
            goesOn = await RunOnceAsync(signer, settings, credential, end, deadline.Token);
        }
        while (goesOn && clock.GetUtcNow() < end);
    }

    /// <summary>One lease's worth of sending.</summary>
    /// <returns>Whether something arrived while the lease was being given back.</returns>
    private async Task<bool> RunOnceAsync(
        SignerRecord signer,
        SignerSettings settings,
        MetaKeepCredential credential,
        DateTimeOffset end,
        CancellationToken cancellationToken)
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
            outcome = await DrainAsync(
                new SigningRun(
                    database, node, metaKeep, credential, signer, settings, lease, end, clock, logger),
                cancellationToken);
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
        return outcome == StepOutcome.Moved && await database.ReadAsync(
            t => TransactionQueue.HasToSendAsync(t, signer.Id, cancellationToken), cancellationToken);
    }

    private async Task<StepOutcome> DrainAsync(SigningRun run, CancellationToken cancellationToken)
    {
        if (await run.Database.ReadAsync(t => run.IsPausedAsync(t, cancellationToken), cancellationToken))
            return StepOutcome.Waits;

        await AllocateNonces.ReconcileAsync(run, cancellationToken);
        await OutbidTransactions.HandleWishesAsync(run, cancellationToken);
        while (!run.IsOver)
        {
            List<TransactionRecord> unsent = await run.Database.ReadAsync(
                t => TransactionQueue.ListUnsentAsync(t, run.Signer.Id, SigningRun.BatchMax, cancellationToken),
                cancellationToken);
            GasPrice? price = null;
            if (unsent.Count == 0)
            {
                (unsent, price, StepOutcome why) = await AllocateNonces.HandleAsync(run, judge, cancellationToken);
                if (unsent.Count == 0)
                {
                    await OutbidTransactions.HandleWishesAsync(run, cancellationToken);
                    await OutbidTransactions.HandleStuckAsync(run, cancellationToken);
                    return why;
                }
            }

            StepOutcome outcome = await SendBatchAsync(run, unsent, price, cancellationToken);
            if (outcome != StepOutcome.Moved)
                return outcome;
        }

        Log.TimeIsOver(run.Logger, run.Signer.Id);
        return StepOutcome.Waits;
    }

    /// <summary>Takes a batch as far as it goes: what is unsigned is signed, then what can be sent is sent.</summary>
    private static async Task<StepOutcome> SendBatchAsync(
        SigningRun run, List<TransactionRecord> unsent, GasPrice? price, CancellationToken cancellationToken)
    {
        TransactionRecord[] unsigned = [.. unsent.Where(it => it.Status == TransactionStatus.Allocated)];
        if (unsigned.Length > 0)
        {
            // Fees above the ceiling keep what is unsigned waiting, and with it all that comes after.
            price ??= await run.TryPriceAsync(unsigned.Select(it => it.Id), cancellationToken);
            if (await FeeCeiling.TakeBackAsync(run, unsigned, price, cancellationToken))
                return StepOutcome.Moved;
        }

        SignedBatch signed = price is null
            ? SignedBatch.Empty
            : await SignTransactions.HandleAsync(run, unsigned, price, cancellationToken);
        List<TransactionAttempt> given = await StoreAsync(run, unsent, signed, cancellationToken);
        (int sent, StepOutcome outcome) =
            await BroadcastTransactions.HandleAsync(run, unsent, given, cancellationToken);
        bool hasEnded = await EndRefusedAsync(run, unsent, signed, cancellationToken);
        if (outcome != StepOutcome.Moved)
            return outcome;
        if (sent > 0 || hasEnded)
            return StepOutcome.Moved;
        return signed.HasLostAnswers ? StepOutcome.TryAgain : StepOutcome.Waits;
    }

    /// <summary>
    /// Stores what was signed, before any node sees it, and notes which octets are about to be given to one: all up to
    /// the first that could not be signed.
    /// </summary>
    private static Task<List<TransactionAttempt>> StoreAsync(
        SigningRun run, List<TransactionRecord> unsent, SignedBatch signed, CancellationToken cancellationToken) =>
        run.WriteAsync(
            async transaction =>
            {
                List<TransactionRecord> moved = await TransactionMoves.MoveManyAsync(
                    transaction, [.. signed.Attempts.Select(it => it.Step)], cancellationToken);
                HashSet<TransactionId> isSigned = [.. moved.Select(it => it.Id)];
                await TransactionAttemptTable.AddManyAsync(
                    transaction,
                    run.Signer.ChainId,
                    [.. signed.Attempts.Select(it => it.Attempt).Where(it => isSigned.Contains(it.TransactionId))],
                    isGiven: _ => false,
                    cancellationToken);
                IEnumerable<TransactionId> ready = unsent
                    .TakeWhile(it => it.Status == TransactionStatus.Signed || isSigned.Contains(it.Id))
                    .Select(it => it.Id);
                return await run.IsPausedAsync(transaction, cancellationToken)
                    ? []
                    : await TransactionAttemptTable.GiveManyAsync(
                        transaction, run.Signer.ChainId, ready, cancellationToken);
            },
            cancellationToken);

    /// <summary>
    /// Ends what will never be signed, the highest nonce first, so that as many as can be are given back.
    /// </summary>
    private static async Task<bool> EndRefusedAsync(
        SigningRun run, List<TransactionRecord> unsent, SignedBatch signed, CancellationToken cancellationToken)
    {
        bool hasEnded = false;
        DateTimeOffset now = run.Clock.GetUtcNow();
        foreach ((TransactionRecord refused, string reason) in signed.RefusedIn(unsent, now).Reverse())
            hasEnded = await RefuseTransaction.HandleAsync(run, refused, reason, cancellationToken) || hasEnded;
        return hasEnded;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Left the rest of signer {SignerId} to the schedule.")]
        internal static partial void TimeIsOver(ILogger logger, SignerId signerId);
    }
}
