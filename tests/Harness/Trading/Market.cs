using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Souk.Domain.Chain;
using Souk.Domain.Orders;
using Souk.Domain.Sessions;
using Souk.Domain.Tokens;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Local.StandIns;
using Souk.Marketplace;
using Souk.Platform.Vault;

namespace Souk.Harness.Trading;

/// <summary>
/// Marketplace on a database, a chain and a clock of its own, so that a test may move time and orphan blocks.
/// </summary>
/// <remarks>
/// The node mines a block for each transaction. Before each request our time reaches the newest block's; the chain's
/// own time is behind it where a test has moved ours alone, until <see cref="PassAsync"/>.
/// </remarks>
public sealed class Market : IAsyncDisposable
{
    /// <summary>The deepest reorganisation that this market unwinds by itself.</summary>
    public const int ReorgDepthMax = 6;

    /// <summary>How often a read of the chain is tried again.</summary>
    public const int RetriesMax = 3;

    /// <summary>The platform's fee, in basis points.</summary>
    public const int FeeBps = 250;

    /// <summary>The demo collection's royalty, in basis points.</summary>
    public const int RoyaltyBps = 500;

    /// <summary>Its chain.</summary>
    public static readonly ChainId Id = ChainId.Parse("31337");

    private static readonly Wei PocketMoney = Wei.Parse("1000000000000000000000");

    private readonly IReadOnlyDictionary<string, string?> _settings;
    private int _wallets;
    private long _tokens;

    private Market(
        EvmNode node, DeployedChain contracts, AlchemyStandIn alchemy, IReadOnlyDictionary<string, string?> settings)
    {
        Node = node;
        Contracts = contracts;
        Alchemy = alchemy;
        _settings = settings;
    }

    /// <summary>The function.</summary>
    public FunctionApp<MarketplaceFunction> App { get; private set; } = null!;

    /// <summary>Our time.</summary>
    public MovableClock Clock { get; } = new();

    /// <summary>The chain.</summary>
    public EvmNode Node { get; }

    /// <summary>Where Seaport, the zone, the demo collection and WETH are.</summary>
    public DeployedChain Contracts { get; }

    /// <summary>What stands between the function and the node.</summary>
    public AlchemyStandIn Alchemy { get; }

    /// <summary>Who gets the platform's fee.</summary>
    public Address FeeRecipient => Node.Accounts[5];

    /// <summary>Who gets the demo collection's royalties.</summary>
    public Address RoyaltyReceiver => Node.Accounts[6];

    /// <summary>Who may mint in the demo collection.</summary>
    public Address Minter => Node.Accounts[7];

    /// <summary>The domain that orders are signed in.</summary>
    public SeaportDomain Seaport => new(Id, Contracts.Seaport);

    /// <summary>Starts chain and function; no collection is registered yet.</summary>
    public static Task<Market> StartAsync(World world, CancellationToken cancellationToken) =>
        StartAsync(world, new MarketOptions(), cancellationToken);

    /// <inheritdoc cref="StartAsync(World, CancellationToken)"/>
    public static async Task<Market> StartAsync(
        World world, MarketOptions options, CancellationToken cancellationToken)
    {
        EvmNodeOptions chain = new(Id) { EpochBlocks = options.EpochBlocks };
        EvmNode node = await EvmNode.StartAsync(chain, cancellationToken);
        Address zoneSigner = PrivateKey.Parse(world.ZoneSignerKey).Address;
        ChainParties parties = new(
            node.Accounts[8], zoneSigner, node.Accounts[7], node.Accounts[7], node.Accounts[6], RoyaltyBps);
        DeployedChain contracts = await ChainDeployment.DeployAsync(node, parties, cancellationToken);
        AlchemyNetwork network = new(Id, "test", "TEST", "ETH", node.RpcUrl);
        AlchemyStandIn alchemy = new([network], TimeProvider.System, options.Alchemy);
        await alchemy.StartAsync(cancellationToken);
        alchemy.ManagementToken = world.Alchemy.ManagementToken;
        alchemy.AddKey(await ReadAlchemyKeyAsync(world, cancellationToken));
        Dictionary<string, string?> settings = Settings(node, contracts, alchemy, options.ReorgDepthMax);
        foreach ((int index, string hook) in options.Hooks.Index())
        {
            settings[$"Chains:0:Hooks:{index}:Name"] = hook;
            settings[$"Chains:0:Hooks:{index}:Purpose"] = hook;
        }

        foreach ((string name, string? value) in options.Settings) settings[name] = value;

        Market market = new(node, contracts, alchemy, settings);
        market.App = await FunctionApp.StartAsync<MarketplaceFunction>(
            world, new FunctionAppOptions { Clock = market.Clock, Settings = market._settings }, cancellationToken);
        return market;
    }

