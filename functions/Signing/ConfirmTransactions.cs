using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Asks the chain what became of what was broadcast: by receipt and block hash, never by a log.</summary>
/// <remarks>
/// One run a chain at a time, by a lease with a fence. One whose block left the chain goes back to broadcast. One is
/// final when its block, its own included, has as many as the chain's confirmations on top. What is in no block is
/// looked after by <see cref="RecoverTransactions"/>.
/// </remarks>
internal sealed partial class ConfirmTransactions(
    Database database, AlchemyClients nodes, ILogger<ConfirmTransactions> logger)
{
    /// <summary>How many of a wallet's transactions one run looks at: a call each, within a request's time.</summary>
    private const int TransactionsMax = 512;

    /// <summary>The reason of a transaction that was mined and undone by the contract.</summary>
    private const string ExecutionReverted = "execution_reverted";

    /// <summary>The reason of one that was mined as a payment of nothing, where nobody gave another.</summary>
    private const string Cancelled = "cancelled";

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
        await run.ReadHeadAsync(cancellationToken);
        await ReturnUnminedAsync(run, cancellationToken);
        List<TransactionRecord> waiting = await run.Database.ReadAsync(
            t => TransactionQueue.ListWaitingAsync(t, run.ChainId, TransactionsMax, cancellationToken),
            cancellationToken);
        foreach (IGrouping<SignerId, TransactionRecord> ofOne in waiting.GroupBy(it => it.SignerId))
            await ConfirmAsync(run, ofOne.Key, [.. ofOne], cancellationToken);
        await FinishAsync(run, cancellationToken);
        await run.WriteAsync(
            async t =>
            {
                await SigningHeadTable.PutAsync(t, run.ChainId, run.Head.Number, run.Head.Hash, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>What was mined in a block that is not the chain's any more goes back to broadcast.</summary>
    private async Task ReturnUnminedAsync(ConfirmRun run, CancellationToken cancellationToken)
    {
        foreach (MinedBlock block in await ListBlocksAsync(run, cancellationToken))
        {
            if (await run.IsCanonicalAsync(block.Number, block.Hash, cancellationToken))
                continue;

            Log.Unmined(logger, block.Number);
            await MoveAllAsync(
                run,
                block,
                it => it with
                {
                    Status = TransactionStatus.Broadcast,
                    BlockNumber = null,
                    BlockHash = null,
                    GasUsed = null,
                    GasPrice = null,
                    Reason = "reorganised",
                },
                cancellationToken);
        }
    }

    /// <summary>What is in blocks that are deep enough to stay has ended.</summary>
    private async Task FinishAsync(ConfirmRun run, CancellationToken cancellationToken)
    {
        foreach (MinedBlock block in await ListBlocksAsync(run, cancellationToken))
        {
            if (block.Number > run.DeepNumber
                || !await run.IsCanonicalAsync(block.Number, block.Hash, cancellationToken))
            {
                continue;
            }

            await MoveAllAsync(run, block, it => it with { Status = EndOf(it) }, cancellationToken);
        }
    }

    /// <summary>Looks for the receipts of one wallet's transactions.</summary>
    private async Task ConfirmAsync(
        ConfirmRun run, SignerId id, List<TransactionRecord> waiting, CancellationToken cancellationToken)
    {
        SignerRecord signer = await run.Database.ReadAsync(
            t => SignerTable.GetAsync(t, id, cancellationToken), cancellationToken);
        long counted = await run.CountAsync(signer.Address, run.Head.Number, cancellationToken);
        ILookup<TransactionId, TransactionAttempt> given = await run.Database.ReadAsync(
            t => TransactionAttemptTable.ListGivenAsync(t, waiting.Select(it => it.Id), cancellationToken),
            cancellationToken);

        // Only nonces that the chain counts can be in a block.
        TransactionRecord[] counting = [.. waiting.Where(it => it.Nonce < counted)];
        List<TransactionStep> mined = await FindMinedAsync(run, counting, given, cancellationToken);
        await run.MoveAsync(mined, cancellationToken);

        HashSet<TransactionId> found = [.. mined.Select(it => it.To.Id)];
        RecoverTransactions recovery = new(run, signer, given, logger);
        await recovery.ReplaceShutOutAsync([.. counting.Where(it => !found.Contains(it.Id))], cancellationToken);
        await recovery.RemindAsync([.. waiting.Where(it => it.Nonce >= counted)], cancellationToken);
    }

    private static async Task<List<TransactionStep>> FindMinedAsync(
        ConfirmRun run,
        IReadOnlyList<TransactionRecord> counting,
        ILookup<TransactionId, TransactionAttempt> given,
        CancellationToken cancellationToken)
    {
        (TransactionRecord Sent, TransactionAttempt Attempt)[] asked =
        [
            .. from sent in counting
            from attempt in given[sent.Id]
            where attempt.IsFor(sent.Nonce)
            select (sent, attempt),
        ];
        IReadOnlyList<TransactionReceipt?> receipts =
            await run.Node.GetReceiptsAsync([.. asked.Select(it => it.Attempt.Hash)], cancellationToken);
        List<TransactionStep> mined = [];
        foreach (((TransactionRecord sent, TransactionAttempt attempt), TransactionReceipt? receipt) in
            asked.Zip(receipts))
        {
            if (receipt is not null
                && await run.IsCanonicalAsync(receipt.BlockNumber, receipt.BlockHash, cancellationToken))
            {
                mined.Add(new TransactionStep(sent, Mined(sent, attempt, receipt)));
            }
        }

        return mined;
    }

    private static TransactionRecord Mined(
        TransactionRecord sent, TransactionAttempt attempt, TransactionReceipt receipt) => sent with
        {
            Status = TransactionStatus.Mined,
            Hash = attempt.Hash,
            BlockNumber = receipt.BlockNumber,
            BlockHash = receipt.BlockHash,
            GasUsed = receipt.GasUsed,
            GasPrice = receipt.EffectiveGasPrice,
            Reason = attempt.IsCancel ? sent.WishReason ?? Cancelled : receipt.Succeeded ? null : ExecutionReverted,
        };

    private static TransactionStatus EndOf(TransactionRecord mined) => mined.Reason switch
    {
        null => TransactionStatus.Final,
        ExecutionReverted => TransactionStatus.Reverted,
        _ => TransactionStatus.Replaced,
    };

    private static Task<List<MinedBlock>> ListBlocksAsync(ConfirmRun run, CancellationToken cancellationToken) =>
        run.Database.ReadAsync(
            t => TransactionQueue.ListMinedBlocksAsync(t, run.ChainId, cancellationToken), cancellationToken);

    private async Task MoveAllAsync(
        ConfirmRun run,
        MinedBlock block,
        Func<TransactionRecord, TransactionRecord> to,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            List<TransactionRecord> mined = await run.Database.ReadAsync(
                t => TransactionQueue.ListInBlockAsync(t, run.ChainId, block, TransactionsMax, cancellationToken),
                cancellationToken);
            List<TransactionRecord> moved = await run.MoveAsync(
                [.. mined.Select(it => new TransactionStep(it, to(it)))], cancellationToken);
            foreach (TransactionRecord ended in moved.Where(it => TransactionLifecycle.IsTerminal(it.Status)))
                Log.Ended(logger, ended.Id, ended.Status, ended.Hash!.Value);
            if (mined.Count < TransactionsMax)
                return;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Transaction {TransactionId} is {Status} as {TransactionHash}.")]
        internal static partial void Ended(
            ILogger logger, TransactionId transactionId, TransactionStatus status, TransactionHash transactionHash);

        [LoggerMessage(2, LogLevel.Warning, "Block {BlockNumber} left the chain, with transactions of ours.")]
        internal static partial void Unmined(ILogger logger, long blockNumber);

        [LoggerMessage(3, LogLevel.Information, "Another run confirms {ChainId}.")]
        internal static partial void TookOver(ILogger logger, ChainId chainId);
    }
}
