using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Options;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Wire;

namespace Souk.Platform.Alchemy;

/// <summary>The chains of this installation, by their id.</summary>
public sealed class ChainRegistry
{
    private readonly Dictionary<ChainId, ChainSettings> _chains;

    private ChainRegistry(IReadOnlyList<ChainSettings> chains)
    {
        All = chains;
        _chains = chains.ToDictionary(chain => chain.Id);
    }

    /// <summary>Every chain, in the order of the settings file.</summary>
    public IReadOnlyList<ChainSettings> All { get; }

    /// <summary>The registry of the chains that the settings name.</summary>
    /// <exception cref="OptionsValidationException">Some setting is wrong; it lists every fault at once.</exception>
    public static ChainRegistry Create(IReadOnlyList<ChainOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> faults = [];
        List<ChainSettings> chains = [];
        if (options.Count == 0)
            faults.Add("Chains: name at least one chain.");

        for (int i = 0; i < options.Count; i++)
            chains.Add(new Check($"Chains[{i}]", faults).Settings(options[i]));

        foreach (IGrouping<ChainId, ChainSettings> twins in chains.GroupBy(chain => chain.Id))
        {
            if (twins.Count() > 1)
                faults.Add($"Chains: id {twins.Key} stands more than once.");
        }

        IEnumerable<HookSettings> hooks = chains.SelectMany(chain => chain.Hooks);
        foreach (IGrouping<string, HookSettings> twins in hooks.GroupBy(hook => hook.Name))
        {
            if (twins.Count() > 1)
                faults.Add($"Chains: hook {twins.Key} stands more than once.");
        }

        return faults.Count == 0
            ? new ChainRegistry(chains)
            : throw new OptionsValidationException("Chains", typeof(ChainOptions), faults);
    }

    /// <summary>The chain with this id.</summary>
    /// <exception cref="FailureException"><c>chain_unknown</c>: it is not one of this installation's.</exception>
    public ChainSettings Get(ChainId id) => _chains.TryGetValue(id, out ChainSettings? chain)
        ? chain
        : throw new FailureException(FailureCode.ChainUnknown, $"Chain {id} is not one of this installation's.");

    /// <summary>The chain with this id, when it is one of this installation's.</summary>
    public bool TryGet(ChainId id, [NotNullWhen(true)] out ChainSettings? chain) =>
        _chains.TryGetValue(id, out chain);

    /// <summary>Reads one chain's texts, collecting faults instead of stopping at the first.</summary>
    private sealed class Check(string path, List<string> faults)
    {
        private const int BasisPointsWhole = 10_000;
        private const int WeightOfOwn = 100;

        internal ChainSettings Settings(ChainOptions o)
        {
            Require(o.Id > 0, nameof(o.Id), "a positive chain id");
            Require(o.Name.Length > 0, nameof(o.Name), "a name");
            Require(o.Confirmations is >= 1 and <= 10_000, nameof(o.Confirmations), "1 to 10000 blocks");
            Require(o.BlockSeconds is > 0 and <= 600, nameof(o.BlockSeconds), "more than 0 and at most 600 seconds");
            Require(o.ReorgDepthMax is >= 1 and <= 10_000, nameof(o.ReorgDepthMax), "1 to 10000 blocks");
            Require(o.LogBlocksMax is >= 1 and <= 1_000_000, nameof(o.LogBlocksMax), "1 to 1000000 blocks");
            Require(o.PlatformFeeBps is >= 0 and <= BasisPointsWhole, nameof(o.PlatformFeeBps), "0 to 10000");
            Require(o.StartBlock >= 0, nameof(o.StartBlock), "a block number");
            Require(o.GasMarginPercent is >= 0 and <= 1_000, nameof(o.GasMarginPercent), "0 to 1000");
            Uri url = Url(o);
            return new ChainSettings(
                new ChainId((ulong)Math.Max(o.Id, 1)),
                o.Name,
                o.CurrencySymbol,
                o.AlchemyNetwork,
                o.NotifyNetwork,
                url,
                o.Confirmations,
                TimeSpan.FromSeconds(o.BlockSeconds),
                o.ReorgDepthMax,
                o.LogBlocksMax,
                o.FinalityTags,
                Address(o.Seaport, nameof(o.Seaport)),
                Address(o.ConduitController, nameof(o.ConduitController)),
                Word(o.ConduitKey, nameof(o.ConduitKey)),
                Address(o.Zone, nameof(o.Zone)),
                Address(o.PlatformFeeRecipient, nameof(o.PlatformFeeRecipient)),
                o.PlatformFeeBps,
                o.StartBlock,
                Amount(o.FeePerGasWeiMax, nameof(o.FeePerGasWeiMax)),
                Amount(o.PriorityFeePerGasWeiMax, nameof(o.PriorityFeePerGasWeiMax)))
            {
                GasMarginPercent = o.GasMarginPercent,
                Currencies = o.Currencies.Select(text => Contract(text, nameof(o.Currencies))).ToFrozenSet(),
                Hooks = [.. o.Hooks.Select(Hook)],
                Nodes = [new NodeSettings(url, WeightOfOwn, NodeSettings.AlchemyKey), .. o.Nodes.Select(Node)],
            };
        }

        private HookSettings Hook(HookOptions o, int index)
        {
            bool good = WireText.TryParse(o.Purpose, out HookPurpose purpose);
            Require(o.Name.Length > 0, $"Hooks[{index}]:{nameof(o.Name)}", "a name");
            Require(
                good, $"Hooks[{index}]:{nameof(o.Purpose)}", "one of collections, orders, wallets, signers");
            return new HookSettings(o.Name, o.WebhookId.Length > 0 ? o.WebhookId : null, purpose);
        }

        private NodeSettings Node(NodeOptions o, int index)
        {
            bool good = Uri.TryCreate(o.Url, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https";
            Require(good, $"Nodes[{index}]:{nameof(o.Url)}", "an http or https address");
            Require(o.Weight is >= 1 and <= 10_000, $"Nodes[{index}]:{nameof(o.Weight)}", "1 to 10000");
            return new NodeSettings(good ? url! : new Uri("http://invalid.invalid"), Math.Max(1, o.Weight), o.KeyName);
        }

        private Uri Url(ChainOptions o)
        {
            string text = o.RpcUrl.Length > 0 ? o.RpcUrl : $"https://{o.AlchemyNetwork}.g.alchemy.com/v2";
            bool good = Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https";
            Require(good, nameof(o.RpcUrl), "an http or https address, or AlchemyNetwork in its place");
            return good ? url! : new Uri("http://invalid.invalid");
        }

        private Address Address(string text, string name)
        {
            if (text.Length == 0)
                return Domain.Chain.Address.Zero;

            bool good = Domain.Chain.Address.TryParse(text, CultureInfo.InvariantCulture, out Address value);
            Require(good, name, "a 0x address");
            return value;
        }

        private Address Contract(string text, string name)
        {
            Require(text.Length > 0, name, "no empty text");
            return Address(text, name);
        }

        private Bytes32 Word(string text, string name)
        {
            if (text.Length == 0)
                return default;

            bool good = Bytes32.TryParse(text, CultureInfo.InvariantCulture, out Bytes32 value);
            Require(good, name, "32 bytes as 0x text");
            return value;
        }

        private Wei Amount(string text, string name)
        {
            bool good = Wei.TryParse(text, CultureInfo.InvariantCulture, out Wei value);
            Require(good, name, "an amount in wei as decimal text");
            return value;
        }

        private void Require(bool holds, string name, string expected)
        {
            if (!holds)
                faults.Add($"{path}:{name}: give {expected}.");
        }
    }
}
