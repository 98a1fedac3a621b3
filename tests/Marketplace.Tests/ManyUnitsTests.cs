using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Harness.Trading;
using Souk.Local.Servers;

namespace Souk.Marketplace.Tests;

/// <summary>Tokens of which there are many units (ERC-1155).</summary>
[Collection(nameof(TradingMarket))]
public sealed class ManyUnitsTests(MarketFixture fixture) : MarketTest(fixture)
{
    private static readonly TokenId Token = new(1);

    [Fact]
    public async Task Lots_of_one_token_sell_until_too_few_units_are_left()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Address contract = await AddCollectionAsync(seller, units: 10);
        Listed first = await ListUnitsAsync(seller, contract, 4);
        Listed second = await ListUnitsAsync(seller, contract, 4);
        Listed third = await ListUnitsAsync(seller, contract, 4);

        Assert.True((await buyer.SendStepAsync(await HoldAsync(buyer, first), Cancelled)).IsSuccess);
        await FollowAsync();
        Assert.Equal("filled sold", await StatusOfAsync(first));
        Assert.Equal("active", await StatusOfAsync(second));

        Assert.True((await buyer.SendStepAsync(await HoldAsync(buyer, second), Cancelled)).IsSuccess);
        await FollowAsync();
        Assert.Equal("inactive token_moved", await StatusOfAsync(third));
        Assert.Equal(["8", "2"], await QuantitiesAsync(contract));
    }

    [Fact]
    public async Task An_authorization_lets_one_lot_pass_and_no_second()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Address contract = await AddCollectionAsync(seller, units: 10);
        JsonElement purchase = await HoldAsync(buyer, await ListUnitsAsync(seller, contract, 4));

        Assert.True((await buyer.SendStepAsync(purchase, Cancelled)).IsSuccess);
        Assert.False((await buyer.SendStepAsync(purchase, Cancelled)).IsSuccess);
    }

    private async Task<Address> AddCollectionAsync(Trader seller, ulong units)
    {
        ContractArtifacts artifacts = await ContractArtifacts.ReadSeaportAsync(Cancelled);
        Address contract = await ChainDeployment.DeployOneAsync(Market.Node, artifacts.TestErc1155, Cancelled);
        await RegisterAsync(contract);
        byte[] mint = AbiFunction.Parse("mint(address,uint256,uint256)").Encode(seller.Wallet.Address, 1UL, units);
        await seller.Wallet.SendAsync(contract, mint, Cancelled);
        await seller.Wallet.SendAsync(
            contract, TokenCalls.SetApprovalForAll(Market.Contracts.Seaport, isApproved: true), Cancelled);
        await FollowAsync();
        return contract;
    }

    private async Task<Listed> ListUnitsAsync(Trader seller, Address contract, int quantity)
    {
        JsonObject request = Ask.Listing(Market, seller.Wallet.Address, Token);
        request["contract"] = contract.ToString();
        request["quantity"] = quantity.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return await SubmitAsync(seller, Token, await PrepareAsync(seller, request));
    }

    private async Task<string[]> QuantitiesAsync(Address contract)
    {
        JsonElement token = (await Market.App.Anonymous.GetAsync(
            $"/v1/tokens/{Market.Seaport.ChainId}/{contract}/{Token}", Cancelled)).Json;
        return [.. token.GetProperty("owners").EnumerateArray().Select(it => it.GetProperty("quantity").GetString()!)];
    }
}