    /// <summary>Starts another Marketplace on the same chain and clock, with an empty database of its own.</summary>
    public Task<FunctionApp<MarketplaceFunction>> StartWitnessAsync(CancellationToken cancellationToken) =>
        FunctionApp.StartAsync<MarketplaceFunction>(
            App.World, new FunctionAppOptions { Clock = Clock, Settings = _settings }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Alchemy.DisposeAsync();
        await Node.DisposeAsync();
    }

    /// <summary>Starts a second instance of the function on the same database, chain and clock.</summary>
    public Task<FunctionApp<MarketplaceFunction>> StartTwinAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, string?> settings = new(_settings) { ["Postgres:Database"] = App.Database.Name };
        return FunctionApp.StartAsync<MarketplaceFunction>(
            App.World, new FunctionAppOptions { Clock = Clock, Settings = settings }, cancellationToken);
    }

    /// <summary>Signs somebody in who trades: their wallet is linked and has a thousand ether.</summary>
    public async Task<Trader> SignInAsync(CancellationToken cancellationToken)
    {
        Trader trader = await SignInAsync(TokenAudience.User, Role.Trader, cancellationToken);
        await LinkAsync(trader, trader.Wallet.Address, cancellationToken);
        await Node.SetBalanceAsync(trader.Wallet.Address, PocketMoney, cancellationToken);
        return trader;
    }

    /// <summary>Signs an administrator in.</summary>
    public Task<Trader> SignInAdministratorAsync(CancellationToken cancellationToken) =>
        SignInAsync(TokenAudience.Admin, Role.Admin, cancellationToken);

    /// <summary>Has an administrator register a collection, and waits until what that causes is done.</summary>
    public async Task<ApiAnswer> RegisterAsync(
        Trader administrator, Address contract, CancellationToken cancellationToken)
    {
        JsonObject collection = new()
        {
            ["chainId"] = (long)Id.Value, ["contract"] = contract.ToString(), ["name"] = "Demo",
        };
        ApiAnswer registered = await administrator.PostAsync("/v1/admin/collections", collection, cancellationToken);
        await App.Broker.DrainAsync(cancellationToken);
        return registered;
    }

    /// <summary>Links a wallet, as Auth does once it has proved itself.</summary>
    public Task LinkAsync(Trader trader, Address wallet, CancellationToken cancellationToken) =>
        App.Database.ExecuteAsync(
            "INSERT INTO wallets (address, user_id, kind, linked_at) VALUES ($1, $2, 'key', $3)",
            cancellationToken, wallet.ToArray(), trader.UserId, Clock.GetUtcNow());

    /// <summary>A wallet that nobody has linked, with a thousand ether.</summary>
    public async Task<Wallet> AddWalletAsync(CancellationToken cancellationToken)
    {
        Wallet wallet = NewWallet();
        await Node.SetBalanceAsync(wallet.Address, PocketMoney, cancellationToken);
        return wallet;
    }

    /// <summary>Mints the next token of the demo collection.</summary>
    public async Task<TokenId> MintAsync(Address to, CancellationToken cancellationToken)
    {
        TokenId token = new((UInt256)(ulong)Interlocked.Increment(ref _tokens));
        await SendAsync(Minter, Contracts.Collection, TokenCalls.Mint(to, token), cancellationToken);
        return token;
    }

    /// <summary>Sends a call from one of the node's own accounts and waits until it is mined.</summary>
    public async Task SendAsync(Address from, Address to, byte[] data, CancellationToken cancellationToken)
    {
        JsonObject transaction = new()
        {
            ["from"] = from.ToString(), ["to"] = to.ToString(), ["data"] = Hex.Encode(data),
        };
        JsonElement hash = await Node.Rpc.SendAsync("eth_sendTransaction", [transaction], cancellationToken);
        await Node.Rpc.WaitForReceiptAsync(TransactionHash.Parse(hash.GetString()!), cancellationToken);
    }

    /// <summary>Lets time pass here, and the chain reach it with a block of the new time.</summary>
    public async Task PassAsync(TimeSpan by, CancellationToken cancellationToken)
    {
        await SynchronizeAsync(cancellationToken);
        Clock.Advance(by);
        long next = Clock.GetUtcNow().ToUnixTimeSeconds() + 1;
        await Node.Rpc.SendAsync("evm_setNextBlockTimestamp", [next], cancellationToken);
        await Node.MineAsync(1, cancellationToken);
        await SynchronizeAsync(cancellationToken);
    }

    /// <summary>Has our time reach the newest block's.</summary>
    public async Task SynchronizeAsync(CancellationToken cancellationToken) =>
        Clock.Reach(await ReadChainTimeAsync(cancellationToken));

    /// <summary>The newest block's time.</summary>
    public async Task<DateTimeOffset> ReadChainTimeAsync(CancellationToken cancellationToken)
    {
        JsonElement block = await Node.Rpc.SendAsync("eth_getBlockByNumber", ["latest", false], cancellationToken);
        return DateTimeOffset.FromUnixTimeSeconds((long)RpcConnection.ReadQuantity(block.GetProperty("timestamp")));
    }

    /// <summary>Hints at the newest block, as Webhooks does; answers the event's status.</summary>
    public async Task<int> HintAsync(CancellationToken cancellationToken)
    {
        await SynchronizeAsync(cancellationToken);
        ulong head = await Node.Rpc.GetBlockNumberAsync(cancellationToken);
        return await App.TakeEventAsync(
            "souk.chain.hinted.v1",
            "/webhooks",
            string.Create(CultureInfo.InvariantCulture, $$"""{"chainId":{{Id}},"blockNumber":{{head}}}"""),
            cancellationToken);
    }

    /// <summary>Fires a schedule; answers the event's status.</summary>
    public async Task<int> FireAsync(string job, CancellationToken cancellationToken)
    {
        await SynchronizeAsync(cancellationToken);
        return await App.TakeTickAsync(job, cancellationToken);
    }

    private static async Task<string> ReadAlchemyKeyAsync(World world, CancellationToken cancellationToken)
    {
        VaultOptions options = new()
        {
            Address = world.Vault.Url, LoginMethod = VaultLoginMethod.Token, Token = world.Vault.RootToken,
        };
        using VaultClient vault = VaultRegistration.CreateClient(
            options, TimeProvider.System, NullLogger<VaultClient>.Instance);
        return (await vault.ReadKvAsync(MarketplaceFunction.Name, cancellationToken))["alchemy_key"];
    }

    private static Dictionary<string, string?> Settings(
        EvmNode node, DeployedChain contracts, AlchemyStandIn alchemy, int reorgDepthMax) =>
        new()
        {
            ["Notify:BaseUrl"] = alchemy.ManagementUrl.ToString(),
            ["Notify:RetryDelay"] = "00:00:00.001",
            // Tests that fail calls share one breaker.
            ["Notify:RetriesMax"] = "1",
            ["Alchemy:RetriesMax"] = RetriesMax.ToString(CultureInfo.InvariantCulture),
            ["Alchemy:RetryDelay"] = "00:00:00.02",
            ["Chains:0:Id"] = Id.ToString(),
            ["Chains:0:Name"] = "test",
            ["Chains:0:CurrencySymbol"] = "ETH",
            ["Chains:0:AlchemyNetwork"] = "test",
            ["Chains:0:NotifyNetwork"] = "TEST",
            ["Chains:0:RpcUrl"] = alchemy.RpcUrlOf(Id).ToString(),
            ["Chains:0:Confirmations"] = "1",
            ["Chains:0:BlockSeconds"] = "1",
            ["Chains:0:ReorgDepthMax"] = reorgDepthMax.ToString(CultureInfo.InvariantCulture),
            ["Chains:0:Currencies:0"] = contracts.Weth.ToString(),
            ["Chains:0:Seaport"] = contracts.Seaport.ToString(),
            ["Chains:0:ConduitController"] = contracts.ConduitController.ToString(),
            ["Chains:0:Zone"] = contracts.Zone.ToString(),
            ["Chains:0:PlatformFeeRecipient"] = node.Accounts[5].ToString(),
            ["Chains:0:PlatformFeeBps"] = FeeBps.ToString(CultureInfo.InvariantCulture),
            ["Chains:0:StartBlock"] = contracts.StartBlock.ToString(CultureInfo.InvariantCulture),
        };

    private async Task<Trader> SignInAsync(TokenAudience audience, Role role, CancellationToken cancellationToken)
    {
        TestPerson person = await App.SignInAsync(audience, cancellationToken, role);
        return new Trader(this, person, NewWallet(), audience, [role]);
    }

    private Wallet NewWallet() => new(Node, new PrivateKey(
        Keccak256.HashText($"wallet {Interlocked.Increment(ref _wallets)}").ToArray()));
}
