using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Where a chain's present history leaves the one that was followed.</summary>
/// <param name="Ancestor">The highest followed block that is in both; null when it lies deeper than is looked.</param>
internal sealed record Fork(FollowedBlock? Ancestor);

/// <summary>Finds the last block that the followed and the present history have in common.</summary>
/// <remarks>
/// Looks at one block below the cursor, then twice as far each time, and then halves the gap: a shallow reorganisation
/// costs two reads, one of n blocks some 2 log n. The answer is believed only when the block right above the ancestor
/// is another one now, follows the ancestor, and stays the same when asked again: nodes of a pool that disagree, or one
/// that lags behind on the history that was left, unwind nothing.
/// </remarks>
internal static class ForkFinder
{
    /// <summary>How often the first block of the new history must be told alike.</summary>
    private const int Confirmations = 3;

    /// <summary>Looks for the ancestor.</summary>
    /// <returns>The fork; null when the nodes do not agree now.</returns>
    internal static async Task<Fork?> FindAsync(ChainRun run, CancellationToken cancellationToken)
    {
        long cursor = run.Cursor.Block.Number;
        long top = Math.Min(cursor, run.Head!.Number);
        List<FollowedBlock> followed = await run.ReadAsync(
            transaction => ChainBlockTable.ListAsync(
                transaction, run.Chain.Id, cursor - run.Chain.ReorgDepthMax, cancellationToken),
            cancellationToken);
        followed.RemoveAll(block => block.Number > top);

        int apart = -1;
        int same = followed.Count;
        for (int step = 1; same - apart > 1; step *= 2)
        {
            int next = same == followed.Count ? Math.Min(apart + step, same - 1) : (apart + same) / 2;
            BlockHeader? header = await FindAsync(run, followed[next].Number, cancellationToken);
            if (header is null)
                return null;
            if (header.Hash == followed[next].Hash)
                same = next;
            else
                apart = next;
        }

        FollowedBlock? ancestor = same < followed.Count ? followed[same] : null;
        FollowedBlock? left = apart >= 0 ? followed[apart] : null;
        return await IsConfirmedAsync(run, ancestor, left, cancellationToken) ? new Fork(ancestor) : null;
    }

    private static async Task<bool> IsConfirmedAsync(
        ChainRun run, FollowedBlock? ancestor, FollowedBlock? left, CancellationToken cancellationToken)
    {
        // Nothing was left: the chain is shorter than the cursor, or a node is behind; which of the two, time tells.
        if (left is null)
            return false;
        long number = ancestor is null ? left.Number : ancestor.Number + 1;
        BlockHeader? first = await FindAsync(run, number, cancellationToken);
        bool isApart = first is not null
            && (number != left.Number || first.Hash != left.Hash)
            && (ancestor is null || first.ParentHash == ancestor.Hash);
        for (int told = 1; isApart && told < Confirmations; told++)
        {
            BlockHeader? again = await FindAsync(run, number, cancellationToken);
            isApart = again?.Hash == first!.Hash;
        }

        return isApart;
    }

    private static async Task<BlockHeader?> FindAsync(
        ChainRun run, long number, CancellationToken cancellationToken) =>
        (await run.GetBlocksAsync([BlockReference.At(number)], cancellationToken))[0];
}
