using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Domain.Wire;
using Souk.Platform.MetaKeep;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>The steps up to the signature: take a nonce, then have the wallet sign, then store the octets.</summary>
/// <remarks>
/// A crash after the nonce finds the row allocated and signs it next time with the same nonce. A lost signing answer
/// is asked again: a signature that was never broadcast moves nothing.
/// </remarks>
internal static partial class SignTransaction
{
    /// <summary>Queued: takes the next nonce, in the transaction that makes it allocated, and signs.</summary>
    internal static async Task<StepOutcome> AllocateAsync(
        SigningRun run, TransactionRecord queued, CancellationToken cancellationToken)
    {
        // Asked before a nonce is taken: while fees are above the ceiling nothing must wait in between.
        if (await PriceAsync(run, queued, null, cancellationToken) is not { } price)
            return StepOutcome.Waits;

        TransactionRecord? allocated = await run.WriteAsync(
            async transaction =>
            {
                long? nonce = await SignerTable.TakeNonceAsync(transaction, run.Signer.Id, cancellationToken);
                if (nonce is null)
                    return null;
                TransactionRecord to = queued with { Status = TransactionStatus.Allocated, Nonce = nonce };
                return await TransactionTable.MoveAsync(transaction, queued, to, cancellationToken);
            },
            cancellationToken);
        return allocated is null ? StepOutcome.Waits : await SignAsync(run, allocated, price, cancellationToken);
    }

    /// <summary>Allocated: an earlier run took the nonce and ended; signs.</summary>
    internal static async Task<StepOutcome> SignAsync(
        SigningRun run, TransactionRecord allocated, CancellationToken cancellationToken) =>
        await PriceAsync(run, allocated, null, cancellationToken) is { } price
            ? await SignAsync(run, allocated, price, cancellationToken)
            : StepOutcome.Waits;

    /// <summary>Signs again with the same nonce and a fee that outbids the newest signature.</summary>
    /// <returns>Null when the ceiling forbids it, or the provider does not sign now.</returns>
    internal static async Task<TransactionRecord?> OutbidAsync(
        SigningRun run,
        TransactionRecord standing,
        TransactionAttempt newest,
        CancellationToken cancellationToken)
    {
        if (await PriceAsync(run, standing, newest, cancellationToken) is not { } price)
            return null;

        SignedTransaction signed;
        try
        {
            signed = await AskAsync(run, standing, price, cancellationToken);
        }
        catch (MetaKeepRefusedException refused)
        {
            await run.WaitAsync(standing, $"signing_refused: {refused.Status}", cancellationToken);
            return null;
        }

        return await run.WriteAsync(
            async transaction =>
            {
                await StoreAsync(transaction, standing, newest.Number + 1, signed, price, cancellationToken);
                return await TransactionTable.PointAsync(transaction, standing, signed.Hash, cancellationToken);
            },
            cancellationToken);
    }

    private static async Task<StepOutcome> SignAsync(
        SigningRun run, TransactionRecord allocated, GasPrice price, CancellationToken cancellationToken)
    {
        SignedTransaction signed;
        try
        {
            signed = await AskAsync(run, allocated, price, cancellationToken);
        }
        catch (MetaKeepRefusedException refused)
        {
            Log.SigningRefused(run.Logger, allocated.Id, refused.Status);
            return await RefuseTransaction.HandleAsync(
                run, allocated, $"signing_refused: {refused.Status}", mayGiveBack: true, cancellationToken);
        }
        catch (FailureException failed) when (failed.Failure.Code is FailureCode.UpstreamUnavailable
            or FailureCode.SignerUnavailable)
        {
            Log.NotSigned(run.Logger, allocated.Id, failed.Failure.Internal ?? failed.Failure.Detail);
            await run.WaitAsync(allocated, FailureText(failed), cancellationToken);
            return failed.Failure.Code == FailureCode.UpstreamUnavailable ? StepOutcome.TryAgain : StepOutcome.Waits;
        }

        await run.WriteAsync(
            async transaction =>
            {
                await StoreAsync(transaction, allocated, 1, signed, price, cancellationToken);
                TransactionRecord to = allocated with { Status = TransactionStatus.Signed, Hash = signed.Hash };
                return await TransactionTable.MoveAsync(transaction, allocated, to, cancellationToken);
            },
            cancellationToken);
        return StepOutcome.Moved;
    }

    private static Task<SignedTransaction> AskAsync(
        SigningRun run, TransactionRecord record, GasPrice price, CancellationToken cancellationToken)
    {
        Eip1559Transaction transaction = new(
            record.ChainId,
            (ulong)record.Nonce!.Value,
            price.PriorityFeePerGas,
            price.FeePerGas,
            (ulong)record.GasLimit,
            record.To,
            record.Value,
            record.Data);
        return run.MetaKeep.SignTransactionAsync(
            run.Credential, run.Signer.Address, transaction, $"{record.Id}: {record.Description}", cancellationToken);
    }

    private static Task StoreAsync(
        Transaction transaction,
        TransactionRecord record,
        int number,
        SignedTransaction signed,
        GasPrice price,
        CancellationToken cancellationToken) => TransactionAttemptTable.AddAsync(
        transaction,
        new TransactionAttempt(
            record.Id, number, signed.Hash, signed.Raw, price.FeePerGas, price.PriorityFeePerGas, null),
        cancellationToken);

    /// <summary>What to offer now, or more than an earlier signature did; null when the ceiling forbids it.</summary>
    internal static async Task<GasPrice?> PriceAsync(
        SigningRun run, TransactionRecord record, TransactionAttempt? earlier, CancellationToken cancellationToken)
    {
        try
        {
            GasPrice price = await GasPrice.AskAsync(run.Node, cancellationToken);
            return earlier is null ? price : price.Outbid(earlier, run.Node.Chain.FeePerGasMax);
        }
        catch (FailureException exceeded) when (exceeded.Failure.Code == FailureCode.FeeCeilingExceeded)
        {
            await run.WaitAsync(record, FailureText(exceeded), cancellationToken);
            return null;
        }
    }

    private static string FailureText(FailureException failed) => WireText.Of(failed.Failure.Code);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The provider refuses to sign {TransactionId}: {Reason}.")]
        internal static partial void SigningRefused(ILogger logger, TransactionId transactionId, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Could not have {TransactionId} signed: {Reason}")]
        internal static partial void NotSigned(ILogger logger, TransactionId transactionId, string reason);
    }
}
