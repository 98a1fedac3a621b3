using System.Text.Json.Nodes;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class TakeQueuedTransactionTests(SigningWorld world)
{
    [Fact]
    public async Task Sends_and_marks_the_announcement_as_taken()
    {
        Queued mint = await world.QueueMintAsync();
        long before = await world.ReadAsync<long>("SELECT count(*) FROM inbox WHERE consumer = 'signing'");

        Assert.Equal(204, await world.DeliverQueuedAsync(mint.Json));

        Assert.Equal("broadcast", await world.StatusAsync(mint.Id));
        Assert.Equal(before + 1, await world.ReadAsync<long>("SELECT count(*) FROM inbox WHERE consumer = 'signing'"));
    }

    [Fact]
    public async Task Says_poison_of_an_announcement_without_a_wallet() => Assert.Equal(
        422, await world.DeliverAsync("souk.transaction.queued.v1", new JsonObject { ["chainId"] = 1 }));
}
