using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Local.Demo;
using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Simulation;

/// <summary>The people of the simulation, their tokens and what they put up for sale.</summary>
public sealed class Traders(LocalPlatform platform, ApiClient api)
{
    private const int CollectionOwnerIndex = 7;

    /// <summary>Blocks after the mints, so that no reorganisation of the simulation reaches them.</summary>
    private const int SafeBlocks = 12;

    /// <summary>The chain they trade on.</summary>
    public WorldChain Chain => platform.World.Chains[0];

    /// <summary>Everyone; each may sell and buy.</summary>
    public IReadOnlyList<Person> All { get; private set; } = [];

    /// <summary>Every token there is.</summary>
    public IReadOnlyList<TokenId> Tokens { get; private set; } = [];

    /// <summary>Every listing that was ever made, with its seller.</summary>
    public List<(string Id, Person Seller)> Listings { get; } = [];

    /// <summary>Signs everyone in, registers the collection and hands out the tokens.</summary>
    public async Task OpenAsync(int traders, int tokens, CancellationToken cancellationToken)
    {
        All = [.. Enumerable.Range(0, traders).Select(number => new Person($"trader-{number}", api, platform.World))];
        Tokens = [.. Enumerable.Range(1, tokens).Select(number => new TokenId((ulong)number))];
        Market market = new(platform, Chain);
        foreach (Person trader in All)
        {
            await trader.SignInAsync("user", cancellationToken);
            await trader.LinkWalletAsync(Chain, cancellationToken);
            await market.ApproveAsync(trader, cancellationToken);
        }

        await new Treasury(platform, Chain, api).OpenAsync(cancellationToken);
        for (int i = 0; i < Tokens.Count; i++)
            await MintAsync(All[i % All.Count].Wallet, Tokens[i], cancellationToken);
        await Chain.Node.MineAsync(SafeBlocks, cancellationToken);
    }

    /// <summary>Who owns a token on the chain.</summary>
    public Task<Address> OwnerAsync(TokenId token, CancellationToken cancellationToken) =>
        new Books(platform.World, Chain).OwnerAsync(token, cancellationToken);

    private async Task MintAsync(Address to, TokenId token, CancellationToken cancellationToken)
    {
        JsonObject mint = new()
        {
            ["from"] = Chain.Node.Accounts[CollectionOwnerIndex].ToString(),
            ["to"] = Chain.Contracts.Collection.ToString(),
            ["data"] = Hex.Encode(TokenCalls.Mint(to, token)),
        };
        JsonElement hash = await Chain.Node.Rpc.SendAsync("eth_sendTransaction", [mint], cancellationToken);
        await Chain.Node.Rpc.WaitForReceiptAsync(TransactionHash.Parse(hash.GetString()!), cancellationToken);
    }
}
