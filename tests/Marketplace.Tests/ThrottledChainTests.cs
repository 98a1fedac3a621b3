using System.Diagnostics;
using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>A provider that lets only so many calls through.</summary>
public sealed class ThrottledChainTests(MarketFixture fixture) : MarketTest(fixture), IClassFixture<MarketFixture>
{
    private const string Exceeded = "Your app has exceeded its compute units per second capacity.";

    [Fact]
    public async Task Refusals_for_rate_in_every_form_are_waited_out_within_the_run()
    {
        await FollowAsync();
        TokenId token = await MintAsync(await SignInAsync());
        Market.Alchemy.NextRequest(429);
        Market.Alchemy.NextRequest(429, TimeSpan.FromSeconds(1));
        Market.Alchemy.NextRpc("eth_getBlockByNumber", 429, Exceeded);
        Market.Alchemy.NextRpc("eth_getLogs", 429, Exceeded);

        await FollowAsync();

        Assert.Equal(["mint"], await ActivityOfAsync(token));
    }

    [Fact]
    public async Task What_a_provider_refuses_for_longer_than_a_run_is_left_to_the_schedule()
    {
        await FollowAsync();
        TokenId token = await MintAsync(await SignInAsync());
        Market.Alchemy.NextRequest(429, TimeSpan.FromMinutes(1));
        Stopwatch watch = Stopwatch.StartNew();

        await FollowAsync();

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"The run waited {watch.Elapsed} for nothing.");
        Assert.Equal("", await OwnersOfAsync(token));
        // Another instance, as the schedule may well find: it was not told to wait.
        await Market.App.RestartAsync(Cancelled);
        Assert.Equal(204, await Market.FireAsync("reconcile", Cancelled));
        Assert.Equal(["mint"], await ActivityOfAsync(token));
    }

    [Theory]
    [InlineData("query returned more than 10000 results")]
    [InlineData("query timeout exceeded")]
    [InlineData("Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no "
        + "limit on the response size. Based on your parameters, this block range should work: [0x1, 0x14]")]
    public async Task A_range_that_holds_too_much_is_read_in_parts(string text)
    {
        await FollowAsync();
        TokenId first = await MintAsync(await SignInAsync());
        await Market.Node.MineAsync(40, Cancelled);
        TokenId last = await MintAsync(await SignInAsync());
        await Market.Node.MineAsync(10, Cancelled);
        Market.Alchemy.NextRpc("eth_getLogs", -32005, text, 400);

        await FollowAsync();

        Assert.Equal(["mint"], await ActivityOfAsync(first));
        Assert.Equal(["mint"], await ActivityOfAsync(last));
    }
}
