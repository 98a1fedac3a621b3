using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>How far back a reorganisation goes is found to the block, whatever was read how.</summary>
public sealed class ReorgDepthTests(MarketFixture fixture) : MarketTest(fixture), IClassFixture<MarketFixture>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(Market.ReorgDepthMax)]
    public async Task The_last_common_block_is_found_though_all_was_read_in_one_run(int depth)
    {
        await FollowAsync();
        TokenId kept = await MintAsync(await SignInAsync());
        await Market.Node.MineAsync(10 * Market.ReorgDepthMax, Cancelled);
        TokenId lost = await MintAsync(await SignInAsync());
        await Market.Node.MineAsync(depth - 1, Cancelled);
        await FollowAsync();
        long head = await BlockAsync();

        await Market.Node.ReorgAsync(depth, Cancelled);
        await FollowAsync();

        JsonElement chain = await ChainAsync();
        Assert.Equal(depth, chain.GetProperty("lastReorgDepth").GetInt32());
        Assert.Equal(head, chain.GetProperty("blockNumber").GetInt64());
        Assert.NotEqual(JsonValueKind.Null, chain.GetProperty("lastReorgAt").ValueKind);
        Assert.Equal("", await OwnersOfAsync(lost));
        Assert.Equal(["mint"], await ActivityOfAsync(kept));
    }

    [Fact]
    public async Task A_follower_that_was_behind_undoes_only_what_it_had_read()
    {
        TokenId kept = await MintAsync(await SignInAsync());
        await Market.Node.MineAsync(2, Cancelled);
        await FollowAsync();
        TokenId unseen = await MintAsync(await SignInAsync());
        await Market.Node.MineAsync(2, Cancelled);

        await Market.Node.ReorgAsync(5, Cancelled);
        TokenId replacing = await MintAsync(await SignInAsync());
        await FollowAsync();

        Assert.Equal(2, (await ChainAsync()).GetProperty("lastReorgDepth").GetInt32());
        Assert.Equal(["mint"], await ActivityOfAsync(kept));
        Assert.Equal("", await OwnersOfAsync(unseen));
        Assert.Equal(["mint"], await ActivityOfAsync(replacing));
    }

    [Theory]
    [InlineData("eth_getBlockByNumber")]
    [InlineData("eth_getLogs")]
    public async Task A_reorganisation_in_the_midst_of_a_read_leaves_nothing_of_the_orphan(string method)
    {
        TokenId kept = await MintAsync(await SignInAsync());
        await Market.Node.MineAsync(1, Cancelled);
        await FollowAsync();
        TokenId lost = await MintAsync(await SignInAsync());
        await Market.Node.MineAsync(2, Cancelled);
        Market.Alchemy.NextRpc(method, () => Market.Node.ReorgAsync(4, Cancelled));

        await FollowAsync();
        await FollowAsync();

        Assert.Equal("", await OwnersOfAsync(lost));
        Assert.Empty(await ActivityOfAsync(lost));
        Assert.Equal(["mint"], await ActivityOfAsync(kept));
        Assert.Equal(await Market.Node.Rpc.GetBlockNumberAsync(Cancelled), (ulong)await BlockAsync());
    }

    [Fact]
    public async Task A_chain_that_became_shorter_is_followed_down()
    {
        TokenId kept = await MintAsync(await SignInAsync());
        await FollowAsync();
        TokenId lost = await MintAsync(await SignInAsync());
        await Market.Node.MineAsync(3, Cancelled);
        await FollowAsync();
        long before = await BlockAsync();

        await Market.Node.Rpc.SendAsync("anvil_rollback", [4], Cancelled);
        await FollowAsync();
        Assert.Equal(before, await BlockAsync());

        await Market.Node.ChangeMinerAsync(Cancelled);
        await Market.Node.MineAsync(1, Cancelled);
        await FollowAsync();

        Assert.Equal(before - 3, await BlockAsync());
        Assert.Equal("", await OwnersOfAsync(lost));
        Assert.Equal(["mint"], await ActivityOfAsync(kept));
        await Market.Node.MineAsync(5, Cancelled);
        await FollowAsync();
        Assert.Equal(before + 2, await BlockAsync());
    }

    [Fact]
    public async Task Each_of_many_reorganisations_in_a_row_is_undone()
    {
        await FollowAsync();
        long reorgs = (await ChainAsync()).GetProperty("reorgs").GetInt64();
        for (int depth = 1; depth <= 4; depth++)
        {
            TokenId lost = await MintAsync(await SignInAsync());
            await Market.Node.MineAsync(depth - 1, Cancelled);
            await FollowAsync();
            await Market.Node.ReorgAsync(depth, Cancelled);
            await FollowAsync();
            Assert.Equal("", await OwnersOfAsync(lost));
        }

        Assert.Equal(reorgs + 4, (await ChainAsync()).GetProperty("reorgs").GetInt64());
        Assert.True((await ResyncAsync((long)Market.Contracts.StartBlock)).GetProperty("isEqual").GetBoolean());
    }

    private async Task<long> BlockAsync() => (await ChainAsync()).GetProperty("blockNumber").GetInt64();
}
