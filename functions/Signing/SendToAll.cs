using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Sends for every wallet that has something to send, or something that may be stuck, all at once.</summary>
/// <remarks>One that fails does not keep the others from their turn: it is the next tick's.</remarks>
internal sealed partial class SendToAll(Database database, SendTransactions send, ILogger<SendToAll> logger)
{
    /// <summary>How many wallets send at once: they wait for vendors most of the time.</summary>
    private const int AtOnceMax = 24;

    /// <param name="chain">Only this chain's; null: all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task HandleAsync(ChainId? chain, CancellationToken cancellationToken)
    {
        List<SignerId> signers = await database.ReadAsync(
            t => TransactionQueue.ListSignersAsync(
                t, chain, t.Now - OutbidTransactions.WaitMin, cancellationToken),
            cancellationToken);
        ParallelOptions options = new() { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(signers, options, async (signer, stopping) =>
        {
            try
            {
                await send.HandleAsync(signer, stopping);
            }
            catch (FailureException failed)
            {
                Log.LeftToNextTick(logger, signer, failed.Failure.Internal ?? failed.Failure.Detail);
            }
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Left signer {SignerId} to the next tick: {Reason}")]
        internal static partial void LeftToNextTick(ILogger logger, SignerId signerId, string reason);
    }
}
