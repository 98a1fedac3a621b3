using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Asks the chain what became of what was broadcast: by receipt and block hash, never by a log.</summary>
/// <remarks>
/// One run a chain at a time, by a lease with a fence. A transaction that the node has forgotten is given to it again,
/// octet for octet. One whose block left the chain goes back to broadcast. One is final when its block, its own
/// included, has as many as the chain's confirmations on top.
/// </remarks>
internal sealed partial class ConfirmTransactions(
    Database database, AlchemyClients nodes, ILogger<ConfirmTransactions> logger)
{
    /// <summary>How many transactions one run looks at: two calls each, within a request's time.</summary>
    private const int TransactionsMax = 200;

    /// <summary>The reason of a transaction that was mined and undone by the contract.</summary>
    private const string ExecutionReverted = "execution_reverted";

    internal async Task HandleAsync(ChainId chain, CancellationToken cancellationToken)
    {
        string name = $"confirm/{chain}";
        Lease? lease = await database.WriteAsync(
            t => Lease.TryTakeAsync(t, name, SigningRun.LeaseDuration, cancellationToken), cancellationToken);
        if (lease is null)
            return;

        try
        {
            await RunAsync(new ConfirmRun(database, nodes.For(chain), lease), cancellationToken);
        }
        catch (FailureException conflict) when (conflict.Failure.Code == FailureCode.Conflict)
        {
            Log.TookOver(logger, chain);
        }
        finally
        {
            await database.WriteAsync(t => lease.ReleaseAsync(t, CancellationToken.None), CancellationToken.None);
        }
    }

    private async Task RunAsync(ConfirmRun run, CancellationToken cancellationToken)
    {
        List<TransactionRecord> open = await database.ReadAsync(
            t => TransactionTable.ListToConfirmAsync(t, run.Node.Chain.Id, TransactionsMax, cancellationToken),
            cancellationToken);
        if (open.Count == 0)
            return;

        BlockHeader head = await run.ReadHeadAsync(cancellationToken);
        foreach (TransactionRecord record in open)
        {
            TransactionRecord at = record;
            if (at.Status == TransactionStatus.Mined)
                at = await CheckMinedAsync(run, at, cancellationToken);
            if (at.Status is TransactionStatus.Broadcast or TransactionStatus.Unknown)
                at = await FindMinedAsync(run, at, cancellationToken);
            if (at.Status == TransactionStatus.Mined && run.IsDeep(at.BlockNumber!.Value))
                await FinishAsync(run, at, cancellationToken);
        }

        await run.WriteAsync(
            async t =>
            {
                await SigningHeadTable.PutAsync(t, run.Node.Chain.Id, head.Number, head.Hash, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Whether a mined transaction is still where it was; back to broadcast where it is not.</summary>
    private async Task<TransactionRecord> CheckMinedAsync(
        ConfirmRun run, TransactionRecord mined, CancellationToken cancellationToken)
    {
        TransactionReceipt? receipt = await run.Node.GetReceiptAsync(mined.Hash!.Value, cancellationToken);
        if (receipt?.BlockHash == mined.BlockHash
            && await run.IsCanonicalAsync(mined.BlockNumber!.Value, mined.BlockHash!.Value, cancellationToken))
        {
            return mined;
        }

        Log.Unmined(logger, mined.Id, mined.BlockNumber!.Value);
        TransactionRecord to = mined with
        {
            Status = TransactionStatus.Broadcast,
            BlockNumber = null,
            BlockHash = null,
            Reason = "reorganised",
        };
        return await run.MoveAsync(mined, to, cancellationToken);
    }

    /// <summary>Looks for the block that holds any of the transaction's signatures.</summary>
    private static async Task<TransactionRecord> FindMinedAsync(
        ConfirmRun run, TransactionRecord sent, CancellationToken cancellationToken)
    {
        List<TransactionAttempt> attempts = await run.ListAttemptsAsync(sent.Id, cancellationToken);
        foreach (TransactionAttempt attempt in attempts.Where(attempt => attempt.GivenAt is not null))
        {
            TransactionReceipt? receipt = await run.Node.GetReceiptAsync(attempt.Hash, cancellationToken);
            if (receipt is null
                || !await run.IsCanonicalAsync(receipt.BlockNumber, receipt.BlockHash, cancellationToken))
            {
                continue;
            }

            TransactionRecord mined = sent with
            {
                Status = TransactionStatus.Mined,
                Hash = attempt.Hash,
                BlockNumber = receipt.BlockNumber,
                BlockHash = receipt.BlockHash,
                Reason = receipt.Succeeded ? null : ExecutionReverted,
            };
            return await run.MoveAsync(sent, mined, cancellationToken);
        }

        return await RecoverAsync(run, sent, attempts, cancellationToken);
    }

    /// <summary>It is in no block: its nonce was used by another, or it waits, or the node has forgotten it.</summary>
    private static async Task<TransactionRecord> RecoverAsync(
        ConfirmRun run,
        TransactionRecord sent,
        List<TransactionAttempt> attempts,
        CancellationToken cancellationToken)
    {
        SignerRecord signer = await run.GetSignerAsync(sent.SignerId, cancellationToken);
        if (await run.CountAsync(signer.Address, isDeep: false, cancellationToken) > sent.Nonce)
        {
            // The node's receipts may lag behind its state: only a deep block's count ends a transaction.
            if (await run.CountAsync(signer.Address, isDeep: true, cancellationToken) <= sent.Nonce)
                return sent;

            TransactionRecord replaced = sent with { Status = TransactionStatus.Replaced, Reason = "nonce_taken" };
            return await run.EndAsync(sent, replaced, cancellationToken);
        }

        bool isKnown = false;
        foreach (TransactionAttempt attempt in attempts)
            isKnown = isKnown || await run.Node.GetTransactionAsync(attempt.Hash, cancellationToken) is not null;
        if (!isKnown)
            isKnown = (await run.Node.SendRawTransactionAsync(attempts[0].Raw, cancellationToken)).IsInPool;

        TransactionRecord waiting = sent with { Status = TransactionStatus.Broadcast, Reason = null };
        return isKnown && sent.Status == TransactionStatus.Unknown
            ? await run.MoveAsync(sent, waiting, cancellationToken)
            : sent;
    }

    private async Task FinishAsync(ConfirmRun run, TransactionRecord mined, CancellationToken cancellationToken)
    {
        bool hasReverted = mined.Reason == ExecutionReverted;
        TransactionRecord to = mined with
        {
            Status = hasReverted ? TransactionStatus.Reverted : TransactionStatus.Final,
        };
        await run.EndAsync(mined, to, cancellationToken);
        Log.Ended(logger, mined.Id, to.Status, mined.Hash!.Value);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Transaction {TransactionId} is {Status} as {TransactionHash}.")]
        internal static partial void Ended(
            ILogger logger, TransactionId transactionId, TransactionStatus status, TransactionHash transactionHash);

        [LoggerMessage(2, LogLevel.Warning, "Block {BlockNumber} of {TransactionId} left the chain.")]
        internal static partial void Unmined(ILogger logger, TransactionId transactionId, long blockNumber);

        [LoggerMessage(3, LogLevel.Information, "Another run confirms {ChainId}.")]
        internal static partial void TookOver(ILogger logger, ChainId chainId);
    }
}
