using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>A chain that names its final blocks two below its head.</summary>
public sealed class QuickFinality(SharedWorld world) : MarketFixture(world)
{
    protected override MarketOptions Options => new() { EpochBlocks = 1 };
}

/// <summary>A chain whose node is not believed about final blocks.</summary>
public sealed class NoFinality(SharedWorld world) : MarketFixture(world)
{
    internal const int Confirmations = 3;

    protected override MarketOptions Options => new()
    {
        EpochBlocks = 1,
        Settings = new Dictionary<string, string?>
        {
            ["Chains:0:FinalityTags"] = "false",
            ["Chains:0:Confirmations"] = "3",
        },
    };
}

public sealed class FinalBlocksTests(QuickFinality fixture) : MarketTest(fixture), IClassFixture<QuickFinality>
{
    [Fact]
    public async Task Tells_the_safe_and_the_final_block_that_the_chain_names()
    {
        await FollowAsync();

        JsonElement head = (await ChainAsync()).GetProperty("head");

        Assert.True(head.GetProperty("hasFinalityTags").GetBoolean());
        long number = head.GetProperty("blockNumber").GetInt64();
        Assert.Equal(number - 1, head.GetProperty("safeBlock").GetInt64());
        Assert.Equal(number - 2, head.GetProperty("finalBlock").GetInt64());
    }

    [Fact]
    public async Task Undoes_down_to_the_final_block_and_halts_below_it_though_within_the_limit()
    {
        TokenId kept = await MintAsync(await SignInAsync());
        await FollowBlocksAsync(4);
        await Market.Node.ReorgAsync(2, Cancelled);
        await FollowAsync();
        Assert.Equal(2, (await ChainAsync()).GetProperty("lastReorgDepth").GetInt32());

        await Market.Node.ReorgAsync(4, Cancelled);
        await FollowAsync();

        string reason = (await ChainAsync()).GetProperty("haltedReason").GetString()!;
        Assert.Contains("was final", reason, StringComparison.Ordinal);
        Assert.NotEqual("", await OwnersOfAsync(kept));
    }
}

public sealed class NoFinalBlocksTests(NoFinality fixture) : MarketTest(fixture), IClassFixture<NoFinality>
{
    [Fact]
    public async Task Counts_confirmations_and_undoes_up_to_the_limit()
    {
        await FollowBlocksAsync(5);
        JsonElement head = (await ChainAsync()).GetProperty("head");
        Assert.False(head.GetProperty("hasFinalityTags").GetBoolean());
        Assert.Equal(JsonValueKind.Null, head.GetProperty("safeBlock").ValueKind);
        Assert.Equal(
            head.GetProperty("blockNumber").GetInt64() - NoFinality.Confirmations + 1,
            head.GetProperty("finalBlock").GetInt64());

        await Market.Node.ReorgAsync(4, Cancelled);
        await FollowAsync();

        JsonElement chain = await ChainAsync();
        Assert.Equal(JsonValueKind.Null, chain.GetProperty("haltedReason").ValueKind);
        Assert.Equal(4, chain.GetProperty("lastReorgDepth").GetInt32());
    }
}
