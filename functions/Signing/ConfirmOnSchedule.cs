using Souk.Domain.Failures;
using Souk.Platform.Alchemy;
using Souk.Platform.CloudEvents;

namespace Souk.Signing;

/// <summary>
/// Schedule <c>confirm</c>: confirms every chain, sends what earlier runs left, looks at balances, follows consents.
/// </summary>
/// <remarks>
/// Idempotent by what it reads: a doubled tick finds the leases taken or nothing to do. A chain or wallet that fails
/// does not keep the others from their turn.
/// </remarks>
internal static partial class ConfirmOnSchedule
{
    internal static async Task HandleAsync(EventContext context)
    {
        ILogger logger = context.Get<ILoggerFactory>().CreateLogger("Souk.Signing");
        ConfirmTransactions confirm = context.Get<ConfirmTransactions>();
        await Task.WhenAll(context.Get<ChainRegistry>().All.Select(
            chain => TryAsync(() => confirm.HandleAsync(chain.Id, context.CancellationToken), logger)));
        await context.Get<SendToAll>().HandleAsync(null, context.CancellationToken);
        await Task.WhenAll(context.Get<SignerRegistry>().All.Select(
            signer => TryAsync(
                () => context.Get<WatchBalance>().HandleAsync(signer, context.CancellationToken), logger)));
        await TryAsync(() => context.Get<FollowConsents>().HandleAsync(context.CancellationToken), logger);
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
