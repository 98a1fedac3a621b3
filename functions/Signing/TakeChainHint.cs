using Souk.Domain.Events;
using Souk.Platform.Alchemy;
using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Event <c>souk.chain.hinted.v1</c>: looks on the chain for the receipts waited for, and sends what waited
/// for them.</summary>
/// <remarks>A hint at a chain that is not served here is done at once: nothing could ever come of it.</remarks>
internal static class TakeChainHint
{
    internal static async Task HandleAsync(EventContext context, ChainHint hint)
    {
        if (context.Get<ChainRegistry>().TryGet(hint.ChainId, out _))
        {
            await context.Get<ConfirmTransactions>().HandleAsync(hint.ChainId, context.CancellationToken);
            await context.Get<SendToAll>().HandleAsync(hint.ChainId, context.CancellationToken);
        }

        await context.Get<Database>().WriteAsync(
            t => Inbox.TryTakeAsync(t, context.Event.Source, context.Event.Id, context.CancellationToken),
            context.CancellationToken);
    }
}
