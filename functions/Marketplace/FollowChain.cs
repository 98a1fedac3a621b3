using Souk.Domain.Events;
using Souk.Platform.Alchemy;
using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Event <c>souk.chain.hinted.v1</c> and schedule <c>reconcile</c>: read the chain up to its head.</summary>
/// <remarks>
/// A hint only raises a target; what happened is read from the chain. The raise is the event's effect, so it shares a
/// transaction with the inbox row; following comes after it and may be done by another instance's leader.
/// </remarks>
internal static class FollowChain
{
    internal static async Task HandleHintAsync(EventContext context, ChainHint hint)
    {
        CancellationToken cancellationToken = context.CancellationToken;
        if (!context.Get<ChainRegistry>().TryGet(hint.ChainId, out _))
        {
            throw new Domain.Failures.FailureException(
                Domain.Failures.FailureCode.EventPoison, "The hint is about a chain that is not served here.");
        }

        bool isNew = await context.Get<Database>().WriteAsync(
            async transaction =>
            {
                bool taken = await Inbox.TryTakeAsync(
                    transaction, context.Event.Source, context.Event.Id, cancellationToken);
                if (taken)
                {
                    long block = (long)Math.Min(hint.BlockNumber ?? 0, long.MaxValue);
                    await ChainCursorTable.HintAsync(transaction, hint.ChainId, block, cancellationToken);
                }

                return taken;
            },
            cancellationToken);
        if (isNew)
            await context.Get<ChainFollower>().FollowAsync(hint.ChainId, cancellationToken);
    }

    internal static async Task HandleScheduleAsync(EventContext context)
    {
        foreach (ChainSettings chain in context.Get<ChainRegistry>().All)
            await context.Get<ChainFollower>().FollowAsync(chain.Id, context.CancellationToken);
    }
}
