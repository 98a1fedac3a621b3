using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Wire;

namespace Souk.Platform.Alchemy;

/// <summary>One chain of this installation, its settings checked and typed.</summary>
/// <param name="Id">The EIP-155 chain id.</param>
/// <param name="Name">What people call the chain.</param>
/// <param name="CurrencySymbol">The native coin's symbol.</param>
/// <param name="AlchemyNetwork">Alchemy's network slug in host names.</param>
/// <param name="NotifyNetwork">Alchemy's network name in Notify payloads.</param>
/// <param name="RpcUrl">Where JSON-RPC is posted; holds no key.</param>
/// <param name="Confirmations">After how many blocks, its own included, a block counts as final.</param>
/// <param name="BlockTime">How far apart blocks usually are.</param>
/// <param name="ReorgDepthMax">The deepest reorganisation that is unwound without a person, in blocks.</param>
/// <param name="LogBlocksMax">The most blocks that one read of logs asks for.</param>
/// <param name="HasFinalityTags">Whether the node's safe and finalized blocks are believed.</param>
/// <param name="Seaport">The Seaport 1.6 contract.</param>
/// <param name="ConduitController">Seaport's conduit controller.</param>
/// <param name="ConduitKey">The conduit key that orders use; zero: none.</param>
/// <param name="Zone">Souk's zone contract; zero: protected orders are not offered.</param>
/// <param name="PlatformFeeRecipient">Where the platform's fee goes.</param>
/// <param name="PlatformFeeBps">The platform's fee, in basis points of the price.</param>
/// <param name="StartBlock">The first block that is followed.</param>
/// <param name="FeePerGasMax">The most that one unit of gas may cost the platform's signers.</param>
/// <param name="PriorityFeePerGasMax">The most tip that one unit of gas may carry.</param>
public sealed record ChainSettings(
    ChainId Id,
    string Name,
    string CurrencySymbol,
    string AlchemyNetwork,
    string NotifyNetwork,
    Uri RpcUrl,
    int Confirmations,
    TimeSpan BlockTime,
    int ReorgDepthMax,
    int LogBlocksMax,
    bool HasFinalityTags,
    Address Seaport,
    Address ConduitController,
    Bytes32 ConduitKey,
    Address Zone,
    Address PlatformFeeRecipient,
    int PlatformFeeBps,
    long StartBlock,
    Wei FeePerGasMax,
    Wei PriorityFeePerGasMax)
{
    /// <summary>How much more gas than estimated a transaction may use, in percent of the estimate.</summary>
    public int GasMarginPercent { get; init; } = 25;

    /// <summary>The WETH-like contracts whose money is followed.</summary>
    public FrozenSet<Address> Currencies { get; init; } = [];

    /// <summary>The endpoints that the chain is read by and broadcast to; one at least.</summary>
    public IReadOnlyList<NodeSettings> Nodes
    {
        get => field.Count > 0 ? field : [new NodeSettings(RpcUrl, Weight: 1, NodeSettings.AlchemyKey)];
        init;
    } = [];

    /// <summary>The chain's webhooks at Alchemy.</summary>
    public IReadOnlyList<HookSettings> Hooks { get; init; } = [];

    /// <summary>The gas limit for an estimate: what a call costs may grow with the state it meets when it is mined.
    /// </summary>
    public long GasLimitFor(long estimate) =>
        long.CreateSaturating((Int128)estimate * (100 + GasMarginPercent) / 100);

    /// <summary>Whether Alchemy means this chain: its documents write MATIC_MAINNET and MATICMAINNET for one.</summary>
    public bool IsNotifyNetwork(string? name) => name is not null
        && (name == NotifyNetwork
            || name.Replace("_", "", StringComparison.Ordinal)
                == NotifyNetwork.Replace("_", "", StringComparison.Ordinal));
}

/// <summary>One endpoint of a chain.</summary>
/// <param name="Url">Where JSON-RPC is posted; holds no key.</param>
/// <param name="Weight">How often an instance draws it, against the others' weights.</param>
/// <param name="KeyName">The name of its key among the function's secrets; empty: it takes none.</param>
public sealed record NodeSettings(Uri Url, int Weight, string KeyName)
{
    /// <summary>The name of Alchemy's key.</summary>
    public const string AlchemyKey = "alchemy_key";
}

/// <summary>What a webhook tells of, and so who keeps its list.</summary>
[JsonConverter(typeof(WireTextJsonConverter<HookPurpose>))]
public enum HookPurpose
{
    /// <summary>Transfers of the registered collections' tokens; Souk keeps its filters.</summary>
    Collections,

    /// <summary>Logs of Seaport, by a query that the operator wrote.</summary>
    Orders,

    /// <summary>Activity of the linked wallets; Souk keeps its addresses.</summary>
    Wallets,

    /// <summary>Activity of the platform's own wallets, which the operator named.</summary>
    Signers,
}

/// <summary>One webhook at Alchemy, its settings checked and typed.</summary>
/// <param name="Name">The name in its address.</param>
/// <param name="WebhookId">Alchemy's id of it; null: it is found by its address.</param>
/// <param name="Purpose">What it is for.</param>
public sealed record HookSettings(string Name, string? WebhookId, HookPurpose Purpose);
