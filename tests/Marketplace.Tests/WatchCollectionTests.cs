using System.Text;
using Souk.Domain.Chain;
using Souk.Local.Broker;
using Souk.Local.Servers;

namespace Souk.Marketplace.Tests;

[Collection(nameof(HookMarket))]
public sealed class WatchCollectionTests(HookMarketFixture fixture) : HookTest(fixture)
{
    private const string Registered = "souk.collection.registered.v1";

    [Fact]
    public async Task A_new_collection_is_watched_and_its_past_is_read_without_a_hint_or_a_schedule()
    {
        ContractArtifacts artifacts = await ContractArtifacts.ReadSeaportAsync(Cancelled);
        Address contract = await ChainDeployment.DeployOneAsync(Market.Node, artifacts.TestErc1155, Cancelled);
        byte[] mint = AbiFunction.Parse("mint(address,uint256,uint256)").Encode(Market.Minter, 1UL, 7UL);
        await Market.SendAsync(Market.Minter, contract, mint, Cancelled);

        await RegisterAsync(contract);

        Assert.Contains(contract.ToLowerHex(), Alchemy.WatchedBy(Collections));
        string path = $"/v1/tokens/{Market.Seaport.ChainId}/{contract}/1";
        Assert.Equal(200, (await Market.App.Anonymous.GetAsync(path, Cancelled)).Status);
    }

    [Fact]
    public async Task Its_past_is_read_though_Alchemy_is_down_and_the_event_comes_again()
    {
        TokenId token = await MintAsync(await SignInAsync());
        string data = $$"""{"chainId":{{Market.Seaport.ChainId}},"contract":"{{Market.Contracts.Collection}}"}""";
        FailEveryTry(() => Alchemy.Next(503, "team-webhooks"));

        Assert.Equal(503, await Market.App.TakeEventAsync(Registered, "/marketplace", data, Cancelled));
        string owners = await OwnersOfAsync(token);
        Assert.Equal(204, await Market.App.TakeEventAsync(Registered, "/marketplace", data, Cancelled));

        Assert.NotEqual("", owners);
        Assert.Contains(Market.Contracts.Collection.ToLowerHex(), Alchemy.WatchedBy(Collections));
    }

    [Fact]
    public async Task A_leader_at_work_looks_again_once_for_an_event_that_comes_twice()
    {
        await FollowAsync();
        CloudEventMessage message = new(
            new Dictionary<string, string>
            {
                ["specversion"] = "1.0",
                ["id"] = Guid.NewGuid().ToString(),
                ["type"] = Registered,
                ["source"] = "/marketplace",
            },
            "application/json",
            Encoding.UTF8.GetBytes(
                $$"""{"chainId":{{Market.Seaport.ChainId}},"contract":"{{Market.Contracts.Collection}}"}"""),
            null);
        long hints = await HintsAsync();

        Assert.Equal(204, await Market.App.TakeEventAsync(message, Cancelled));
        Assert.Equal(204, await Market.App.TakeEventAsync(message, Cancelled));

        Assert.Equal(hints + 1, await HintsAsync());
    }

    [Theory]
    [InlineData("""{"chainId":5,"contract":"0x0000000000000000000000000000000000000001"}""")]
    [InlineData("""{"chainId":31337,"contract":"0x01"}""")]
    [InlineData("""{"chainId":31337}""")]
    public async Task One_that_can_never_be_served_is_poison(string data) =>
        Assert.Equal(422, await Market.App.TakeEventAsync(Registered, "/marketplace", data, Cancelled));

    private Task<long> HintsAsync() =>
        Market.App.Database.FindAsync<long>("SELECT hints FROM chain_cursors", Cancelled);
}
