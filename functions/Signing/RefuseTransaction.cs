using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Domain.Signing;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Ends a transaction that will never be sent, without leaving a gap among its wallet's nonces.</summary>
/// <remarks>
/// Its nonce is given back if no node ever saw it and none higher was taken. Else a filler takes it: a payment of
/// nothing to the wallet itself, for a nonce that is skipped stops every later one.
/// </remarks>
internal static partial class RefuseTransaction
{
    /// <summary>What a plain payment costs, in units of gas.</summary>
    private const long PlainPaymentGas = 21_000;

    internal static async Task<StepOutcome> HandleAsync(
        SigningRun run,
        TransactionRecord refused,
        string reason,
        bool mayGiveBack,
        CancellationToken cancellationToken)
    {
        if (refused.IsFiller)
        {
            // There is nothing smaller to put in its place: a person must look.
            Log.FillerRefused(run.Logger, refused.Id, reason);
            await run.WaitAsync(refused, reason, cancellationToken);
            return StepOutcome.Waits;
        }

        await run.WriteAsync(
            async transaction =>
            {
                TransactionRecord to = refused with
                {
                    Status = TransactionStatus.Refused,
                    Nonce = null,
                    Reason = reason,
                };
                TransactionRecord ended =
                    await TransactionTable.MoveAsync(transaction, refused, to, cancellationToken);
                await FreeNonceAsync(transaction, run, refused, mayGiveBack, cancellationToken);
                await AnnounceAsync(transaction, ended, cancellationToken);
                return true;
            },
            cancellationToken);
        return StepOutcome.Moved;
    }

    /// <summary>Announces that a transaction ended without its effect.</summary>
    internal static Task AnnounceAsync(
        Transaction transaction, TransactionRecord ended, CancellationToken cancellationToken) =>
        transaction.AnnounceAsync(
            ended.Status == TransactionStatus.Final ? EventType.TransactionFinal : EventType.TransactionFailed,
            $"transaction/{ended.Id}",
            new TransactionEnded(ended.Id, ended.ChainId, ended.Status, ended.Hash, ended.Reason),
            SigningJson.Default.TransactionEnded,
            cancellationToken);

    private static async Task FreeNonceAsync(
        Transaction transaction,
        SigningRun run,
        TransactionRecord refused,
        bool mayGiveBack,
        CancellationToken cancellationToken)
    {
        long nonce = refused.Nonce!.Value;
        if (mayGiveBack
            && await SignerTable.TryGiveBackNonceAsync(transaction, refused.SignerId, nonce, cancellationToken))
        {
            return;
        }

        TransactionRecord filler = new(
            new TransactionId(transaction.NewId()), refused.SignerId, refused.ChainId, run.Signer.Address, Wei.Zero, [],
            PlainPaymentGas, $"Fills nonce {nonce} of {refused.Id}.")
        {
            Status = TransactionStatus.Allocated,
            Nonce = nonce,
            IsFiller = true,
        };
        await TransactionTable.AddAsync(transaction, filler, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Filler {TransactionId} was refused, later nonces wait: {Reason}.")]
        internal static partial void FillerRefused(ILogger logger, TransactionId transactionId, string reason);
    }
}
