using Souk.Domain.Chain;
using Souk.Local.StandIns;

namespace Souk.Local.Outside;

/// <summary>The webhooks that an operator creates at Alchemy: three a chain, each with its own signing key.</summary>
internal static class WorldHooks
{
    /// <summary>Creates them and answers each by the name in its path.</summary>
    /// <param name="alchemy">The stand-in.</param>
    /// <param name="chains">The chains.</param>
    /// <param name="webhooks">Where the webhooks function listens.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<IReadOnlyDictionary<string, AlchemyWebhook>> CreateAsync(
        AlchemyStandIn alchemy, IEnumerable<WorldChain> chains, Uri webhooks, CancellationToken cancellationToken)
    {
        Dictionary<string, AlchemyWebhook> hooks = [];
        foreach (WorldChain chain in chains)
        {
            string name = chain.Plan.Name;
            AlchemyWebhookRequest nfts = Request($"{name}-nfts", AlchemyWebhookType.NftActivity);
            AlchemyWebhookRequest orders = Request($"{name}-orders", AlchemyWebhookType.Custom);
            AlchemyWebhookRequest signers = Request($"{name}-signers", AlchemyWebhookType.AddressActivity);
            hooks[$"{name}-nfts"] = await alchemy.CreateWebhookAsync(
                nfts with { NftFilters = [(chain.Contracts.Collection.ToString(), null)] }, cancellationToken);
            hooks[$"{name}-orders"] = await alchemy.CreateWebhookAsync(
                orders with { Query = LogsOf(chain.Contracts.Seaport), SkipsEmpty = true }, cancellationToken);
            hooks[$"{name}-signers"] = await alchemy.CreateWebhookAsync(
                signers with { Addresses = [chain.Signer.Wallet.Address.ToString()] }, cancellationToken);

            AlchemyWebhookRequest Request(string hook, string type) =>
                new(alchemy.NetworkOf(chain.Plan.Id), type, new Uri(webhooks, $"v1/alchemy/{hook}"));
        }

        return hooks;
    }

    // Orders that are filled, cancelled or matched: every log of Seaport itself.
    private static string LogsOf(Address contract) => $$"""
        {
          block {
            hash number timestamp
            logs(filter: { addresses: ["{{contract}}"], topics: [] }) {
              topics data index account { address } transaction { hash status }
            }
          }
        }
        """;
}
