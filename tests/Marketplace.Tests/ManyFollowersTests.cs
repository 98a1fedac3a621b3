using System.Globalization;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>Two instances of the function on one database, and many hints for both at once.</summary>
public sealed class ManyFollowersTests(MarketFixture fixture) : MarketTest(fixture), IClassFixture<MarketFixture>
{
    private const int Followers = 8;

    [Fact]
    public async Task Eight_followers_in_two_instances_apply_each_log_once()
    {
        await using FunctionApp<MarketplaceFunction> twin = await Market.StartTwinAsync(Cancelled);
        Trader owner = await SignInAsync();
        List<TokenId> tokens = [];
        for (int i = 0; i < 10; i++) tokens.Add(await MintAsync(owner));
        await Market.SynchronizeAsync(Cancelled);

        int[] answers = await Task.WhenAll(
            Enumerable.Range(0, Followers).Select(index => HintAsync(index % 2 == 0 ? Market.App : twin)));

        Assert.All(answers, answer => Assert.Equal(204, answer));
        foreach (TokenId token in tokens)
        {
            Assert.Equal(["mint"], await ActivityOfAsync(token));
            Assert.Equal(owner.Wallet.Address.ToString(), await OwnersOfAsync(token));
        }

        Assert.Equal(0, (await ChainAsync()).GetProperty("lagBlocks").GetInt64());
    }

    [Fact]
    public async Task No_hint_is_lost_that_comes_while_a_leader_finishes()
    {
        await using FunctionApp<MarketplaceFunction> twin = await Market.StartTwinAsync(Cancelled);
        Trader owner = await SignInAsync();
        await FollowAsync();
        List<Task<int>> answers = [];
        List<TokenId> tokens = [];

        // Each hint speaks of a block that the leader of the one before may or may not have seen when it ends.
        for (int i = 0; i < 3 * Followers; i++)
        {
            tokens.Add(await MintAsync(owner));
            answers.Add(HintAsync(i % 2 == 0 ? Market.App : twin));
        }

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal(204, answer));
        foreach (TokenId token in tokens) Assert.Equal(["mint"], await ActivityOfAsync(token));
        ulong head = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);
        Assert.Equal(head, (await ChainAsync()).GetProperty("blockNumber").GetUInt64());
    }

    [Fact]
    public async Task A_hint_that_found_a_leader_is_followed_by_that_leader()
    {
        await FollowAsync();
        TokenId first = await MintAsync(await SignInAsync());
        TokenId second = default;
        Task<int> hint = Task.FromResult(0);
        Market.Alchemy.NextRpc("eth_getLogs", async () =>
        {
            second = await MintAsync(await SignInAsync());
            hint = HintAsync(Market.App);
            Assert.Equal(204, await hint);
        });

        await FollowAsync();

        Assert.Equal(["mint"], await ActivityOfAsync(first));
        Assert.Equal(["mint"], await ActivityOfAsync(second));
    }

    private async Task<int> HintAsync(FunctionApp<MarketplaceFunction> instance)
    {
        ulong head = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);
        return await instance.TakeEventAsync(
            "souk.chain.hinted.v1",
            "/webhooks",
            string.Create(CultureInfo.InvariantCulture, $$"""{"chainId":{{Market.Id}},"blockNumber":{{head}}}"""),
            Cancelled);
    }
}
