using System.Text.Json.Nodes;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class TakeChainHintTests(SigningWorld world)
{
    [Fact]
    public async Task Looks_for_the_receipts_waited_for()
    {
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.MineAsync(1, TestContext.Current.CancellationToken);

        Assert.Equal(204, await world.DeliverHintAsync());

        Assert.Contains(await world.StatusAsync(mint.Id), new[] { "mined", "final" });
        Assert.True(await world.ReadAsync<bool>("SELECT block_number > 0 FROM signing_heads WHERE chain_id = 1"));
    }

    [Fact]
    public async Task Is_done_at_once_with_a_chain_it_does_not_serve() => Assert.Equal(204, await world.DeliverAsync(
        "souk.chain.hinted.v1", new JsonObject { ["chainId"] = 5, ["blockNumber"] = 1 }));
}
