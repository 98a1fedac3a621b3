using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Domain.Wire;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Signs again, dearer, for the same nonce: what is stuck, and what somebody wants so or cancelled.</summary>
/// <remarks>
/// Only one of the signatures for a nonce is ever mined; whichever it is, its receipt is looked for. A cancelled one is
/// outbid by a payment of nothing to the wallet itself.
/// </remarks>
internal static partial class OutbidTransactions
{
    /// <summary>How many blocks may pass by a transaction before its price is looked at.</summary>
    private const int BlocksMin = 10;

    /// <summary>The shortest time before its price is looked at: chains with fast blocks bump no faster.</summary>
    internal static readonly TimeSpan WaitMin = TimeSpan.FromMinutes(1);

    /// <summary>After how long it is outbid even if the chain does not ask for more: its tip may be too low.</summary>
    internal static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(10);

    /// <summary>Outbids what operators want outbid or cancelled, lowest nonce first.</summary>
    internal static async Task HandleWishesAsync(SigningRun run, CancellationToken cancellationToken)
    {
        List<TransactionRecord> wished = await run.Database.ReadAsync(
            t => TransactionQueue.ListWishedAsync(t, run.Signer.Id, SigningRun.BatchMax, cancellationToken),
            cancellationToken);
        foreach (TransactionRecord standing in wished)
        {
            if (run.IsOver)
                return;
            bool isCancel = standing.Wish == TransactionWish.Cancel;
            await OutbidAsync(run, standing, isCancel, standing.WishReason!, cancellationToken);
        }
    }

    /// <summary>Outbids the wallet's lowest waiting nonce, if it is stuck: the others wait for it.</summary>
    internal static async Task HandleStuckAsync(SigningRun run, CancellationToken cancellationToken)
    {
        StuckLimits limits = new(BlocksMin, Longer(run.Node.Chain.BlockTime * BlocksMin, WaitMin), WaitMax);
        if (!await run.Database.ReadAsync(
            t => TransactionQueue.HasStuckAsync(t, run.Signer.Id, limits.WaitMin, cancellationToken),
            cancellationToken))
        {
            return;
        }

        long counted = await run.Node.GetTransactionCountAsync(
            run.Signer.Address, BlockReference.Latest, cancellationToken);
        long head = await run.Node.GetBlockNumberAsync(cancellationToken);
        TransactionRecord? stuck = await run.Database.ReadAsync(
            t => TransactionQueue.FindStuckAsync(t, run.Signer.Id, counted, head, limits, cancellationToken),
            cancellationToken);
        if (stuck is not null && await IsTooCheapAsync(run, stuck, limits, cancellationToken))
        {
            Log.Stuck(run.Logger, stuck.Id);
            await OutbidAsync(run, stuck, stuck.Wish == TransactionWish.Cancel, "stuck", cancellationToken);
        }
    }

    /// <summary>
    /// Has the wallet sign again for the same nonce, dearer, and stores the octets as given to a node.
    /// </summary>
    /// <returns>Null when the ceiling forbids it, the provider does not sign now, or it was mined meanwhile.</returns>
    internal static async Task<TransactionAttempt?> SignAgainAsync(
        SigningRun run,
        TransactionRecord standing,
        bool isCancel,
        string reason,
        CancellationToken cancellationToken)
    {
        List<TransactionAttempt> attempts = await run.Database.ReadAsync(
            t => TransactionAttemptTable.ListAsync(t, standing.Id, cancellationToken), cancellationToken);
        // Whoever cancels wants that more than the ceiling that the request set itself.
        Wei? ceiling = isCancel ? null : standing.FeePerGasMax;
        if (await PriceAsync(
            run, standing, ceiling, [.. attempts.Where(it => it.IsFor(standing.Nonce))], cancellationToken)
            is not { } price)
        {
            return null;
        }

        SignResult result = await SignTransactions.TrySignAsync(
            run, standing, price, isCancel, cancellationToken, cancellationToken);
        if (result.Signed is not { } signed)
        {
            await run.WaitAsync([standing.Id], result.Refused ?? result.Lost!, cancellationToken);
            return null;
        }

        return await run.WriteAsync(
            async transaction =>
            {
                TransactionRecord to = standing with { Hash = signed.Hash };
                if (!await TransactionMoves.TryPointAsync(transaction, to, reason, cancellationToken))
                    return null;
                await TransactionAttemptTable.AddManyAsync(
                    transaction, run.Signer.ChainId, [signed], isGiven: _ => true, cancellationToken);
                return signed with { Number = (attempts.Count > 0 ? attempts[0].Number : 0) + 1 };
            },
            cancellationToken);
    }

    private static async Task OutbidAsync(
        SigningRun run,
        TransactionRecord standing,
        bool isCancel,
        string reason,
        CancellationToken cancellationToken)
    {
        if (await run.Database.ReadAsync(t => run.IsPausedAsync(t, cancellationToken), cancellationToken)
            || await SignAgainAsync(run, standing, isCancel, reason, cancellationToken) is not { } dearer)
        {
            return;
        }

        Answered answer = await BroadcastTransactions.SendAsync(
            run, standing with { Hash = dearer.Hash }, dearer, cancellationToken);
        Log.Outbid(run.Logger, standing.Id, answer.Attempt.Number, answer.Result.Outcome);
        await BroadcastTransactions.RecordAsync(run, [answer], cancellationToken);
    }

    /// <summary>
    /// Whether more must be offered: the chain asks for it by now, or nothing else has helped for long.
    /// </summary>
    private static async Task<bool> IsTooCheapAsync(
        SigningRun run, TransactionRecord stuck, StuckLimits limits, CancellationToken cancellationToken)
    {
        List<TransactionAttempt> attempts = await run.Database.ReadAsync(
            t => TransactionAttemptTable.ListAsync(t, stuck.Id, cancellationToken), cancellationToken);
        // What no node has taken yet is given to it again, as it is, by who confirms.
        return !RecoverTransactions.IsLost(attempts[0]) && (
            attempts[0].GivenAt < run.Clock.GetUtcNow() - limits.WaitMax
            || (await run.TryPriceAsync([stuck.Id], cancellationToken) is { } price
                && price.FeePerGas > attempts[0].FeePerGas));
    }

    /// <summary>More than every earlier signature for the nonce offered; null when the ceiling forbids it.</summary>
    private static async Task<GasPrice?> PriceAsync(
        SigningRun run,
        TransactionRecord standing,
        Wei? ceiling,
        IReadOnlyList<TransactionAttempt> earlier,
        CancellationToken cancellationToken)
    {
        if (await run.TryPriceAsync([standing.Id], cancellationToken) is not { } asked)
            return null;

        Wei max = run.Node.Chain.FeePerGasMax;
        GasPrice price = asked.Within(ceiling) ?? asked;
        try
        {
            foreach (TransactionAttempt attempt in earlier)
                price = price.Outbid(attempt, ceiling is { } own && own < max ? own : max);
            return price;
        }
        catch (FailureException exceeded) when (exceeded.Failure.Code == FailureCode.FeeCeilingExceeded)
        {
            await run.WaitAsync([standing.Id], WireText.Of(FailureCode.FeeCeilingExceeded), cancellationToken);
            return null;
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Outbid {TransactionId} by attempt {Attempt}: {Outcome}.")]
        internal static partial void Outbid(
            ILogger logger, TransactionId transactionId, int attempt, BroadcastOutcome outcome);

        [LoggerMessage(2, LogLevel.Warning, "Transaction {TransactionId} is stuck, and those after it.")]
        internal static partial void Stuck(ILogger logger, TransactionId transactionId);
    }
}
