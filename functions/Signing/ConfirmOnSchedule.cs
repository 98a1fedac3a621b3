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
internal static class ConfirmOnSchedule
{
    internal static async Task HandleAsync(EventContext context)
    {
        ILogger logger = context.Get<ILoggerFactory>().CreateLogger("Souk.Signing");
        CancellationToken cancellationToken = context.CancellationToken;
        ConfirmTransactions confirm = context.Get<ConfirmTransactions>();
        await Task.WhenAll(context.Get<ChainRegistry>().All.Select(chain => KeepGoing.TryAsync(
            () => confirm.HandleAsync(chain.Id, cancellationToken), logger, cancellationToken)));
        await context.Get<SendToAll>().HandleAsync(null, cancellationToken);
        WatchBalance balance = context.Get<WatchBalance>();
        await Task.WhenAll(context.Get<SignerRegistry>().All.Select(signer => KeepGoing.TryAsync(
            () => balance.HandleAsync(signer, cancellationToken), logger, cancellationToken)));
        await KeepGoing.TryAsync(
            () => context.Get<FollowConsents>().HandleAsync(cancellationToken), logger, cancellationToken);
    }
}
