using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Event <c>souk.transaction.queued.v1</c>: sends what the wallet has to send.</summary>
/// <remarks>Sending is idempotent by itself; the inbox row says that the announcement has done its work.</remarks>
internal static class TakeQueuedTransaction
{
    internal static async Task HandleAsync(EventContext context, TransactionQueued queued)
    {
        await context.Get<SendTransactions>().HandleAsync(queued.Signer, context.CancellationToken);
        await context.Get<Database>().WriteAsync(
            t => Inbox.TryTakeAsync(t, context.Event.Source, context.Event.Id, context.CancellationToken),
            context.CancellationToken);
    }
}
