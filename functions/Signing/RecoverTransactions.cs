using Souk.Domain.Signing;
using Souk.Domain.Wire;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Looks after one wallet's transactions that are in no block, one run of confirming.</summary>
internal sealed partial class RecoverTransactions(
    ConfirmRun run, SignerRecord signer, ILookup<TransactionId, TransactionAttempt> given, ILogger logger)
{
    /// <summary>How many are given to the node again in one run: a call each.</summary>
    private const int RemindedMax = 64;

    /// <summary>How many are proved to be shut out in one run: some ten calls each.</summary>
    private const int ProvedMax = 16;

    /// <summary>
    /// What has no receipt though the chain counts its nonce: another transaction of the wallet took it. Once that one
    /// is so deep that it stays, ours can never be mined, and gets another nonce.
    /// </summary>
    /// <remarks>
    /// A missing receipt proves nothing, nor does a count: nodes lag and err, and what was sent once must not be sent
    /// twice. The proof is the other transaction itself, in a block that is deep: the wallet's, with the nonce, and
    /// none of our signatures.
    /// </remarks>
    internal async Task ReplaceShutOutAsync(
        IReadOnlyList<TransactionRecord> unfound, CancellationToken cancellationToken)
    {
        if (unfound.Count == 0)
            return;

        long deep = await run.CountAsync(signer.Address, run.DeepNumber, cancellationToken);
        foreach (TransactionRecord sent in unfound.Where(it => it.Nonce < deep).Take(ProvedMax))
        {
            if (await IsShutOutAsync(sent, cancellationToken) is not { } proof)
                continue;

            Log.ShutOut(logger, sent.Id, sent.Nonce!.Value, proof);
            await run.MoveAsync([new TransactionStep(sent, AllocateNonces.ShutOut(sent))], cancellationToken);
        }
    }

    /// <summary>
    /// What waits for the chain: the node's pool has it, or has forgotten it and gets it again, octet for octet.
    /// </summary>
    internal async Task RemindAsync(IReadOnlyList<TransactionRecord> waiting, CancellationToken cancellationToken)
    {
        if (waiting.Count == 0)
            return;

        long pending = await run.Node.GetTransactionCountAsync(
            signer.Address, BlockReference.Pending, cancellationToken);
        List<TransactionStep> known = [];
        List<(TransactionAttempt Attempt, string Outcome)> answers = [];
        foreach ((TransactionRecord sent, TransactionAttempt newest) in Doubtful(waiting, pending).Take(RemindedMax))
        {
            bool isKnown = await run.Node.GetTransactionAsync(newest.Hash, cancellationToken) is not null;
            if (!isKnown)
            {
                BroadcastResult result = await run.Node.SendRawTransactionAsync(newest.Raw, cancellationToken);
                answers.Add((newest, WireText.Of(result.Outcome)));
                Log.Reminded(logger, sent.Id, result.Outcome);
                if (result.Outcome == BroadcastOutcome.NotTaken)
                    break;
                isKnown = result.IsInPool
                    || (sent.Status == TransactionStatus.Unknown && await IsKnownAsync(sent, cancellationToken));
            }
            else if (IsLost(newest))
            {
                answers.Add((newest, WireText.Of(BroadcastOutcome.AlreadyKnown)));
            }

            if (isKnown && sent.Status == TransactionStatus.Unknown)
            {
                TransactionRecord to = sent with { Status = TransactionStatus.Broadcast, Reason = null };
                known.Add(new TransactionStep(sent, to));
            }
        }

        if (answers.Count > 0)
        {
            await run.WriteAsync(
                async t =>
                {
                    await TransactionAttemptTable.AnsweredAsync(t, answers, cancellationToken);
                    return true;
                },
                cancellationToken);
        }

        await run.MoveAsync(known, cancellationToken);
    }

    /// <summary>
    /// What the node's pool may lack: the nonce, what the answer was lost to, or what it did not take.
    /// </summary>
    private IEnumerable<(TransactionRecord Sent, TransactionAttempt Newest)> Doubtful(
        IReadOnlyList<TransactionRecord> waiting, long pending) =>
        from sent in waiting
        let newest = given[sent.Id].FirstOrDefault(it => it.IsFor(sent.Nonce))
        where newest is not null
            && (sent.Nonce >= pending || sent.Status == TransactionStatus.Unknown || IsLost(newest))
        select (sent, newest);

    /// <summary>Whether it is not known that a node ever had these octets.</summary>
    internal static bool IsLost(TransactionAttempt attempt) => attempt.Outcome is null
        || attempt.Outcome == WireText.Of(BroadcastOutcome.NotTaken)
        || attempt.Outcome == WireText.Of(BroadcastOutcome.Unknown);

    private async Task<bool> IsKnownAsync(TransactionRecord sent, CancellationToken cancellationToken)
    {
        foreach (TransactionAttempt attempt in given[sent.Id].Where(it => it.IsFor(sent.Nonce)))
        {
            if (await run.Node.GetTransactionAsync(attempt.Hash, cancellationToken) is not null)
                return true;
        }

        return false;
    }

    /// <returns>The block in which another transaction used the nonce; null when that is not proved.</returns>
    private async Task<long?> IsShutOutAsync(TransactionRecord sent, CancellationToken cancellationToken)
    {
        try
        {
            long used = await FindUseAsync(sent.Nonce!.Value, cancellationToken);
            IReadOnlyList<ChainTransaction>? inBlock =
                await run.Node.GetBlockTransactionsAsync(used, cancellationToken);
            ChainTransaction? holder = inBlock?.FirstOrDefault(
                it => it.From == signer.Address && it.Nonce == sent.Nonce);
            if (holder is not null)
                return given[sent.Id].Any(attempt => attempt.Hash == holder.Hash) ? null : used;
        }
        catch (BlockNotFoundException)
        {
            // The node keeps no state so old, and then only a person can tell.
        }

        Log.Unproved(logger, sent.Id, sent.Nonce!.Value);
        return null;
    }

    /// <summary>
    /// The block in which the wallet's count passed a nonce: backwards in widening steps, then by halves.
    /// </summary>
    private async Task<long> FindUseAsync(long nonce, CancellationToken cancellationToken)
    {
        long after = run.DeepNumber;
        long step = 1;
        long before = after - step;
        while (before >= 0 && await run.CountAsync(signer.Address, before, cancellationToken) > nonce)
        {
            after = before;
            step *= 2;
            before = after - step;
        }

        before = Math.Max(before, -1);
        while (after - before > 1)
        {
            long middle = before + ((after - before) / 2);
            if (await run.CountAsync(signer.Address, middle, cancellationToken) > nonce)
                after = middle;
            else
                before = middle;
        }

        return after;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Another transaction has nonce {Nonce} of {TransactionId}, in block {BlockNumber}.")]
        internal static partial void ShutOut(ILogger logger, TransactionId transactionId, long nonce, long blockNumber);

        [LoggerMessage(2, LogLevel.Warning,
            "Nonce {Nonce} of {TransactionId} is used, and the node does not tell by which transaction.")]
        internal static partial void Unproved(ILogger logger, TransactionId transactionId, long nonce);

        [LoggerMessage(3, LogLevel.Information, "Gave {TransactionId} to the node again: {Outcome}.")]
        internal static partial void Reminded(
            ILogger logger, TransactionId transactionId, BroadcastOutcome outcome);
    }
}
