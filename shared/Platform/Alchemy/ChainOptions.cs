namespace Souk.Platform.Alchemy;

/// <summary>One chain as the settings file writes it; checked and typed it is <see cref="ChainSettings"/>.</summary>
/// <remarks>Bound from <c>Chains[]</c>. Addresses are 0x text; an empty text means the zero address.</remarks>
public sealed class ChainOptions
{
    /// <summary>The EIP-155 chain id.</summary>
    public long Id { get; set; }

    /// <summary>What people call the chain, such as <c>ethereum</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>The native coin's symbol.</summary>
    /// <value>Default <c>ETH</c>.</value>
    public string CurrencySymbol { get; set; } = "ETH";

    /// <summary>Alchemy's network slug in host names, such as <c>eth-mainnet</c>.</summary>
    public string AlchemyNetwork { get; set; } = "";

    /// <summary>Alchemy's network name in Notify payloads, such as <c>ETH_MAINNET</c>.</summary>
    public string NotifyNetwork { get; set; } = "";

    /// <summary>Where JSON-RPC is posted, without a key; empty: Alchemy's own address of the network.</summary>
    public string RpcUrl { get; set; } = "";

    /// <summary>After how many blocks, its own included, a block counts as final.</summary>
    /// <value>Default 12 blocks.</value>
    public int Confirmations { get; set; } = 12;

    /// <summary>How far apart blocks usually are, in seconds.</summary>
    /// <value>Default 12 seconds.</value>
    public double BlockSeconds { get; set; } = 12;

    /// <summary>The deepest reorganisation that is unwound without a person, in blocks.</summary>
    /// <value>Default 64 blocks.</value>
    public int ReorgDepthMax { get; set; } = 64;

    /// <summary>The most blocks that one read of logs asks for; the node's own limit is learned below it.</summary>
    /// <value>Default 10,000 blocks: what the widest plans take.</value>
    public int LogBlocksMax { get; set; } = 10_000;

    /// <summary>Whether the node's <c>safe</c> and <c>finalized</c> blocks are believed, where it names them.</summary>
    /// <value>Default true; false for a chain whose node names its newest block final.</value>
    public bool FinalityTags { get; set; } = true;

    /// <summary>The Seaport 1.6 contract.</summary>
    public string Seaport { get; set; } = "";

    /// <summary>Seaport's conduit controller.</summary>
    public string ConduitController { get; set; } = "";

    /// <summary>The conduit key that orders use; empty: none, Seaport itself moves tokens.</summary>
    public string ConduitKey { get; set; } = "";

    /// <summary>Souk's zone contract; empty: protected orders are not offered.</summary>
    public string Zone { get; set; } = "";

    /// <summary>The WETH-like contracts whose money is followed, as 0x text.</summary>
    /// <value>Default none. A contract that logs a Transfer beside its own Deposit is not one of them.</value>
    public IList<string> Currencies { get; } = [];

    /// <summary>Where the platform's fee goes.</summary>
    public string PlatformFeeRecipient { get; set; } = "";

    /// <summary>The platform's fee, in basis points of the price.</summary>
    /// <value>Default 0.</value>
    public int PlatformFeeBps { get; set; }

    /// <summary>The first block that is followed.</summary>
    /// <value>Default 0.</value>
    public long StartBlock { get; set; }

    /// <summary>The most that one unit of gas may ever cost the platform's signers, in wei, as decimal text.</summary>
    /// <value>Default 500 gwei.</value>
    public string FeePerGasWeiMax { get; set; } = "500000000000";

    /// <summary>The most tip that one unit of gas may carry, in wei, as decimal text.</summary>
    /// <value>Default 5 gwei.</value>
    public string PriorityFeePerGasWeiMax { get; set; } = "5000000000";

    /// <summary>How much more gas than estimated a transaction may use, in percent of the estimate.</summary>
    /// <value>
    /// Default 25. A chain whose estimate holds the fee for its data (Arbitrum) wants more, for that fee may rise until
    /// the transaction is mined. A chain that takes that fee beside the gas (OP stack) wants it left on the wallet
    /// instead: in a signer's <c>BalanceWeiMin</c>.
    /// </value>
    public int GasMarginPercent { get; set; } = 25;

    /// <summary>More endpoints of the chain, for when Alchemy's fails; instances draw one by weight.</summary>
    /// <value>Default none.</value>
    public List<NodeOptions> Nodes { get; set; } = [];

    /// <summary>The chain's webhooks at Alchemy.</summary>
    /// <value>Default none: the chain is followed by the schedule alone.</value>
    public List<HookOptions> Hooks { get; set; } = [];
}

/// <summary>One more endpoint of a chain as the settings file writes it.</summary>
public sealed class NodeOptions
{
    /// <summary>Where JSON-RPC is posted, without a key.</summary>
    public string Url { get; set; } = "";

    /// <summary>How often an instance draws it; the chain's own endpoint has 100.</summary>
    /// <value>Default 1: it is there for when the others fail.</value>
    public int Weight { get; set; } = 1;

    /// <summary>The name of its key among the function's secrets in Vault; empty: it takes none.</summary>
    public string KeyName { get; set; } = "";
}

/// <summary>One webhook at Alchemy as the settings file writes it; an operator creates it there.</summary>
public sealed class HookOptions
{
    /// <summary>The name in its address, <c>/v1/alchemy/&lt;name&gt;</c>; no two chains share one.</summary>
    public string Name { get; set; } = "";

    /// <summary>Alchemy's id of it, <c>wh_…</c>; empty: it is found by its address.</summary>
    public string WebhookId { get; set; } = "";

    /// <summary>What it is for: <c>collections</c>, <c>orders</c>, <c>wallets</c> or <c>signers</c>.</summary>
    public string Purpose { get; set; } = "";
}
