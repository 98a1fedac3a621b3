using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Harness.Faults;
using Souk.Local.Demo;
using Souk.Local.Outside;
using Souk.Local.StandIns;
using Souk.Local.Supervision;

namespace Souk.Simulation.Crashes;

/// <summary>A platform of processes that can each be killed at any step, and in which nothing moves unasked.</summary>
/// <remarks>
/// No webhook comes but those that a scenario sends, and no schedule fires by itself: so the steps of a scenario are
/// the same each time. Waits that only lapse, a dead leader's lease and the relay's delay, are lapsed by hand.
/// </remarks>
public sealed class CrashPlatform : IAsyncDisposable
{
    private const int CollectionOwnerIndex = 7;
    private const int PurseIndex = 0;

    private static readonly Wei Price = Wei.Parse("123456789012345678");
    private static readonly AbiFunction TransferFrom = AbiFunction.Parse("transferFrom(address,address,uint256)");

    private readonly Dictionary<string, FunctionGates> _gates = [];
    private readonly ApiClient _api;
    private ulong _tokens;

    private CrashPlatform(LocalPlatform platform, Dictionary<string, FunctionGates> gates)
    {
        Platform = platform;
        _gates = gates;
        _api = new ApiClient(platform.Functions.UrlOf);
        Books = new Books(platform.World, Chain);
        Spine = new Spine(platform, Chain, Books);
        Seller = new Person("seller", _api, platform.World);
        Buyer = new Person("buyer", _api, platform.World);
    }

    /// <summary>The platform.</summary>
    public LocalPlatform Platform { get; }

    /// <summary>Its one chain.</summary>
    public WorldChain Chain => Platform.World.Chains[0];

    /// <summary>Its rows, and the chain's.</summary>
    public Books Books { get; }

    /// <summary>Somebody who has approved Seaport.</summary>
    public Person Seller { get; }

    /// <summary>Somebody with money.</summary>
    public Person Buyer { get; }

    /// <summary>A Marketplace that no crash meets.</summary>
    public TwinMarketplace Twin { get; private set; } = null!;

    /// <summary>Starts it, with gates before these functions.</summary>
    public static async Task<CrashPlatform> StartAsync(
        IReadOnlyCollection<string> gated, CancellationToken cancellationToken)
    {
        WorldOptions options = new()
        {
            Chains = [LocalChain.Ethereum],
            BrokerWaitFactor = 0.1,
            Alchemy = new AlchemyStandInOptions
            {
                PollInterval = TimeSpan.FromDays(1),
                RetryDelays = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(250), 40)],
                FailuresBeforePause = int.MaxValue,
            },
        };
        World world = await World.StartAsync(options, _ => { }, cancellationToken);
        Dictionary<string, FunctionGates> gates = [];
        foreach (string function in gated)
            gates[function] = await FunctionGates.StartAsync(world, cancellationToken);
        FleetOptions fleet = new()
        {
            Mode = FleetMode.Separate,
            SettingsOf = function =>
                gates.TryGetValue(function, out FunctionGates? gate)
                    ? gate.Settings
                    : new Dictionary<string, string?>(),
        };
        CrashPlatform started =
            new(await LocalPlatform.StartAsync(world, fleet, _ => { }, cancellationToken), gates);
        await started.OpenAsync(cancellationToken);
        return started;
    }

    /// <summary>Where a function's steps are counted.</summary>
    public CrashPoint PointOf(string function) => _gates[function].Point;

    /// <summary>One text of the database.</summary>
    public Task<string> ReadAsync(string sql, object parameter, CancellationToken cancellationToken) =>
        Books.ReadAsync(sql, parameter, cancellationToken);

    /// <summary>The newest block.</summary>
    public Task<ulong> HeadAsync(CancellationToken cancellationToken) =>
        Chain.Node.Rpc.GetBlockNumberAsync(cancellationToken);

    /// <summary>Has Alchemy speak of the newest block, again and again until it is answered 200.</summary>
    /// <returns>The event's id at Alchemy.</returns>
    public async Task<string> DeliverAsync(CancellationToken cancellationToken)
    {
        JsonObject news = new()
        {
            ["data"] = new JsonObject
            {
                ["block"] = new JsonObject
                {
                    ["number"] = await HeadAsync(cancellationToken),
                    ["logs"] = new JsonArray(),
                },
            },
        };
        AlchemyStandIn alchemy = Platform.World.Alchemy;
        string id = alchemy.Send(Platform.World.Hooks[$"{Chain.Plan.Name}-orders"], news);
        await alchemy.WaitForDeliveryAsync(
            delivery => delivery.EventId == id && delivery.Status == 200, cancellationToken);
        return id;
    }

    /// <summary>The events between the functions.</summary>
    public Spine Spine { get; }

    /// <summary>A sale of a new token that is held for the buyer, with the chain read to its head.</summary>
    public async Task<Sale> HoldAsync(CancellationToken cancellationToken)
    {
        TokenId token = await MintAsync(cancellationToken);
        Sale sale = new(Platform, Chain, Seller, Buyer, token, Price);
        foreach (string step in new[] { "prepare", "submit", "hold" }) await sale.DoAsync(step, cancellationToken);
        await Spine.RestAsync(cancellationToken);
        return sale;
    }

    /// <summary>Mints the next token to the seller.</summary>
    public async Task<TokenId> MintAsync(CancellationToken cancellationToken)
    {
        TokenId token = new(++_tokens);
        await SendAsync(CollectionOwnerIndex, TokenCalls.Mint(Seller.Wallet, token), cancellationToken);
        return token;
    }

    /// <summary>Mines a movement that has nothing to do with any sale.</summary>
    public async Task MoveAsync(TokenId token, CancellationToken cancellationToken)
    {
        byte[] data = TransferFrom.Encode(Seller.Wallet, Chain.Node.Accounts[PurseIndex], token);
        TransactionHash hash =
            await Seller.SendAsync(Chain, Chain.Contracts.Collection, data, Wei.Zero, cancellationToken);
        await Person.WaitAsync(Chain, hash, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        if (Twin is not null) await Twin.DisposeAsync();
        await Platform.DisposeAsync();
        foreach (FunctionGates gates in _gates.Values) await gates.DisposeAsync();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        foreach (Person person in new[] { Seller, Buyer })
        {
            await person.SignInAsync("user", cancellationToken);
            await person.LinkWalletAsync(Chain, cancellationToken);
        }

        await new Treasury(Platform, Chain, _api).OpenAsync(cancellationToken);
        await new Market(Platform, Chain).ApproveAsync(Seller, cancellationToken);
        await Spine.BeginAsync(cancellationToken);
        Twin = await TwinMarketplace.StartAsync(Platform.World, cancellationToken);
    }

    private async Task SendAsync(int account, byte[] data, CancellationToken cancellationToken)
    {
        JsonObject transaction = new()
        {
            ["from"] = Chain.Node.Accounts[account].ToString(),
            ["to"] = Chain.Contracts.Collection.ToString(),
            ["data"] = Hex.Encode(data),
        };
        JsonElement hash = await Chain.Node.Rpc.SendAsync("eth_sendTransaction", [transaction], cancellationToken);
        await Chain.Node.Rpc.WaitForReceiptAsync(TransactionHash.Parse(hash.GetString()!), cancellationToken);
    }
}
