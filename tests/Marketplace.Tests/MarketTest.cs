using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Harness;
using Souk.Harness.Trading;
using Souk.Local.Servers;

namespace Souk.Marketplace.Tests;

/// <summary>What the tests of a class with a market of its own share: people, tokens, listings, and time.</summary>
public abstract class MarketTest(MarketFixture fixture)
{
    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected Market Market => fixture.Market;

    protected Trader Administrator => fixture.Administrator;

    protected string AdminConnectionString => fixture.AdminConnectionString;

    protected Task<Trader> SignInAsync() => Market.SignInAsync(Cancelled);

    protected Task<TokenId> MintAsync(Trader to) => Market.MintAsync(to.Wallet.Address, Cancelled);

    /// <summary>The administrator registers a collection.</summary>
    protected Task<ApiAnswer> RegisterAsync(Address contract) =>
        Market.RegisterAsync(Administrator, contract, Cancelled);

    /// <summary>The trader lets the marketplace move their tokens of the demo collection.</summary>
    protected async Task ApproveAsync(Trader trader, bool isApproved = true)
    {
        byte[] data = TokenCalls.SetApprovalForAll(Market.Contracts.Seaport, isApproved);
        Assert.True((await trader.Wallet.SendAsync(Market.Contracts.Collection, data, Cancelled)).IsSuccess);
    }

    /// <summary>Gives a token away, outside any market.</summary>
    protected async Task GiveAsync(Trader from, Address to, TokenId token)
    {
        byte[] data = AbiFunction.Parse("transferFrom(address,address,uint256)").Encode(
            from.Wallet.Address, to, token.Value);
        Assert.True((await from.Wallet.SendAsync(Market.Contracts.Collection, data, Cancelled)).IsSuccess);
    }

    /// <summary>The seller's wallet has a token, prepares it for sale and signs; not submitted yet.</summary>
    protected Task<JsonObject> PrepareAsync(Trader seller, TokenId token, Wei? price = null) =>
        PrepareAsync(seller, Ask.Listing(Market, seller.Wallet.Address, token, price));

    /// <summary>The seller prepares what the request says and signs; not submitted yet.</summary>
    protected static async Task<JsonObject> PrepareAsync(Trader seller, JsonObject request, Wallet? signer = null)
    {
        ApiAnswer prepared = await seller.PostAsync("/v1/listings/prepare", request, Cancelled);
        Assert.Equal(200, prepared.Status);
        return Ask.Submission(
            prepared.Json.GetProperty("order"),
            (signer ?? seller.Wallet).Sign(prepared.Json.GetProperty("typedData")));
    }

    /// <summary>Submits a signed order; it must be taken.</summary>
    protected static async Task<Listed> SubmitAsync(Trader seller, TokenId token, JsonObject submission)
    {
        ApiAnswer listed = await seller.PostAsync("/v1/listings", submission, Cancelled);
        Assert.Equal(201, listed.Status);
        return new Listed(listed.Json.GetProperty("id").GetGuid(), token, submission);
    }

    /// <summary>A new token of the seller's for sale.</summary>
    protected async Task<Listed> ListAsync(Trader seller, Wei? price = null)
    {
        TokenId token = await MintAsync(seller);
        await ApproveAsync(seller);
        return await ListAsync(seller, token, price);
    }

    /// <summary>This token of the seller's for sale.</summary>
    protected async Task<Listed> ListAsync(Trader seller, TokenId token, Wei? price = null) =>
        await SubmitAsync(seller, token, await PrepareAsync(seller, token, price));

    /// <summary>A registered collection of whose token 1 the seller has units, which the market may move.</summary>
    protected async Task<Address> AddUnitsAsync(Trader seller, ulong units)
    {
        ContractArtifacts artifacts = await ContractArtifacts.ReadSeaportAsync(Cancelled);
        Address contract = await ChainDeployment.DeployOneAsync(Market.Node, artifacts.TestErc1155, Cancelled);
        Assert.Equal(201, (await RegisterAsync(contract)).Status);
        byte[] mint = AbiFunction.Parse("mint(address,uint256,uint256)").Encode(seller.Wallet.Address, 1UL, units);
        await seller.Wallet.SendAsync(contract, mint, Cancelled);
        await seller.Wallet.SendAsync(
            contract, TokenCalls.SetApprovalForAll(Market.Contracts.Seaport, isApproved: true), Cancelled);
        await FollowAsync();
        return contract;
    }

    /// <summary>So many units of token 1 for sale, whole.</summary>
    protected async Task<Listed> ListUnitsAsync(Trader seller, Address contract, int quantity)
    {
        TokenId token = new(1);
        JsonObject request = Ask.Listing(Market, seller.Wallet.Address, token);
        request["contract"] = contract.ToString();
        request["quantity"] = quantity.ToString(CultureInfo.InvariantCulture);
        return await SubmitAsync(seller, token, await PrepareAsync(seller, request));
    }

    /// <summary>A new token of the seller's for sale until then.</summary>
    protected async Task<Listed> ListUntilAsync(Trader seller, DateTimeOffset endsAt)
    {
        TokenId token = await MintAsync(seller);
        await ApproveAsync(seller);
        JsonObject request = Ask.Listing(Market, seller.Wallet.Address, token);
        request["endsAt"] = Ask.Instant(endsAt);
        return await SubmitAsync(seller, token, await PrepareAsync(seller, request));
    }

