using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Schedule <c>confirm</c>: confirms every chain, and sends what earlier runs left.</summary>
/// <remarks>
/// Idempotent by what it reads: a doubled tick finds the leases taken or nothing to do. A chain or wallet that fails
/// does not keep the others from their turn.
/// </remarks>
internal static partial class ConfirmOnSchedule
{
    internal static async Task HandleAsync(EventContext context)
    {
        ILogger logger = context.Get<ILoggerFactory>().CreateLogger("Souk.Signing");
        foreach (ChainId chain in context.Get<ChainRegistry>().All.Select(chain => chain.Id))
        {
            await TryAsync(
                () => context.Get<ConfirmTransactions>().HandleAsync(chain, context.CancellationToken), logger);
        }

        List<SignerId> signers = await context.Get<Database>().ReadAsync(
            t => TransactionTable.ListSignersToSendAsync(
                t, t.Now - ReplaceTransaction.WaitMin, context.CancellationToken),
            context.CancellationToken);
        SendTransactions send = context.Get<SendTransactions>();
        foreach (SignerId signer in signers)
            await TryAsync(() => send.HandleAsync(signer, context.CancellationToken), logger);
    }

    private static async Task TryAsync(Func<Task> work, ILogger logger)
    {
        try
        {
            await work();
        }
        catch (FailureException failed)
        {
            Log.LeftToNextTick(logger, failed.Failure.Internal ?? failed.Failure.Detail);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Left to the next tick: {Reason}")]
        internal static partial void LeftToNextTick(ILogger logger, string reason);
    }
}
