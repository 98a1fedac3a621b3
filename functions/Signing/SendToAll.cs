using Souk.Domain.Chain;
using Souk.Domain.Signing;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Sends for every wallet that has something to send, or something that may be stuck, all at once.</summary>
internal sealed class SendToAll(Database database, SendTransactions send, ILogger<SendToAll> logger)
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
            await KeepGoing.TryAsync(() => send.HandleAsync(signer, stopping), logger, stopping));
    }
}