    protected static Task<ApiAnswer> CancelAsync(Trader seller, Listed listed) =>
        seller.PostAsync($"/v1/listings/{listed.Id}/cancel", Ask.Nothing, Cancelled);

    protected static Task<ApiAnswer> ConfirmAsync(Trader seller, Listed listed) =>
        seller.PostAsync($"/v1/listings/{listed.Id}/confirm", Ask.Nothing, Cancelled);

    /// <summary>A purchase of the listing, held for the buyer.</summary>
    protected static async Task<JsonElement> HoldAsync(Trader buyer, Listed listed)
    {
        ApiAnswer held = await buyer.BuyAsync(listed.Id, Cancelled);
        Assert.Equal(201, held.Status);
        return held.Json;
    }

    protected async Task<JsonElement> ReadListingAsync(Listed listed) =>
        (await Market.App.Anonymous.GetAsync($"/v1/listings/{listed.Id}", Cancelled)).Json;

    /// <summary>Where the listing stands, and why: <c>active</c>, or <c>filled sold</c>.</summary>
    protected async Task<string> StatusOfAsync(Listed listed) => StatusOf(await ReadListingAsync(listed));

    /// <summary>Where the buyer's purchase stands, and why.</summary>
    protected static async Task<string> StatusOfAsync(Trader buyer, JsonElement purchase) =>
        StatusOf((await buyer.GetAsync($"/v1/purchases/{purchase.GetProperty("id")}", Cancelled)).Json);

    protected static string StatusOf(JsonElement view) =>
        $"{view.GetProperty("status")} {view.GetProperty("reason")}".TrimEnd();

    /// <summary>The chain is followed up to its head.</summary>
    protected async Task FollowAsync() => Assert.Equal(204, await Market.HintAsync(Cancelled));

    protected async Task<string> OwnersOfAsync(TokenId token)
    {
        JsonElement answer = (await Market.App.Anonymous.GetAsync(
            $"/v1/tokens/{Market.Seaport.ChainId}/{Market.Contracts.Collection}/{token}", Cancelled)).Json;
        return string.Join(",", answer.GetProperty("owners").EnumerateArray().Select(it => it.GetProperty("owner")));
    }

    /// <summary>What the feed tells of a token, oldest first.</summary>
    protected async Task<string[]> ActivityOfAsync(TokenId token)
    {
        JsonElement answer = (await Market.App.Anonymous.GetAsync(
            $"/v1/activity?chainId={Market.Seaport.ChainId}&contract={Market.Contracts.Collection}&tokenId={token}",
            Cancelled)).Json;
        return [.. answer.GetProperty("activity").EnumerateArray().Select(it => it.GetProperty("kind").GetString()!)
            .Reverse()];
    }

    /// <summary>The next call to the node fails, however often it is tried again.</summary>
    protected void TakeNodeDown()
    {
        for (int attempt = 0; attempt <= Market.RetriesMax; attempt++) Market.Alchemy.NextRequest(503);
    }

    /// <summary>How an operator sees the chain.</summary>
    protected async Task<JsonElement> ChainAsync() =>
        (await Administrator.GetAsync("/v1/admin/chains", Cancelled)).Json.GetProperty("chains")[0];

    /// <summary>Replaces so many followed blocks that no run may undo them, and lets a run see it.</summary>
    protected async Task HaltAsync()
    {
        await Market.Node.ReorgAsync(Market.ReorgDepthMax + 2, Cancelled);
        await FollowAsync();
        Assert.NotEqual(JsonValueKind.Null, (await ChainAsync()).GetProperty("haltedReason").ValueKind);
    }

    /// <summary>Mines blocks and follows the chain to each, one at a time.</summary>
    protected async Task FollowBlocksAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await Market.Node.MineAsync(1, Cancelled);
            await FollowAsync();
        }
    }

    /// <summary>An operator asks for a resync; answers it as it stands when nothing moves any more.</summary>
    protected async Task<JsonElement> ResyncAsync(long from)
    {
        ApiAnswer accepted = await Administrator.PostAsync(
            $"/v1/admin/chains/{Market.Id}/resync?from={from}", Ask.Nothing, Cancelled);
        Assert.Equal(202, accepted.Status);
        await Market.App.Broker.DrainAsync(Cancelled);
        await FollowAsync();
        return (await Administrator.GetAsync(accepted.Headers.Location!.ToString(), Cancelled)).Json;
    }

    /// <summary>How many rows of a table there are.</summary>
    protected Task<long> CountAsync(string table) =>
        Market.App.Database.FindAsync<long>($"SELECT count(*) FROM {table}", Cancelled);

    protected static void AssertRefused(int status, string code, ApiAnswer answer, string? field = null)
    {
        Assert.Equal(code, answer.Code);
        Assert.Equal(status, answer.Status);
        if (field is not null) Assert.Equal(field, answer.Json.GetProperty("field").GetString());
    }
}

/// <summary>A listing, its token, and the order and signature that it was submitted with.</summary>
public sealed record Listed(Guid Id, TokenId Token, JsonObject Submission);
