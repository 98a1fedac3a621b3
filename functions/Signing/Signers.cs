using System.Collections.Concurrent;
using Souk.Domain.Chain;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.MetaKeep;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>The platform's wallet of each chain; one that is new is asked of MetaKeep once and written down.</summary>
internal sealed class Signers(
    Database database, AlchemyClients nodes, MetaKeepClient metaKeep, SignerCredentials credentials)
{
    private readonly ConcurrentDictionary<ChainId, SignerId> _known = new();

    /// <summary>The chain's wallet as it stands.</summary>
    internal async Task<SignerRecord> GetAsync(ChainId chain, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(chain, out SignerId id))
            return await GetAsync(id, cancellationToken);

        MetaKeepCredential credential = await credentials.GetAsync(chain, cancellationToken);
        Address wallet = await metaKeep.GetDeveloperWalletAsync(credential, cancellationToken);
        SignerRecord signer = await database.ReadAsync(
                transaction => SignerTable.FindByAddressAsync(transaction, chain, wallet, cancellationToken),
                cancellationToken)
            ?? await AddAsync(chain, wallet, cancellationToken);
        _known[chain] = signer.Id;
        return signer;
    }

    /// <summary>The wallet of this name as it stands.</summary>
    internal Task<SignerRecord> GetAsync(SignerId id, CancellationToken cancellationToken) => database.ReadAsync(
        transaction => SignerTable.GetAsync(transaction, id, cancellationToken), cancellationToken);

    private async Task<SignerRecord> AddAsync(ChainId chain, Address wallet, CancellationToken cancellationToken)
    {
        // The pool counts too: what the wallet sent before Souk knew it may not be mined yet.
        long nextNonce = await nodes.For(chain)
            .GetTransactionCountAsync(wallet, BlockReference.Pending, cancellationToken);
        return await database.WriteAsync(
            async transaction =>
            {
                await SignerTable.AddAsync(transaction, chain, wallet, nextNonce, cancellationToken);
                return (await SignerTable.FindByAddressAsync(transaction, chain, wallet, cancellationToken))!;
            },
            cancellationToken);
    }
}
