using Souk.Domain.Chain;
using Souk.Domain.Signing;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Ends a transaction that no node has seen, without leaving a gap among its wallet's nonces.</summary>
/// <remarks>
/// Its nonce is given back if none higher was taken. Else a filler takes it: a payment of nothing to the wallet itself,
/// for a nonce that is skipped stops every later one.
/// </remarks>
internal static partial class RefuseTransaction
{
    /// <summary>What a plain payment costs, in units of gas.</summary>
    internal const long PlainPaymentGas = 21_000;

    /// <returns>False for a filler: there is nothing smaller to put in its place, and a person must look.</returns>
    internal static async Task<bool> HandleAsync(
        SigningRun run, TransactionRecord refused, string reason, CancellationToken cancellationToken)
    {
        if (refused.IsFiller)
        {
            Log.FillerRefused(run.Logger, refused.Id, reason);
            await run.WaitAsync([refused.Id], reason, cancellationToken);
            return false;
        }

        return await run.WriteAsync(
            async transaction =>
            {
                SignerRecord signer =
                    await SignerTable.LockAsync(transaction, refused.SignerId, cancellationToken);
                return await RefuseAsync(transaction, signer, refused, reason, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Ends a transaction that is queued, or has a nonce but was never given to a node.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="signer">Its wallet, locked.</param>
    /// <param name="refused">The transaction.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when it moved meanwhile.</returns>
    internal static async Task<bool> RefuseAsync(
        Transaction transaction,
        SignerRecord signer,
        TransactionRecord refused,
        string reason,
        CancellationToken cancellationToken)
    {
        TransactionRecord to = refused with { Status = TransactionStatus.Refused, Nonce = null, Reason = reason };
        List<TransactionRecord> ended = await TransactionMoves.MoveManyAsync(
            transaction, [new TransactionStep(refused, to)], cancellationToken);
        if (ended.Count == 0)
            return false;

        await ReleaseNonceAsync(transaction, signer, refused, cancellationToken);
        await TransactionEnded.AnnounceAsync(transaction, ended[0], cancellationToken);
        return true;
    }

    /// <summary>Has a transaction that has a nonce, and was never given to a node, wait without one again.</summary>
    /// <returns>False when it moved meanwhile.</returns>
    internal static async Task<bool> RequeueAsync(
        Transaction transaction,
        SignerRecord signer,
        TransactionRecord allocated,
        string reason,
        CancellationToken cancellationToken)
    {
        TransactionRecord to = allocated with { Status = TransactionStatus.Queued, Nonce = null, Reason = reason };
        List<TransactionRecord> moved = await TransactionMoves.MoveManyAsync(
            transaction, [new TransactionStep(allocated, to)], cancellationToken);
        if (moved.Count == 0)
            return false;

        await ReleaseNonceAsync(transaction, signer, allocated, cancellationToken);
        return true;
    }

    /// <summary>Gives back the nonce that a transaction had; one that is not the highest is filled.</summary>
    private static async Task ReleaseNonceAsync(
        Transaction transaction, SignerRecord signer, TransactionRecord from, CancellationToken cancellationToken)
    {
        if (from.Nonce is { } nonce
            && !await SignerTable.TryGiveBackNonceAsync(transaction, signer.Id, nonce, cancellationToken))
        {
            await FillAsync(transaction, signer, nonce, $"Fills nonce {nonce} of {from.Id}.", cancellationToken);
        }
    }

    /// <summary>Adds a transaction that does nothing but use a nonce.</summary>
    internal static Task<TransactionRecord> FillAsync(
        Transaction transaction,
        SignerRecord signer,
        long nonce,
        string description,
        CancellationToken cancellationToken) => TransactionTable.AddAsync(
        transaction,
        new TransactionRecord(
            new TransactionId(transaction.NewId()), signer.Id, signer.ChainId, signer.Address, Wei.Zero, [],
            PlainPaymentGas, description)
        {
            Status = TransactionStatus.Allocated,
            Nonce = nonce,
            IsFiller = true,
        },
        cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Filler {TransactionId} was refused, later nonces wait: {Reason}.")]
        internal static partial void FillerRefused(ILogger logger, TransactionId transactionId, string reason);
    }
}
