using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.StandIns;

namespace Souk.Local.Outside;

/// <summary>The webhooks that an operator creates at Alchemy: four a chain, each with its own signing key.</summary>
/// <remarks>What the first two watch is Marketplace's to keep; they begin with nothing of ours.</remarks>
internal static class WorldHooks
{
    // Without a filter Alchemy would tell of every collection of the chain.
    private const string NoCollection = "0x000000000000000000000000000000000000dead";

    private static readonly (string Suffix, string Purpose)[] Purposes =
        [("nfts", "collections"), ("wallets", "wallets"), ("orders", "orders"), ("signers", "signers")];

    /// <summary>A chain's webhooks as its settings name them.</summary>
    public static JsonArray ToSettings(IReadOnlyDictionary<string, AlchemyWebhook> hooks, string chain) =>
        [.. Purposes.Select(it => new JsonObject
        {
            ["Name"] = $"{chain}-{it.Suffix}",
            ["WebhookId"] = hooks[$"{chain}-{it.Suffix}"].Id,
            ["Purpose"] = it.Purpose,
        })];

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
            AlchemyWebhookRequest wallets = Request($"{name}-wallets", AlchemyWebhookType.AddressActivity);
            AlchemyWebhookRequest orders = Request($"{name}-orders", AlchemyWebhookType.Custom);
            AlchemyWebhookRequest signers = Request($"{name}-signers", AlchemyWebhookType.AddressActivity);
            hooks[$"{name}-nfts"] = await alchemy.CreateWebhookAsync(
                nfts with { NftFilters = [(NoCollection, null)] }, cancellationToken);
            hooks[$"{name}-wallets"] = await alchemy.CreateWebhookAsync(wallets, cancellationToken);
            hooks[$"{name}-orders"] = await alchemy.CreateWebhookAsync(
                orders with { Query = LogsOf(chain.Contracts.Seaport), SkipsEmpty = true }, cancellationToken);
            hooks[$"{name}-signers"] = await alchemy.CreateWebhookAsync(
                signers with { Addresses = [.. chain.Signers.Select(signer => signer.Wallet.Address.ToString())] },
                cancellationToken);

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
