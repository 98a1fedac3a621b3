using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Local.Demo;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Local.Supervision;

namespace Souk.Simulation;

/// <summary>The people of the simulation, their tokens and what they put up for sale.</summary>
public sealed class Traders(LocalPlatform platform, ApiClient api)
{
    /// <summary>How many different tokens the collection of many units has.</summary>
    public const ulong UnitTokens = 3;

    private const int CollectionOwnerIndex = 7;
    private const int UnitsEach = 100;

    /// <summary>Blocks after the opening, so that no reorganisation of the simulation reaches it.</summary>
    private const int SafeBlocks = 12;

    private static readonly AbiFunction MintUnits = AbiFunction.Parse("mint(address,uint256,uint256)");
    private static readonly TimeSpan SignInAgeMax = TimeSpan.FromMinutes(5);

    private readonly List<TokenId> _tokens = [];
    private DateTimeOffset _signedInAt;

    /// <summary>The chain they trade on.</summary>
    public WorldChain Chain => platform.World.Chains[0];

    /// <summary>Everyone; each may sell and buy.</summary>
    public IReadOnlyList<Person> All { get; private set; } = [];

    /// <summary>Every token of which there is one; a reorganisation may have taken it.</summary>
    public IReadOnlyList<TokenId> Tokens => _tokens;

    /// <summary>The collection whose tokens have many units.</summary>
    public Address Units { get; private set; }

    /// <summary>Every listing that was ever made, with its seller.</summary>
    public List<(string Id, Person Seller)> Listings { get; } = [];

    /// <summary>Whoever administers, signed in.</summary>
    public Person Administrator { get; } = new(WorldSettings.Administrators[0], api, platform.World);

    /// <summary>Signs everyone in, registers the collections and hands out the tokens.</summary>
    public async Task OpenAsync(int traders, int tokens, CancellationToken cancellationToken)
    {
        All = [.. Enumerable.Range(0, traders).Select(number => new Person($"trader-{number}", api, platform.World))];
        ContractArtifacts artifacts = await ContractArtifacts.ReadSeaportAsync(cancellationToken);
        Units = await ChainDeployment.DeployOneAsync(Chain.Node, artifacts.TestErc1155, cancellationToken);
        await SignInAsync(cancellationToken);
        foreach (Person trader in All)
        {
            await trader.LinkWalletAsync(Chain, cancellationToken);
            foreach (Address collection in new[] { Chain.Contracts.Collection, Units })
                await LetSellAsync(trader, collection, isAllowed: true, cancellationToken);
        }

        await new Treasury(platform, Chain, api).OpenAsync(cancellationToken);
        JsonObject units = new()
        {
            ["chainId"] = (long)Chain.Plan.Id.Value, ["contract"] = Units.ToString(), ["name"] = "Units",
        };
        ApiAnswer registered = await Administrator.PostAsync(
            "marketplace", "/v1/admin/collections", units, cancellationToken);
        registered.Required();
        for (int i = 0; i < tokens; i++) await MintAsync(All[i % All.Count], cancellationToken);
        foreach (Person trader in All)
        {
            for (ulong token = 1; token <= UnitTokens; token++)
            {
                byte[] mint = MintUnits.Encode(trader.Wallet, token, (ulong)UnitsEach);
                await trader.SendAsync(Chain, Units, mint, Wei.Zero, cancellationToken);
            }
        }

        await Chain.Node.MineAsync(SafeBlocks, cancellationToken);
    }

    /// <summary>Signs everyone in again before their tokens end.</summary>
    public async Task StaySignedInAsync(CancellationToken cancellationToken)
    {
        if (DateTimeOffset.UtcNow - _signedInAt > SignInAgeMax) await SignInAsync(cancellationToken);
    }

    /// <summary>Who owns a token on the chain; null when there is none (any more).</summary>
    public async Task<Person?> FindOwnerAsync(TokenId token, CancellationToken cancellationToken)
    {
        try
        {
            Address owner = await new Books(platform.World, Chain).OwnerAsync(token, cancellationToken);
            return All.FirstOrDefault(trader => trader.Wallet == owner);
        }
        catch (RpcErrorException)
        {
            return null;
        }
    }

    /// <summary>Mints the next token of the demo collection.</summary>
    public async Task<TokenId> MintAsync(Person to, CancellationToken cancellationToken)
    {
        TokenId token = new((ulong)_tokens.Count + 1);
        JsonObject mint = new()
        {
            ["from"] = Chain.Node.Accounts[CollectionOwnerIndex].ToString(),
            ["to"] = Chain.Contracts.Collection.ToString(),
            ["data"] = Hex.Encode(TokenCalls.Mint(to.Wallet, token)),
        };
        JsonElement hash = await Chain.Node.Rpc.SendAsync("eth_sendTransaction", [mint], cancellationToken);
        await Chain.Node.Rpc.WaitForReceiptAsync(TransactionHash.Parse(hash.GetString()!), cancellationToken);
        _tokens.Add(token);
        return token;
    }

    /// <summary>Lets Seaport move all of a trader's tokens of a collection, or no longer.</summary>
    public Task LetSellAsync(
        Person trader, Address collection, bool isAllowed, CancellationToken cancellationToken) =>
        trader.SendAsync(
            Chain,
            collection,
            TokenCalls.SetApprovalForAll(Chain.Contracts.Seaport, isAllowed),
            Wei.Zero,
            cancellationToken);

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        foreach (Person trader in All) await trader.SignInAsync("user", cancellationToken);
        await Administrator.SignInAsync("admin", cancellationToken);
        _signedInAt = DateTimeOffset.UtcNow;
    }
}
