using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Local.Demo;
using Souk.Local.Outside;
using Souk.Local.Supervision;

namespace Souk.Local.Tests.Story;

/// <summary>
/// A platform whose functions are programs of their own, with a seller, a buyer and any number of tokens.
/// </summary>
public sealed class SalePlatform : IAsyncLifetime
{
    private const int CollectionOwnerIndex = 7;
    private static readonly Wei Price = Wei.Parse("123456789012345678");
    private ulong _tokens;

    internal LocalPlatform Platform { get; private set; } = null!;

    private WorldChain Chain => Platform.World.Chains[0];

    private ApiClient Api { get; set; } = null!;

    private Person Seller { get; set; } = null!;

    private Person Buyer { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        WorldOptions world = new() { Chains = [LocalChain.Ethereum] };
        FleetOptions fleet = new() { Mode = FleetMode.Separate };
        Platform = await LocalPlatform.StartAsync(world, fleet, _ => { }, cancellationToken);
        Api = new ApiClient(Platform.Functions.UrlOf);
        Seller = new Person("seller", Api, Platform.World);
        Buyer = new Person("buyer", Api, Platform.World);
        foreach (Person person in new[] { Seller, Buyer })
        {
            await person.SignInAsync("user", cancellationToken);
            await person.LinkWalletAsync(Chain, cancellationToken);
        }

        await new Treasury(Platform, Chain, Api).OpenAsync(cancellationToken);
        await new Market(Platform, Chain).ApproveAsync(Seller, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Platform.DisposeAsync();
    }

    /// <summary>A sale of a token that was just minted to the seller.</summary>
    internal async Task<Sale> BeginSaleAsync(CancellationToken cancellationToken)
    {
        TokenId token = new(Interlocked.Increment(ref _tokens));
        JsonObject mint = new()
        {
            ["from"] = Chain.Node.Accounts[CollectionOwnerIndex].ToString(),
            ["to"] = Chain.Contracts.Collection.ToString(),
            ["data"] = Hex.Encode(TokenCalls.Mint(Seller.Wallet, token)),
        };
        JsonElement hash = await Chain.Node.Rpc.SendAsync("eth_sendTransaction", [mint], cancellationToken);
        await Chain.Node.Rpc.WaitForReceiptAsync(TransactionHash.Parse(hash.GetString()!), cancellationToken);
        return new Sale(Platform, Chain, Seller, Buyer, token, Price);
    }
}
