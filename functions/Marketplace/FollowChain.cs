using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Domain.Failures;
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
    /// <summary>Who tells what providers say: Webhooks.</summary>
    private const string ProvidersSource = "/webhooks";

    internal static async Task HandleHintAsync(EventContext context, ChainHint hint)
    {
        CancellationToken cancellationToken = context.CancellationToken;
        if (!context.Get<ChainRegistry>().TryGet(hint.ChainId, out _))
        {
            throw new FailureException(
                FailureCode.EventPoison, "The hint is about a chain that is not served here.");
        }

        long block = (long)Math.Min(hint.BlockNumber ?? 0, long.MaxValue);
        bool isDue = await context.Get<Database>().WriteAsync(
            async transaction =>
            {
                bool isNew = await Inbox.TryTakeAsync(
                    transaction, context.Event.Source, context.Event.Id, cancellationToken);
                if (isNew)
                {
                    bool isProviders = context.Event.Source == ProvidersSource;
                    await ChainCursorTable.HintAsync(
                        transaction, hint.ChainId, block, isProviders, cancellationToken);
                }

                // A repeat may be the broker's, because the first run could not read the chain.
                ChainCursor? cursor = await ChainCursorTable.FindAsync(transaction, hint.ChainId, cancellationToken);
                return isNew || cursor is null || cursor.Block.Number < block;
            },
            cancellationToken);
        if (isDue)
            await context.Get<ChainFollower>().FollowAsync(hint.ChainId, isScheduled: false, cancellationToken);
    }

    internal static Task HandleScheduleAsync(EventContext context) => EachChain.RunAsync(
        context.Get<ChainRegistry>(),
        chain => context.Get<ChainFollower>().FollowAsync(chain, isScheduled: true, context.CancellationToken));
}

/// <summary>Scheduled work on every chain: one whose node is down does not keep the others waiting.</summary>
internal static class EachChain
{
    internal static async Task RunAsync(ChainRegistry chains, Func<ChainId, Task> work)
    {
        FailureException? failed = null;
        foreach (ChainSettings chain in chains.All)
        {
            try
            {
                await work(chain.Id);
            }
            catch (FailureException exception) when (exception.Failure.Code == FailureCode.UpstreamUnavailable)
            {
                failed = exception;
            }
        }

        if (failed is not null)
            throw failed;
    }
}
