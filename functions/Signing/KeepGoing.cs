using System.Data.Common;
using Souk.Domain.Failures;

namespace Souk.Signing;

/// <summary>Does one part of many, so that its failure does not keep the others from their turn.</summary>
/// <remarks>The database's failures too: a row that it will not take must jam one wallet, not all.</remarks>
internal static partial class KeepGoing
{
    /// <summary>Runs the work; what fails is told and left to the next tick.</summary>
    internal static async Task TryAsync(Func<Task> work, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
        catch (FailureException failed)
        {
            Log.LeftToNextTick(logger, failed.Failure.Internal ?? failed.Failure.Detail);
        }
        catch (DbException failed)
        {
            Log.DatabaseFailed(logger, failed.SqlState);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.LeftToNextTick(logger, "Its time was over.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Left to the next tick: {Reason}")]
        internal static partial void LeftToNextTick(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Error, "Left to the next tick, for the database failed with {SqlState}.")]
        internal static partial void DatabaseFailed(ILogger logger, string? sqlState);
    }
}
