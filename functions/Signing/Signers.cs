using System.Collections.Concurrent;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.MetaKeep;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>The platform's wallets; one that is new is asked of MetaKeep once and written down.</summary>
internal sealed class Signers(
    Database database,
    AlchemyClients nodes,
    MetaKeepClient metaKeep,
    MetaKeepCredentials credentials,
    SignerRegistry registry)
{
    private readonly ConcurrentDictionary<string, SignerId> _known = new(StringComparer.Ordinal);

    /// <summary>The wallet that a request names, or its chain's first, as it stands.</summary>
    /// <exception cref="FailureException"><c>signer_unavailable</c>: the chain has no such wallet.</exception>
    internal Task<SignerRecord> GetAsync(ChainId chain, string? name, CancellationToken cancellationToken) =>
        GetAsync(registry.Get(chain, name), cancellationToken);

    /// <summary>The wallet of these settings, as it stands.</summary>
    internal async Task<SignerRecord> GetAsync(SignerSettings settings, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(settings.Name, out SignerId id))
            return await GetAsync(id, cancellationToken);

        MetaKeepCredential credential = await credentials.GetAsync(settings.Name, cancellationToken);
        Address wallet = await metaKeep.GetDeveloperWalletAsync(credential, cancellationToken);
        SignerRecord? signer = await database.ReadAsync(
            t => SignerTable.FindByAddressAsync(t, settings.ChainId, wallet, cancellationToken), cancellationToken);
        if (signer?.Name != settings.Name)
            signer = await AddAsync(settings, wallet, signer, cancellationToken);
        _known[settings.Name] = signer.Id;
        return signer;
    }

    /// <summary>The wallet of this id as it stands.</summary>
    internal Task<SignerRecord> GetAsync(SignerId id, CancellationToken cancellationToken) => database.ReadAsync(
        transaction => SignerTable.GetAsync(transaction, id, cancellationToken), cancellationToken);

    /// <summary>The settings of a wallet that has something to send.</summary>
    /// <exception cref="FailureException"><c>signer_unavailable</c>: the settings do not name it any more.</exception>
    internal async Task<SignerSettings> GetSettingsAsync(SignerRecord signer, CancellationToken cancellationToken)
    {
        if (registry.Find(signer.Name) is { } named)
            return named;

        // It was written down before wallets had names, or under another: what the settings call it, MetaKeep tells.
        foreach (SignerSettings settings in registry.All.Where(settings => settings.ChainId == signer.ChainId))
        {
            if ((await GetAsync(settings, cancellationToken)).Id == signer.Id)
                return settings;
        }

        throw new FailureException(FailureCode.SignerUnavailable, "The settings do not name the signer.");
    }

    private async Task<SignerRecord> AddAsync(
        SignerSettings settings, Address wallet, SignerRecord? known, CancellationToken cancellationToken)
    {
        long nextNonce = 0;
        long settledNonce = 0;
        if (known is null)
        {
            AlchemyClient node = nodes.For(settings.ChainId);
            long deep = await node.GetBlockNumberAsync(cancellationToken) - node.Chain.Confirmations + 1;
            settledNonce = deep < 0
                ? 0
                : await node.GetTransactionCountAsync(wallet, BlockReference.At(deep), cancellationToken);
            // The pool counts too: what the wallet sent before Souk knew it may not be mined yet.
            nextNonce = await node.GetTransactionCountAsync(wallet, BlockReference.Pending, cancellationToken);
        }

        return await database.WriteAsync(
            async transaction =>
            {
                if (known is null)
                {
                    await SignerTable.AddAsync(
                        transaction, settings.ChainId, wallet, nextNonce, settledNonce, cancellationToken);
                }

                SignerRecord signer = (await SignerTable.FindByAddressAsync(
                    transaction, settings.ChainId, wallet, cancellationToken))!;
                await SignerTable.NameAsync(transaction, signer.Id, settings.Name, cancellationToken);
                return signer with { Name = settings.Name };
            },
            cancellationToken);
    }
}
