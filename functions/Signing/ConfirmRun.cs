using System.Collections.Concurrent;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>One run of confirming for one chain: what it read of the chain, and its lease.</summary>
internal sealed class ConfirmRun(Database database, AlchemyClient node, Lease lease)
{
    private readonly ConcurrentDictionary<long, BlockHash?> _canonical = new();
    private BlockHeader? _head;

    internal Database Database { get; } = database;

    internal AlchemyClient Node { get; } = node;

    internal ChainId ChainId => Node.Chain.Id;

    /// <summary>The newest block: everything in the run is judged by it.</summary>
    internal BlockHeader Head => _head!;

    /// <summary>The newest block that has as many on top, its own included, as the chain's confirmations.</summary>
    internal long DeepNumber => Head.Number - Node.Chain.Confirmations + 1;

    /// <summary>Reads the newest block.</summary>
    internal async Task ReadHeadAsync(CancellationToken cancellationToken) =>
        _head = await Node.GetBlockAsync(BlockReference.Latest, cancellationToken)
            ?? throw new FailureException(FailureCode.UpstreamUnavailable, "The chain's node has no block.");

    /// <summary>Whether the block with this number is the one with this hash.</summary>
    internal async Task<bool> IsCanonicalAsync(long number, BlockHash hash, CancellationToken cancellationToken)
    {
        if (number > Head.Number)
            return false;
        if (!_canonical.TryGetValue(number, out BlockHash? known))
        {
            known = (await Node.GetBlockAsync(BlockReference.At(number), cancellationToken))?.Hash;
            _canonical[number] = known;
        }

        return known == hash;
    }

    /// <summary>How many transactions of the account the chain counts up to a block.</summary>
    internal Task<long> CountAsync(Address account, long blockNumber, CancellationToken cancellationToken) =>
        blockNumber < 0
            ? Task.FromResult(0L)
            : Node.GetTransactionCountAsync(account, BlockReference.At(blockNumber), cancellationToken);

    /// <summary>Writes if this run still holds the lease, and prolongs it.</summary>
    /// <exception cref="FailureException"><c>conflict</c>: another run took over, and nothing was written.</exception>
    internal Task<T> WriteAsync<T>(Func<Transaction, Task<T>> body, CancellationToken cancellationToken) =>
        Database.WriteAsync(
            async transaction =>
            {
                if (!await lease.TryKeepAsync(transaction, SigningRun.LeaseDuration, cancellationToken))
                    throw new FailureException(FailureCode.Conflict, "Another run took over.");
                return await body(transaction);
            },
            cancellationToken);

    /// <summary>Moves transactions, and announces those that ended by it, in one unit of work.</summary>
    internal async Task<List<TransactionRecord>> MoveAsync(
        IReadOnlyList<TransactionStep> steps, CancellationToken cancellationToken) =>
        steps.Count == 0
            ? []
            : await WriteAsync(
                async transaction =>
                {
                    List<TransactionRecord> moved =
                        await TransactionMoves.MoveManyAsync(transaction, steps, cancellationToken);
                    foreach (TransactionRecord at in moved)
                    {
                        if (TransactionLifecycle.IsTerminal(at.Status))
                            await TransactionEnded.AnnounceAsync(transaction, at, cancellationToken);
                        else if (at.Status == TransactionStatus.Queued)
                            await TransactionQueued.AnnounceAsync(transaction, at, cancellationToken);
                    }

                    foreach (IGrouping<SignerId, TransactionRecord> ended in moved
                        .Where(it => TransactionLifecycle.IsTerminal(it.Status)).GroupBy(it => it.SignerId))
                    {
                        await SignerTable.SettleAsync(
                            transaction, ended.Key, ended.Max(it => it.Nonce!.Value) + 1, cancellationToken);
                    }

                    return moved;
                },
                cancellationToken);
}
