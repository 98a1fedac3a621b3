using System.Text.Json;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

[Collection(nameof(TradingMarket))]
public sealed class ListChainsTests(MarketFixture fixture) : MarketTest(fixture)
{
    [Fact]
    public async Task Tells_operators_how_far_each_chain_was_read()
    {
        await FollowAsync();
        ulong head = await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);

        JsonElement chain = await ChainAsync();

        Assert.Equal(head, chain.GetProperty("blockNumber").GetUInt64());
        Assert.Equal(head, chain.GetProperty("head").GetProperty("blockNumber").GetUInt64());
        Assert.Equal((0, 0), (chain.GetProperty("lagBlocks").GetInt64(), chain.GetProperty("lagSeconds").GetInt64()));
        Assert.Equal(JsonValueKind.Null, chain.GetProperty("haltedReason").ValueKind);
        Assert.Equal(0, chain.GetProperty("backfills").GetArrayLength());
        Assert.True(chain.GetProperty("logBlocks").GetInt64() > 0);
    }

    [Fact]
    public async Task Tells_how_far_it_is_behind_a_head_that_it_saw_but_could_not_read()
    {
        await FollowAsync();
        long before = (await ChainAsync()).GetProperty("blockNumber").GetInt64();
        await Market.PassAsync(TimeSpan.FromMinutes(2), Cancelled);
        await MintAsync(await SignInAsync());
        // The head is known, but no node has the logs of the two blocks below it, however often the run asks.
        for (int i = 0; i < 2 * 5; i++) Market.Alchemy.NextRpc("eth_getLogs", -32000, "unknown block");

        await FollowAsync();
        JsonElement chain = await ChainAsync();

        Assert.Equal(before, chain.GetProperty("blockNumber").GetInt64());
        Assert.Equal(2, chain.GetProperty("lagBlocks").GetInt64());
        Assert.True(chain.GetProperty("lagSeconds").GetInt64() >= 120);
        await FollowAsync();
        Assert.Equal(0, (await ChainAsync()).GetProperty("lagBlocks").GetInt64());
    }

    [Fact]
    public async Task Counts_the_blocks_that_only_the_schedule_found()
    {
        await FollowAsync();
        DateTimeOffset hintedAt = (await ChainAsync()).GetProperty("lastWebhookAt").GetDateTimeOffset();
        long gaps = await GapsAsync();
        await MintAsync(await SignInAsync());
        await MintAsync(await SignInAsync());
        await Market.PassAsync(TimeSpan.FromMinutes(1), Cancelled);

        Assert.Equal(204, await Market.FireAsync("reconcile", Cancelled));
        Assert.Equal(gaps + 2, await GapsAsync());
        Assert.Equal(hintedAt, (await ChainAsync()).GetProperty("lastWebhookAt").GetDateTimeOffset());

        await MintAsync(await SignInAsync());
        await FollowAsync();
        Assert.Equal(gaps + 2, await GapsAsync());
        Assert.True(hintedAt < (await ChainAsync()).GetProperty("lastWebhookAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Tells_nobody_else() =>
        AssertRefused(403, "forbidden", await (await SignInAsync()).GetAsync("/v1/admin/chains", Cancelled));

    private async Task<long> GapsAsync() => (await ChainAsync()).GetProperty("gapsHealed").GetInt64();
}
