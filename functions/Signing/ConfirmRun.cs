using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>One run of confirming for one chain: what it read of the chain, and its lease.</summary>
internal sealed class ConfirmRun(Database database, AlchemyClient node, Lease lease)
{
    private readonly Dictionary<long, BlockHash?> _canonical = [];
    private readonly Dictionary<(Address Account, bool IsDeep), long> _counts = [];
    private readonly Dictionary<SignerId, SignerRecord> _signers = [];
    private BlockHeader? _head;

    internal AlchemyClient Node { get; } = node;

    private long DeepNumber => _head!.Number - Node.Chain.Confirmations + 1;

    /// <summary>The newest block: everything in the run is judged by it.</summary>
    internal async Task<BlockHeader> ReadHeadAsync(CancellationToken cancellationToken)
    {
        _head = await Node.GetBlockAsync(BlockReference.Latest, cancellationToken)
            ?? throw new FailureException(FailureCode.UpstreamUnavailable, "The chain's node has no block.");
        return _head;
    }

    /// <summary>Whether a block has as many on top, its own included, as the chain's confirmations.</summary>
    internal bool IsDeep(long blockNumber) => blockNumber <= DeepNumber;

    /// <summary>Whether the block with this number is the one with this hash.</summary>
    internal async Task<bool> IsCanonicalAsync(long number, BlockHash hash, CancellationToken cancellationToken)
    {
        if (!_canonical.TryGetValue(number, out BlockHash? known))
        {
            known = (await Node.GetBlockAsync(BlockReference.At(number), cancellationToken))?.Hash;
            _canonical[number] = known;
        }

        return known == hash;
    }

    /// <summary>How many transactions of the account the chain counts: now, or so deep that it stays.</summary>
    internal async Task<long> CountAsync(Address account, bool isDeep, CancellationToken cancellationToken)
    {
        if (isDeep && DeepNumber < 0)
            return 0;
        if (!_counts.TryGetValue((account, isDeep), out long count))
        {
            BlockReference block = isDeep ? BlockReference.At(DeepNumber) : BlockReference.At(_head!.Number);
            count = await Node.GetTransactionCountAsync(account, block, cancellationToken);
            _counts[(account, isDeep)] = count;
        }

        return count;
    }

    internal async Task<SignerRecord> GetSignerAsync(SignerId id, CancellationToken cancellationToken)
    {
        if (!_signers.TryGetValue(id, out SignerRecord? signer))
        {
            signer = await database.ReadAsync(t => SignerTable.GetAsync(t, id, cancellationToken), cancellationToken);
            _signers[id] = signer;
        }

        return signer;
    }

    internal Task<List<TransactionAttempt>> ListAttemptsAsync(
        TransactionId id, CancellationToken cancellationToken) => database.ReadAsync(
        t => TransactionAttemptTable.ListAsync(t, id, cancellationToken), cancellationToken);

    /// <summary>Writes if this run still holds the lease, and prolongs it.</summary>
    /// <exception cref="FailureException"><c>conflict</c>: another run took over, and nothing was written.</exception>
    internal Task<T> WriteAsync<T>(Func<Transaction, Task<T>> body, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                if (!await lease.TryKeepAsync(transaction, SigningRun.LeaseDuration, cancellationToken))
                    throw new FailureException(FailureCode.Conflict, "Another run took over.");
                return await body(transaction);
            },
            cancellationToken);

    internal Task<TransactionRecord> MoveAsync(
        TransactionRecord from, TransactionRecord to, CancellationToken cancellationToken) =>
        WriteAsync(t => TransactionTable.MoveAsync(t, from, to, cancellationToken), cancellationToken);

    /// <summary>Moves a transaction to its end and announces it.</summary>
    internal Task<TransactionRecord> EndAsync(
        TransactionRecord from, TransactionRecord to, CancellationToken cancellationToken) => WriteAsync(
        async transaction =>
        {
            TransactionRecord ended = await TransactionTable.MoveAsync(transaction, from, to, cancellationToken);
            await RefuseTransaction.AnnounceAsync(transaction, ended, cancellationToken);
            return ended;
        },
        cancellationToken);
}
