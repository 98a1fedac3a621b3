using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Harness.Trading;
using Souk.Local.Servers;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class RegisterCollectionTests(MarketFixture fixture) : MarketTest(fixture)
{
    private const string Path = "/v1/admin/collections";

    [Fact]
    public async Task Asks_the_contract_what_it_is_and_reads_its_past()
    {
        ContractArtifacts artifacts = await ContractArtifacts.ReadSeaportAsync(Cancelled);
        Address contract = await ChainDeployment.DeployOneAsync(Market.Node, artifacts.TestErc1155, Cancelled);
        await Market.SendAsync(Market.Minter, contract, MintUnits(Market.Minter, 7), Cancelled);
        await FollowAsync();

        ApiAnswer registered = await RegisterAsync(contract);
        JsonElement token = (await Market.App.Anonymous.GetAsync(
            $"/v1/tokens/{Market.Seaport.ChainId}/{contract}/1", Cancelled)).Json;

        Assert.Equal("erc1155", registered.Json.GetProperty("standard").GetString());
        Assert.Equal("7", token.GetProperty("owners")[0].GetProperty("quantity").GetString());
    }

    [Fact]
    public async Task Refuses_a_bad_name_a_foreign_chain_what_is_no_collection_and_one_that_is_registered()
    {
        JsonObject nameless = Ask.Collection(Market, Market.Contracts.Collection);
        nameless["name"] = "";
        JsonObject foreign = Ask.Collection(Market, Market.Contracts.Collection);
        foreign["chainId"] = 5;

        AssertRefused(400, "invalid_request", await Administrator.PostAsync(Path, nameless, Cancelled), "$.name");
        AssertRefused(422, "chain_unknown", await Administrator.PostAsync(Path, foreign, Cancelled));
        AssertRefused(400, "invalid_request", await RegisterAsync(Administrator.Wallet.Address), "$.contract");
        AssertRefused(400, "invalid_request", await RegisterAsync(Market.Contracts.Seaport), "$.contract");
        AssertRefused(409, "conflict", await RegisterAsync(Market.Contracts.Collection));
    }

    [Fact]
    public async Task Answers_only_administrators_at_their_own_door()
    {
        Trader trader = await SignInAsync();

        AssertRefused(403, "forbidden", await trader.PostAsync(
            Path, Ask.Collection(Market, Market.Contracts.Collection), Cancelled));
    }

    [Fact]
    public async Task Is_in_the_audit_log() =>
        Assert.True(await Market.App.Database.FindAsync<bool>(
            "SELECT count(*) > 0 FROM audit WHERE action = 'collection.register'", Cancelled));

    private static byte[] MintUnits(Address to, ulong units) =>
        AbiFunction.Parse("mint(address,uint256,uint256)").Encode(to, 1UL, units);
}
