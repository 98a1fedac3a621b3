using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Gives stored octets to a node, once more or for the first time, and reads what became of it.</summary>
/// <remarks>
/// That a node is about to see them is written first, so that after a crash nobody believes their nonce to be free.
/// The same octets may be sent any number of times: only one transaction comes of it.
/// </remarks>
internal static partial class BroadcastTransaction
{
    /// <summary>How often one run raises the fee of one transaction before it waits.</summary>
    private const int OutbidsMax = 3;

    internal static async Task<StepOutcome> HandleAsync(
        SigningRun run, TransactionRecord signed, CancellationToken cancellationToken)
    {
        TransactionRecord at = signed;
        for (int outbids = 0; ; outbids++)
        {
            (BroadcastResult result, TransactionAttempt newest) = await SendAsync(run, at, cancellationToken);
            switch (result.Outcome)
            {
                case BroadcastOutcome.Accepted or BroadcastOutcome.AlreadyKnown:
                    return await MoveAsync(run, at, TransactionStatus.Broadcast, null, cancellationToken);

                // The nonce or the answer is taken by something we cannot see from here: the chain tells.
                case BroadcastOutcome.Unknown or BroadcastOutcome.NonceTooLow:
                    Log.InDoubt(run.Logger, at.Id, result.Outcome);
                    return await MoveAsync(run, at, TransactionStatus.Unknown, Text(result.Outcome), cancellationToken);

                case BroadcastOutcome.ReplacementUnderpriced when newest.Number == 1:
                    Log.InDoubt(run.Logger, at.Id, result.Outcome);
                    return await MoveAsync(run, at, TransactionStatus.Unknown, Text(result.Outcome), cancellationToken);

                case BroadcastOutcome.Underpriced or BroadcastOutcome.FeeCapTooLow
                    or BroadcastOutcome.ReplacementUnderpriced when outbids < OutbidsMax:
                    if (await SignTransaction.OutbidAsync(run, at, newest, cancellationToken) is not { } dearer)
                        return StepOutcome.Waits;
                    at = dearer;
                    continue;

                case BroadcastOutcome.Refused:
                    Log.Refused(run.Logger, at.Id, result.NodeText);
                    return await RefuseTransaction.HandleAsync(
                        run, at, "broadcast_refused", mayGiveBack: false, cancellationToken);

                default:
                    Log.NotTaken(run.Logger, at.Id, result.Outcome, result.NodeText);
                    await run.WaitAsync(at, Text(result.Outcome), cancellationToken);
                    return result.Outcome == BroadcastOutcome.NotTaken ? StepOutcome.TryAgain : StepOutcome.Waits;
            }
        }
    }

    /// <summary>Notes that a node sees the newest octets, and gives them to it.</summary>
    internal static async Task<(BroadcastResult Result, TransactionAttempt Newest)> SendAsync(
        SigningRun run, TransactionRecord at, CancellationToken cancellationToken)
    {
        TransactionAttempt newest = await run.WriteAsync(
            async transaction =>
            {
                List<TransactionAttempt> attempts =
                    await TransactionAttemptTable.ListAsync(transaction, at.Id, cancellationToken);
                await TransactionAttemptTable.GiveAsync(transaction, attempts[0], cancellationToken);
                return attempts[0];
            },
            cancellationToken);
        return (await run.Node.SendRawTransactionAsync(newest.Raw, cancellationToken), newest);
    }

    private static async Task<StepOutcome> MoveAsync(
        SigningRun run,
        TransactionRecord standing,
        TransactionStatus status,
        string? reason,
        CancellationToken cancellationToken)
    {
        TransactionRecord to = standing with { Status = status, Reason = reason };
        await run.WriteAsync(
            transaction => TransactionTable.MoveAsync(transaction, standing, to, cancellationToken),
            cancellationToken);
        return StepOutcome.Moved;
    }

    private static string Text(BroadcastOutcome outcome) => Souk.Domain.Wire.WireText.Of(outcome);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Whether a node has {TransactionId} is in doubt: {Outcome}.")]
        internal static partial void InDoubt(ILogger logger, TransactionId transactionId, BroadcastOutcome outcome);

        [LoggerMessage(2, LogLevel.Error, "The node refuses {TransactionId} for good: {NodeText}")]
        internal static partial void Refused(ILogger logger, TransactionId transactionId, string? nodeText);

        [LoggerMessage(3, LogLevel.Warning, "The node did not take {TransactionId}, {Outcome}: {NodeText}")]
        internal static partial void NotTaken(
            ILogger logger, TransactionId transactionId, BroadcastOutcome outcome, string? nodeText);
    }
}
