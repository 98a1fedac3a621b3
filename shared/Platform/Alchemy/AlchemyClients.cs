using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Randomness;

namespace Souk.Platform.Alchemy;

/// <summary>The clients of all chains' nodes, one a chain.</summary>
public sealed class AlchemyClients : IDisposable
{
    private readonly ChainRegistry _chains;
    private readonly Dictionary<ChainId, AlchemyClient> _clients;

    /// <summary>A client for each chain of the registry.</summary>
    /// <param name="chains">Which chains there are.</param>
    /// <param name="options">Time-outs and limits, the same for all.</param>
    /// <param name="key">The key that goes by a secret's name, read anew for each call.</param>
    /// <param name="clock">What time-outs and retries go by.</param>
    /// <param name="entropy">Where the jitter of waits comes from.</param>
    public AlchemyClients(
        ChainRegistry chains,
        AlchemyOptions options,
        Func<string, CancellationToken, ValueTask<string>> key,
        TimeProvider clock,
        EntropySource entropy)
    {
        ArgumentNullException.ThrowIfNull(chains);
        _chains = chains;
        _clients = chains.All.ToDictionary(
            chain => chain.Id, chain => new AlchemyClient(chain, options, key, clock, entropy));
    }

    /// <summary>The client of the chain with this id.</summary>
    /// <exception cref="FailureException"><c>chain_unknown</c>: it is not one of this installation's.</exception>
    public AlchemyClient For(ChainId chain) => _clients[_chains.Get(chain).Id];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlchemyClient client in _clients.Values)
            client.Dispose();
    }
}
