using System.Diagnostics;
using Souk.Domain.Chain;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>
/// Gives the oldest requests the next nonces, and brings the ledger of nonces in step with the chain's.
/// </summary>
/// <remarks>
/// Nonce and request move in one unit of work, immediately before signing: there is no counter that advances alone. Not
/// more wait for the chain than the wallet's window allows, because a node keeps only so many.
/// </remarks>
internal static partial class AllocateNonces
{
    /// <summary>How many gaps one run fills: a node that counts wrongly must not make us pay for thousands.</summary>
    private const int GapsMax = 16;

    /// <summary>Takes nonces for a batch.</summary>
    /// <returns>The batch and its price; or an empty batch, and what is waited for.</returns>
    internal static async Task<(List<TransactionRecord> Batch, GasPrice? Price, StepOutcome Outcome)> HandleAsync(
        SigningRun run, JudgeCall judge, CancellationToken cancellationToken)
    {
        if (!await run.Database.ReadAsync(
            t => TransactionQueue.HasToSendAsync(t, run.Signer.Id, cancellationToken), cancellationToken))
        {
            return ([], null, StepOutcome.Moved);
        }

        // Asked before a nonce is taken: while fees are above the ceiling nothing must wait in between.
        if (await run.TryPriceAsync(null, cancellationToken) is not { } price)
        {
            await run.WriteAsync(
                async t => await FeeCeiling.ApplyAsync(
                    t, await SignerTable.LockAsync(t, run.Signer.Id, cancellationToken), null, cancellationToken),
                cancellationToken);
            return ([], null, StepOutcome.Waits);
        }

        long counted = await run.Node.GetTransactionCountAsync(
            run.Signer.Address, BlockReference.Latest, cancellationToken);
        List<TransactionRecord> batch = await run.WriteAsync(
            t => AllocateAsync(t, run, judge, price, counted, cancellationToken), cancellationToken);
        return (batch, price, batch.Count > 0 ? StepOutcome.Moved : StepOutcome.Waits);
    }

    /// <summary>
    /// Three things may have happened to the wallet outside of Souk. It sent more than we know: those nonces are
    /// skipped. It used nonces that we gave to what no node has seen: that is queued again. A transaction that it sent,
    /// and whose nonce we skipped, is gone: the gap is filled, for it stops all that follow.
    /// </summary>
    internal static async Task ReconcileAsync(SigningRun run, CancellationToken cancellationToken)
    {
        Address wallet = run.Signer.Address;
        long counted = await run.Node.GetTransactionCountAsync(wallet, BlockReference.Latest, cancellationToken);
        List<long> gaps = await run.WriteAsync(
            async transaction =>
            {
                if (await SignerTable.RaiseNonceAsync(transaction, run.Signer.Id, counted, cancellationToken))
                    Log.ForeignNonce(run.Logger, wallet, counted);
                await RequeueUnseenAsync(transaction, run, counted, cancellationToken);
                return await ListGapsAsync(transaction, run, counted, cancellationToken);
            },
            cancellationToken);
        if (gaps.Count == 0)
            return;

        // What a node's pool has for a nonce needs no filler, whoever sent it; unless it has kept ours waiting for
        // long, or the node only says that it has it.
        long pending = await run.Node.GetTransactionCountAsync(wallet, BlockReference.Pending, cancellationToken);
        bool hasWaited = await run.Database.ReadAsync(
            t => TransactionQueue.HasStuckAsync(
                t, run.Signer.Id, OutbidTransactions.WaitMax, cancellationToken),
            cancellationToken);
        long[] holes = [.. gaps.Where(nonce => hasWaited || nonce >= pending)];
        if (holes.Length == 0)
            return;

        Log.FillsGaps(run.Logger, wallet, holes[0], holes.Length);
        await run.WriteAsync(
            async transaction =>
            {
                // Looked at again under the wallet's lock: none of these was taken meanwhile.
                await SignerTable.LockAsync(transaction, run.Signer.Id, cancellationToken);
                List<long> still = await ListGapsAsync(transaction, run, counted, cancellationToken);
                foreach (long nonce in holes.Intersect(still))
                {
                    await RefuseTransaction.FillAsync(
                        transaction, run.Signer, nonce, $"Fills nonce {nonce}, which nobody used.", cancellationToken);
                }
            },
            cancellationToken);
    }

