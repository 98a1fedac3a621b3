using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Platform.Alchemy;
using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Event <c>souk.collection.registered.v1</c>: its past is read and it is watched, without delay.</summary>
/// <remarks>
/// The effect is a hint, so that a leader at work looks again. Reading and watching come after it; either fails
/// without the other, the broker repeats what failed, and the schedules would do the same later.
/// </remarks>
internal static class WatchCollection
{
    internal static async Task HandleAsync(EventContext context, CollectionRegistered registered)
    {
        CancellationToken cancellationToken = context.CancellationToken;
        if (!context.Get<ChainRegistry>().TryGet(registered.ChainId, out _))
        {
            throw new FailureException(
                FailureCode.EventPoison, "The collection is on a chain that is not served here.");
        }

        await context.Get<Database>().WriteAsync(
            async transaction =>
            {
                if (await Inbox.TryTakeAsync(
                    transaction, context.Event.Source, context.Event.Id, cancellationToken))
                {
                    await ChainCursorTable.HintAsync(
                        transaction, registered.ChainId, block: 0, isProviders: false, cancellationToken);
                }
            },
            cancellationToken);
        await Task.WhenAll(
            context.Get<HookSync>().RunAsync(cancellationToken),
            context.Get<ChainFollower>().FollowAsync(registered.ChainId, isScheduled: false, cancellationToken));
    }
}
