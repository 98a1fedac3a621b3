using Souk.Domain.Chain;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Reads newly registered collections' past, each on its own, until they meet the cursor.</summary>
internal sealed class CollectionBackfill(ChainRun run, ChainObserver observer)
{
    /// <summary>Goes on as long as the run may.</summary>
    /// <returns>Whether every collection has met the cursor.</returns>
    internal async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        List<Collection> collections = await run.ReadAsync(
            transaction => CollectionTable.ListAsync(transaction, run.Chain.Id, cancellationToken), cancellationToken);
        bool isDone = true;
        foreach (Collection registered in collections.Where(row => !row.IsLive))
        {
            Collection? collection = registered;
            while (collection is { IsLive: false } && !run.IsLate)
                collection = await ReadSpanAsync(collection, cancellationToken);
            isDone &= collection is { IsLive: true };
            run.HasMore |= collection is { IsLive: false };
        }

        return isDone;
    }

    private async Task<Collection?> ReadSpanAsync(Collection collection, CancellationToken cancellationToken)
    {
        FollowedBlock cursor = run.Cursor.Block;
        BlockSpan? span = collection.BackfilledTo >= cursor.Number
            ? new BlockSpan([cursor], [])
            : await ReadAsync(collection, cursor, cancellationToken);
        if (span is null)
            return null;
        Address mover = await observer.GetOperatorAsync(run.Client, cancellationToken);
        return await run.WriteAsync(
            async (transaction, _) =>
            {
                await new LogApplier(transaction, run.Chain, mover).ApplyAsync(span.Logs, cancellationToken);
                bool isLive = span.Last.Number == cursor.Number;
                bool isMoved = await CollectionTable.MoveAsync(
                    transaction, collection, span.Last.Number, isLive, cancellationToken);
                return isMoved
                    ? collection with { BackfilledTo = span.Last.Number, IsLive = isLive }
                    : throw new LeadershipLostException();
            },
            cancellationToken);
    }

    private async Task<BlockSpan?> ReadAsync(
        Collection collection, FollowedBlock cursor, CancellationToken cancellationToken)
    {
        BlockReference before = BlockReference.At(Math.Max(0, collection.BackfilledTo));
        if ((await run.GetBlocksAsync([before], cancellationToken))[0] is not { } header)
            return null;
        BlockSpan? span = await new SpanReader(run, [collection.Contract]).ReadAsync(
            ChainRun.Remember(header), cursor.Number, cancellationToken);
        if (span is null)
            return null;

        // A node on another history than the one that was followed tells nothing here.
        FollowedBlock? followed = await run.ReadAsync(
            transaction => ChainBlockTable.FindAsync(
                transaction, run.Chain.Id, span.Last.Number, cancellationToken),
            cancellationToken);
        return followed is null || followed.Hash == span.Last.Hash ? span : null;
    }
}