    private static async Task<List<TransactionRecord>> AllocateAsync(
        Transaction transaction,
        SigningRun run,
        JudgeCall judge,
        GasPrice price,
        long counted,
        CancellationToken cancellationToken)
    {
        // Before anything is read: what policies and pauses say now they say until the nonces are taken.
        await PolicyTable.ShareLockAsync(transaction, cancellationToken);
        SignerRecord signer = await SignerTable.LockAsync(transaction, run.Signer.Id, cancellationToken);
        long room = run.Settings.WindowMax - Math.Max(signer.NextNonce - counted, 0);
        if (room <= 0 || signer.NextNonce < counted || signer.IsPaused)
            return [];

        await FeeCeiling.ApplyAsync(transaction, signer, price, cancellationToken);
        List<TransactionRecord> queued = await TransactionQueue.ListQueuedAsync(
            transaction, signer.Id, price.LeastFeePerGas, Math.Min(room, SigningRun.BatchMax), cancellationToken);
        List<TransactionRecord> admitted = await judge.AdmitAsync(transaction, signer, queued, cancellationToken);
        if (admitted.Count == 0)
            return [];
        long first = await SignerTable.TakeNoncesAsync(transaction, signer.Id, admitted.Count, cancellationToken)
            ?? throw new UnreachableException("A wallet was paused while its pauses were locked.");
        return await TransactionMoves.MoveManyAsync(
            transaction,
            [
                .. admitted.Select((it, index) => new TransactionStep(
                    it, it with { Status = TransactionStatus.Allocated, Nonce = first + index })),
            ],
            cancellationToken);
    }

    /// <summary>
    /// What holds a nonce that the chain has seen used, and was never given to a node, needs another.
    /// </summary>
    private static async Task RequeueUnseenAsync(
        Transaction transaction, SigningRun run, long counted, CancellationToken cancellationToken)
    {
        List<TransactionRecord> shutOut = await TransactionQueue.ListUnseenBelowAsync(
            transaction, run.Signer.Id, counted, cancellationToken);
        // A filler goes its way to the chain, which may yet forget what took the nonce: then it is needed.
        await TransactionMoves.MoveManyAsync(
            transaction,
            [.. shutOut.Where(it => !it.IsFiller).Select(it => new TransactionStep(it, ShutOut(it)))],
            cancellationToken);
    }

    /// <summary>
    /// Where a transaction goes whose nonce another has: back to the queue; a filler has nothing left to do, and who
    /// wanted it cancelled has it so.
    /// </summary>
    internal static TransactionRecord ShutOut(TransactionRecord at) => at.IsFiller || at.Wish == TransactionWish.Cancel
        ? at with { Status = TransactionStatus.Replaced, Reason = "nonce_taken" }
        : at with { Status = TransactionStatus.Queued, Nonce = null, Hash = null, Reason = "nonce_taken" };

    private static async Task<List<long>> ListGapsAsync(
        Transaction transaction, SigningRun run, long counted, CancellationToken cancellationToken)
    {
        SignerRecord signer = await SignerTable.GetAsync(transaction, run.Signer.Id, cancellationToken);
        long from = Math.Max(signer.SettledNonce, counted);
        return await TransactionQueue.ListGapsAsync(
            transaction, signer.Id, from, signer.NextNonce, GapsMax, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Wallet {Wallet} was used outside of Souk: the chain counts {Count}.")]
        internal static partial void ForeignNonce(ILogger logger, Address wallet, long count);

        [LoggerMessage(2, LogLevel.Warning, "Fills {Count} nonces of {Wallet} from {Nonce} on that nobody used.")]
        internal static partial void FillsGaps(ILogger logger, Address wallet, long nonce, int count);
    }
}
