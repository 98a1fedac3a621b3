using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Outbids a transaction that waits because the chain asks more by now than it offers.</summary>
/// <remarks>
/// Same nonce, higher fee, so that only one of the two is ever mined; whichever it is, its receipt is looked for. One
/// that waits for another cause is left alone: confirming gives it to the node again, octet for octet.
/// </remarks>
internal static partial class ReplaceTransaction
{
    /// <summary>How many blocks may pass by a transaction before its price is looked at.</summary>
    private const int BlocksPassedMin = 10;

    /// <summary>The shortest time before its price is looked at: chains with fast blocks bump no faster.</summary>
    internal static readonly TimeSpan WaitMin = TimeSpan.FromMinutes(1);

    /// <summary>Replaces the wallet's lowest waiting nonce, if it is stuck: the others wait for it.</summary>
    internal static async Task HandleAsync(SigningRun run, CancellationToken cancellationToken)
    {
        TimeSpan passed = run.Node.Chain.BlockTime * BlocksPassedMin;
        TimeSpan wait = passed > WaitMin ? passed : WaitMin;
        TransactionRecord? stuck = await run.Database.ReadAsync(
            t => TransactionTable.FindStuckAsync(t, run.Signer.Id, t.Now - wait, cancellationToken),
            cancellationToken);
        if (stuck is null)
            return;

        List<TransactionAttempt> attempts = await run.Database.ReadAsync(
            t => TransactionAttemptTable.ListAsync(t, stuck.Id, cancellationToken), cancellationToken);
        if (await SignTransaction.PriceAsync(run, stuck, null, cancellationToken) is not { } price
            || price.FeePerGas <= attempts[0].FeePerGas
            || await SignTransaction.OutbidAsync(run, stuck, attempts[0], cancellationToken) is not { } dearer)
        {
            return;
        }

        (BroadcastResult result, TransactionAttempt newest) =
            await BroadcastTransaction.SendAsync(run, dearer, cancellationToken);
        Log.Outbid(run.Logger, stuck.Id, newest.Number, result.Outcome);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Outbid stuck {TransactionId} by attempt {Attempt}: {Outcome}.")]
        internal static partial void Outbid(
            ILogger logger, TransactionId transactionId, int attempt, BroadcastOutcome outcome);
    }
}
