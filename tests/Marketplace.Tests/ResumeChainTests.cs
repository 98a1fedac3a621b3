using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>A halted chain is followed again on a person's word.</summary>
public sealed class ResumeChainTests(MarketFixture fixture) : MarketTest(fixture), IClassFixture<MarketFixture>
{
    private static string Path => $"/v1/admin/chains/{Market.Id}/resume";

    [Fact]
    public async Task Goes_back_to_a_block_that_both_histories_have()
    {
        Trader owner = await SignInAsync();
        TokenId kept = await MintAsync(owner);
        await FollowBlocksAsync(3);
        long before = (await ChainAsync()).GetProperty("blockNumber").GetInt64();
        TokenId lost = await MintAsync(owner);
        await FollowBlocksAsync(Market.ReorgDepthMax + 1);
        await HaltAsync();
        Assert.NotEqual("", await OwnersOfAsync(lost));

        AssertRefused(400, "invalid_request", await ResumeAsync(before + 1_000), "$.toBlock");
        AssertRefused(409, "conflict", await ResumeAsync(before + 1));
        ApiAnswer resumed = await ResumeAsync(before);
        await Market.App.Broker.DrainAsync(Cancelled);
        await FollowAsync();

        Assert.Equal(200, resumed.Status);
        JsonElement chain = await ChainAsync();
        Assert.Equal(JsonValueKind.Null, chain.GetProperty("haltedReason").ValueKind);
        Assert.Equal(0, chain.GetProperty("lagBlocks").GetInt64());
        Assert.Equal("", await OwnersOfAsync(lost));
        Assert.Equal(owner.Wallet.Address.ToString(), await OwnersOfAsync(kept));
        JsonElement resync = await ResyncAsync((long)Market.Contracts.StartBlock);
        Assert.True(resync.GetProperty("isEqual").GetBoolean(), resync.GetRawText());
    }

    [Fact]
    public async Task Halts_again_where_nothing_has_changed()
    {
        await FollowBlocksAsync(Market.ReorgDepthMax + 4);
        await HaltAsync();

        Assert.Equal(200, (await ResumeAsync(null)).Status);
        await Market.App.Broker.DrainAsync(Cancelled);
        await FollowAsync();

        Assert.NotEqual(JsonValueKind.Null, (await ChainAsync()).GetProperty("haltedReason").ValueKind);
        await ResyncAsync((long)Market.Contracts.StartBlock);
    }

    [Fact]
    public async Task A_resync_from_below_the_fork_ends_a_halt()
    {
        Trader owner = await SignInAsync();
        TokenId kept = await MintAsync(owner);
        await FollowBlocksAsync(5 * Market.ReorgDepthMax);
        TokenId lost = await MintAsync(owner);
        await FollowBlocksAsync(Market.ReorgDepthMax + 1);
        long cursor = (await ChainAsync()).GetProperty("blockNumber").GetInt64();
        await HaltAsync();

        AssertRefused(409, "conflict", await ResumeAsync(cursor - (5 * Market.ReorgDepthMax)));
        JsonElement tooHigh = await ResyncAsync(cursor);
        Assert.Equal("failed", tooHigh.GetProperty("status").GetString());
        JsonElement resync = await ResyncAsync(cursor - Market.ReorgDepthMax - 3);

        Assert.Equal("done", resync.GetProperty("status").GetString());
        Assert.True(resync.GetProperty("wasHalted").GetBoolean());
        Assert.False(resync.GetProperty("isEqual").GetBoolean());
        Assert.Equal("", await OwnersOfAsync(lost));
        Assert.Equal(owner.Wallet.Address.ToString(), await OwnersOfAsync(kept));
        Assert.Equal(JsonValueKind.Null, (await ChainAsync()).GetProperty("haltedReason").ValueKind);

        // The next reorganisation is measured against the headers that came with it.
        await Market.Node.ReorgAsync(Market.ReorgDepthMax, Cancelled);
        await FollowAsync();
        Assert.Equal(Market.ReorgDepthMax, (await ChainAsync()).GetProperty("lastReorgDepth").GetInt32());
        Assert.True((await ResyncAsync((long)Market.Contracts.StartBlock)).GetProperty("isEqual").GetBoolean());
    }

    [Fact]
    public async Task Refuses_a_chain_that_is_not_halted_and_who_may_not()
    {
        await FollowAsync();

        AssertRefused(409, "conflict", await ResumeAsync(null));
        AssertRefused(400, "invalid_request", await ResumeAsync(-1), "$.toBlock");
        AssertRefused(
            422, "chain_unknown",
            await Administrator.PostAsync("/v1/admin/chains/5/resume", new JsonObject(), Cancelled));
        AssertRefused(403, "forbidden", await (await SignInAsync()).PostAsync(Path, new JsonObject(), Cancelled));
    }

    [Fact]
    public async Task Knows_nothing_of_a_chain_that_was_never_followed()
    {
        await using Market fresh = await Market.StartAsync(Market.App.World, Cancelled);
        Trader administrator = await fresh.SignInAdministratorAsync(Cancelled);

        AssertRefused(404, "not_found", await administrator.PostAsync(Path, Ask.Nothing, Cancelled));
    }

    private Task<ApiAnswer> ResumeAsync(long? toBlock) => Administrator.PostAsync(
        Path, toBlock is null ? new JsonObject() : new JsonObject { ["toBlock"] = toBlock }, Cancelled);
}
