using Souk.Domain.Chain;
using Souk.Platform.Postgres;
using Souk.Platform.Telemetry;

namespace Souk.Marketplace;

/// <summary>What is done when the chain's history is no longer the one that was followed.</summary>
/// <remarks>
/// Up to the chain's limit, and not below a block that was final, everything above the common ancestor is undone. What
/// goes deeper halts the chain until a person has looked: a guess here would move what people own.
/// </remarks>
internal sealed partial class ChainReorg(ChainRun run, ILogger logger)
{
    /// <summary>Goes back to the last block that both histories have.</summary>
    /// <returns>False when the nodes do not agree now, or the chain was halted: the cursor stands as before.</returns>
    internal async Task<bool> UnwindAsync(CancellationToken cancellationToken)
    {
        if (await ForkFinder.FindAsync(run, cancellationToken) is not { } fork)
            return false;
        if (fork.Ancestor is not { } ancestor)
        {
            await HaltAsync(
                $"A reorganisation under block {run.Cursor.Block.Number} replaced more than "
                    + $"{run.Chain.ReorgDepthMax} blocks.",
                cancellationToken);
            return false;
        }

        if (ancestor.Number < run.Cursor.Finalized)
        {
            await HaltAsync(
                $"A reorganisation replaced block {ancestor.Number + 1}, but block {run.Cursor.Finalized} was final.",
                cancellationToken);
            return false;
        }

        ChainCursor before = run.Cursor;
        await run.WriteAsync(
            async (transaction, _) =>
            {
                if (!await ChainCursorTable.UnwindAsync(transaction, before, ancestor, cancellationToken))
                    throw new LeadershipLostException();
                await BlockUnwinder.UnwindAsync(transaction, run.Chain.Id, ancestor, cancellationToken);
            },
            cancellationToken);
        run.Cursor = before with { Block = ancestor };
        SoukMeter.ReorgDepth.Record(before.Block.Number - ancestor.Number, run.Tag);
        Log.Unwound(logger, run.Chain.Id, before.Block.Number, ancestor.Number);
        return true;
    }

    private async Task HaltAsync(string reason, CancellationToken cancellationToken)
    {
        await run.WriteAsync(
            (transaction, _) => ChainCursorTable.HaltAsync(transaction, run.Chain.Id, reason, cancellationToken),
            cancellationToken);
        run.Cursor = run.Cursor with { HaltedReason = reason };
        Log.Halted(logger, run.Chain.Id, run.Cursor.Block.Number, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Unwound chain {ChainId} from block {FromBlock} to {ToBlock}.")]
        internal static partial void Unwound(ILogger logger, ChainId chainId, long fromBlock, long toBlock);

        [LoggerMessage(2, LogLevel.Error, "Halted chain {ChainId} at block {BlockNumber}: {Reason}")]
        internal static partial void Halted(ILogger logger, ChainId chainId, long blockNumber, string reason);
    }
}
