using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Domain.Wire;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>
/// What becomes of requests while the chain asks more for gas than they may pay: they wait, or end, as they chose.
/// </summary>
/// <remarks>
/// Whatever waits holds no nonce, so it keeps nobody else from being sent; what ends leaves none unused.
/// </remarks>
internal static class FeeCeiling
{
    private static readonly string s_exceeded = WireText.Of(FailureCode.FeeCeilingExceeded);

    /// <summary>Refuses a request that does not want to wait, if it would have to.</summary>
    /// <exception cref="FailureException"><c>fee_ceiling_exceeded</c>.</exception>
    internal static async Task CheckAsync(
        AlchemyClient node, Operation request, CancellationToken cancellationToken)
    {
        if (request.WhenFeesExceed == FeeChoice.Fail
            && (await GasPrice.AskAsync(node, cancellationToken)).Within(request.FeePerGasWeiMax) is null)
        {
            throw new FailureException(
                FailureCode.FeeCeilingExceeded, "The chain asks more for gas than the request's ceiling allows.");
        }
    }

    /// <summary>Ends or notes what is queued and may not pay.</summary>
    /// <param name="transaction">The unit of work.</param>
    /// <param name="signer">The wallet, locked.</param>
    /// <param name="price">What gas costs; null: more than the chain's own ceiling, which is noted already.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task ApplyAsync(
        Transaction transaction, SignerRecord signer, GasPrice? price, CancellationToken cancellationToken)
    {
        List<TransactionRecord> unaffordable = await TransactionQueue.ListUnaffordableAsync(
            transaction, signer.Id, price?.LeastFeePerGas, s_exceeded, SigningRun.BatchMax, cancellationToken);
        foreach (TransactionRecord failing in unaffordable.Where(it => it.WhenFeesExceed == FeeChoice.Fail))
            await RefuseTransaction.RefuseAsync(transaction, signer, failing, s_exceeded, cancellationToken);

        TransactionId[] waiting =
            [.. unaffordable.Where(it => it.WhenFeesExceed == FeeChoice.Wait).Select(it => it.Id)];
        if (waiting.Length > 0)
            await TransactionMoves.WaitAsync(transaction, waiting, s_exceeded, cancellationToken);
    }

    /// <summary>
    /// Takes the nonces back from what got them, was not signed before fees rose, and may not pay any more.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="unsigned">What has a nonce and no signature, lowest nonce first.</param>
    /// <param name="price">What gas costs; null: more than the chain's own ceiling.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether anything was taken back: then the batch is another.</returns>
    internal static async Task<bool> TakeBackAsync(
        SigningRun run,
        IReadOnlyList<TransactionRecord> unsigned,
        GasPrice? price,
        CancellationToken cancellationToken)
    {
        TransactionRecord[] unaffordable =
        [
            .. unsigned.Where(it => price is null
                ? it.WhenFeesExceed == FeeChoice.Fail
                : price.Within(it.FeePerGasMax) is null),
        ];
        if (unaffordable.Length == 0)
            return false;

        await run.WriteAsync(
            async transaction =>
            {
                SignerRecord signer = await SignerTable.LockAsync(transaction, run.Signer.Id, cancellationToken);

                // The highest nonce first, so that as many as can be are given back.
                foreach (TransactionRecord record in unaffordable.Reverse())
                {
                    bool isFailing = record.WhenFeesExceed == FeeChoice.Fail;
                    await (isFailing
                        ? RefuseTransaction.RefuseAsync(transaction, signer, record, s_exceeded, cancellationToken)
                        : RefuseTransaction.RequeueAsync(transaction, signer, record, s_exceeded, cancellationToken));
                }
            },
            cancellationToken);
        return true;
    }
}
