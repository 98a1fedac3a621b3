using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>A pool of nodes that do not all know the same: what stands is not undone, and nothing is skipped.</summary>
public sealed class StaleHeadTests(MarketFixture fixture) : MarketTest(fixture), IClassFixture<MarketFixture>
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_node_behind_the_cursor_undoes_nothing_and_what_is_new_comes_later(int behind)
    {
        TokenId old = await MintAsync(await SignInAsync());
        await FollowAsync();
        JsonElement before = await ChainAsync();
        Market.Alchemy.LagBehind(Market.Id, before.GetProperty("blockNumber").GetUInt64() - (ulong)behind);
        TokenId token = await MintAsync(await SignInAsync());

        await FollowAsync();
        Assert.Equal("", await OwnersOfAsync(token));
        Assert.NotEqual("", await OwnersOfAsync(old));
        AssertStands(before, await ChainAsync());

        Market.Alchemy.CatchUp(Market.Id);
        await FollowAsync();
        Assert.NotEqual("", await OwnersOfAsync(token));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_pool_of_which_some_lag_behind_is_followed_without_a_gap(int everyNth)
    {
        await FollowAsync();
        JsonElement before = await ChainAsync();
        Market.Alchemy.LagBehind(Market.Id, before.GetProperty("blockNumber").GetUInt64(), everyNth);
        Trader owner = await SignInAsync();
        List<TokenId> tokens = [];
        for (int i = 0; i < 3; i++)
        {
            tokens.Add(await MintAsync(owner));
            await FollowAsync();
        }

        Market.Alchemy.CatchUp(Market.Id);
        await FollowAsync();

        foreach (TokenId token in tokens) Assert.Equal(["mint"], await ActivityOfAsync(token));
        Assert.Equal(before.GetProperty("reorgs").GetInt64(), (await ChainAsync()).GetProperty("reorgs").GetInt64());
    }

    [Fact]
    public async Task A_block_that_was_just_named_and_is_answered_with_null_is_asked_for_again()
    {
        await FollowAsync();
        TokenId token = await MintAsync(await SignInAsync());
        for (int i = 0; i < 3; i++) Market.Alchemy.NextRpcNull("eth_getBlockByNumber");

        await FollowAsync();

        Assert.Equal(["mint"], await ActivityOfAsync(token));
    }

    [Fact]
    public async Task A_node_that_does_not_know_the_block_of_the_logs_is_asked_again()
    {
        await FollowAsync();
        TokenId token = await MintAsync(await SignInAsync());
        Market.Alchemy.NextRpc("eth_getLogs", -32000, "unknown block");

        await FollowAsync();

        Assert.Equal(["mint"], await ActivityOfAsync(token));
    }

    [Theory]
    [InlineData("removed", "true")]
    [InlineData("blockNumber", "\"0x1\"")]
    [InlineData("blockHash", "\"0x00000000000000000000000000000000000000000000000000000000000000aa\"")]
    public async Task Logs_of_another_block_are_never_applied(string member, string value)
    {
        await FollowAsync();
        TokenId token = await MintAsync(await SignInAsync());
        Market.Alchemy.NextRpc("eth_getLogs", answer =>
        {
            foreach (JsonNode? log in answer["result"]!.AsArray()) log![member] = JsonNode.Parse(value);
        });

        await FollowAsync();

        Assert.Equal(["mint"], await ActivityOfAsync(token));
        Assert.Equal(1, await Market.App.Database.FindAsync<long>(
            "SELECT count(*) FROM token_transfers WHERE token_id = $1::text::numeric", Cancelled, token.ToString()));
    }

    [Fact]
    public async Task A_node_that_tells_another_history_once_undoes_nothing()
    {
        TokenId token = await MintAsync(await SignInAsync());
        await FollowBlocksAsync(3);
        JsonElement before = await ChainAsync();
        // The second header of a look is the cursor's own.
        string other = $"0x{new string('b', 64)}";
        Market.Alchemy.NextRpc("eth_getBlockByNumber", _ => { });
        Market.Alchemy.NextRpc("eth_getBlockByNumber", answer => answer["result"]!["hash"] = other);

        await FollowAsync();

        AssertStands(before, await ChainAsync());
        Assert.NotEqual("", await OwnersOfAsync(token));
    }

    private static void AssertStands(JsonElement before, JsonElement after)
    {
        Assert.Equal(before.GetProperty("blockNumber").GetInt64(), after.GetProperty("blockNumber").GetInt64());
        Assert.Equal(before.GetProperty("reorgs").GetInt64(), after.GetProperty("reorgs").GetInt64());
        Assert.Equal(JsonValueKind.Null, after.GetProperty("haltedReason").ValueKind);
    }
}
