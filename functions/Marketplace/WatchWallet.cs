using Souk.Domain.Events;
using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Event <c>souk.wallet.changed.v1</c>: a linked wallet is watched, one taken off its owner is not.</summary>
/// <remarks>
/// Taken in the order in which Auth changed the wallet: a late one has no effect. The schedule <c>sync-hooks</c> tells
/// the provider.
/// </remarks>
internal static class WatchWallet
{
    internal static Task HandleAsync(EventContext context, WalletChanged change) => context.Get<Database>().WriteAsync(
        async transaction =>
        {
            CancellationToken cancellationToken = context.CancellationToken;
            if (await Inbox.TakeInOrderAsync(transaction, context.Event, cancellationToken) == Taking.Taken)
            {
                await WatchedWalletTable.StoreAsync(
                    transaction, change.Address, change.IsLinked, cancellationToken);
            }
        },
        context.CancellationToken);
}
