using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Harness.Trading;
using Souk.Local.StandIns;

namespace Souk.Marketplace.Tests;

/// <summary>A plan that reads logs of few blocks at once.</summary>
public sealed class SmallPlan(SharedWorld world) : MarketFixture(world)
{
    internal const int LogBlocksMax = 20;

    protected override MarketOptions Options => new()
    {
        Alchemy = new AlchemyStandInOptions { LogBlocksMax = LogBlocksMax, LogsTellTime = false },
    };
}

public sealed class LearnedRangeTests(SmallPlan fixture) : MarketTest(fixture), IClassFixture<SmallPlan>
{
    [Fact]
    public async Task What_a_node_takes_is_learned_at_its_first_word_and_survives_the_instance()
    {
        TokenId first = await MintAsync(await SignInAsync());
        await Market.Node.MineAsync(5 * SmallPlan.LogBlocksMax, Cancelled);
        await FollowAsync();
        Assert.Equal(1, Market.Alchemy.RangesRefused);
        Assert.Equal(SmallPlan.LogBlocksMax, (await ChainAsync()).GetProperty("logBlocks").GetInt32());

        await Market.App.RestartAsync(Cancelled);
        TokenId second = await MintAsync(await SignInAsync());
        await Market.Node.MineAsync(5 * SmallPlan.LogBlocksMax, Cancelled);
        await FollowAsync();

        Assert.Equal(1, Market.Alchemy.RangesRefused);
        Assert.Equal(0, (await ChainAsync()).GetProperty("lagBlocks").GetInt64());
        Assert.Equal(["mint"], await ActivityOfAsync(first));
        Assert.Equal(["mint"], await ActivityOfAsync(second));
    }
}
