using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

/// <summary>
/// A node that says what is not so: the books are the chain's all the same, and nothing happens twice.
/// </summary>
[Collection(SigningCollection.Name)]
public sealed class LyingNodeTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private AlchemyStandIn Alchemy => world.World.Alchemy;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public async ValueTask DisposeAsync() => await world.Node.SetIntervalMiningAsync(null, Cancelled);

    [Theory]
    [InlineData("internal error")]
    [InlineData("nonce too low")]
    [InlineData("insufficient funds for gas * price + value")]
    [InlineData("transaction underpriced")]
    [InlineData("replacement transaction underpriced")]
    [InlineData("txpool is full")]
    [InlineData("nonce too high")]
    [InlineData("already known")]
    [InlineData("something that no node ever said")]
    public async Task Takes_a_transaction_and_answers_an_error(string error)
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        Alchemy.NextRpcLie("eth_sendRawTransaction", -32000, error);

        await world.DeliverQueuedAsync(mint.Json);

        await RequireOneEffectAsync(mint, before);
    }

    [Fact]
    public async Task Takes_it_and_times_out()
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutAfterEffect);

        await world.DeliverQueuedAsync(mint.Json);

        await RequireOneEffectAsync(mint, before);
    }

    [Fact]
    public async Task Forgets_one_of_several_in_its_pool_and_gets_the_same_octets_again()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued[] mints = [await world.QueueMintAsync(), await world.QueueMintAsync(), await world.QueueMintAsync()];
        ulong before = await world.CountAsync();
        await world.DeliverQueuedAsync(mints[0].Json);
        JsonElement forgotten = (await world.ShowAsync(mints[1].Id)).GetProperty("transaction");
        await world.Node.Rpc.SendAsync(
            "anvil_dropTransaction", [forgotten.GetProperty("transactionHash").GetString()], Cancelled);

        await world.TickAsync();
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        foreach (Queued mint in mints)
        {
            Assert.Equal("final", await world.FinishAsync(mint.Id));
            Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
            Assert.Single((await world.ShowAsync(mint.Id)).GetProperty("attempts").EnumerateArray());
        }

        Assert.Equal(before + 3, await world.CountAsync());
    }

    [Theory]
    [InlineData("0x0")]
    [InlineData("0x1")]
    public async Task Reports_an_old_nonce(string count)
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        long fillers = await FillersAsync();
        for (int i = 0; i < 3; i++)
            Alchemy.NextRpc("eth_getTransactionCount", answer => answer["result"] = count);

        await world.DeliverQueuedAsync(mint.Json);
        await world.TickAsync();

        await RequireOneEffectAsync(mint, before);
        Assert.Equal(fillers, await FillersAsync());
    }

    [Fact]
    public async Task Reports_a_nonce_that_is_far_too_high_and_the_gap_is_filled()
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        Alchemy.NextRpc(
            "eth_getTransactionCount", answer => answer["result"] = $"0x{before + 5:x}");

        await world.DeliverQueuedAsync(mint.Json);
        await world.AgeAsync();

        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
        Assert.Equal(before + 6, await world.CountAsync());
        Assert.Equal(
            (long)await world.CountAsync(), await world.ReadAsync<long>("SELECT max(next_nonce) FROM signers"));
    }

    [Fact]
    public async Task Hides_a_receipt_for_as_long_as_it_takes_to_be_deep_and_nothing_is_sent_again()
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.MineAsync(6, Cancelled);
        Alchemy.NextRpcNull("eth_getTransactionReceipt");

        await world.DeliverHintAsync();
        string hidden = await world.StatusAsync(mint.Id);

        Assert.Equal("broadcast", hidden);
        await RequireOneEffectAsync(mint, before);
    }

    /// <summary>Found by the storm: by a wrong count the nonce seemed to be used in a block without ours.</summary>
    [Fact]
    public async Task Counts_wrongly_where_the_holder_of_a_nonce_is_looked_for_and_nothing_is_sent_twice()
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.MineAsync(8, Cancelled);
        Alchemy.NextRpcNull("eth_getTransactionReceipt");
        // At the head and at the deep block the truth, and then as if the wallet had sent nothing before that block.
        Alchemy.NextRpc("eth_getTransactionCount", _ => { });
        Alchemy.NextRpc("eth_getTransactionCount", _ => { });
        Alchemy.NextRpc("eth_getTransactionCount", answer => answer["result"] = "0x0");

        await world.DeliverHintAsync();

        Assert.Equal(["queued", "allocated", "signed", "broadcast"], await world.MovesAsync(mint.Id));
        Alchemy.EndRpcFaults();
        await RequireOneEffectAsync(mint, before);
    }

    [Fact]
    public async Task Shows_a_receipt_of_a_block_that_is_not_the_chains()
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        await world.DeliverQueuedAsync(mint.Json);
        Alchemy.NextRpc("eth_getTransactionReceipt", answer =>
            ((JsonObject)answer["result"]!)["blockHash"] = $"0x{new string('9', 64)}");

        await world.DeliverHintAsync();
        string shown = await world.StatusAsync(mint.Id);

        Assert.Equal("broadcast", shown);
        await RequireOneEffectAsync(mint, before);
    }

    [Fact]
    public async Task Undoes_a_block_and_has_the_nonce_used_by_another_in_the_new_history()
    {
        await world.Node.MineAsync(3, Cancelled);
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.MineAsync(1, Cancelled);
        await world.DeliverHintAsync();
        Assert.Equal("mined", await world.StatusAsync(mint.Id));

        await world.Node.ReorgAsync(2, Cancelled);
        await world.SendOutsideAsync();
        await world.DeliverHintAsync();
        string soon = await world.StatusAsync(mint.Id);

        Assert.Equal("broadcast", soon);
        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(
            [
                "queued", "allocated", "signed", "broadcast", "mined", "broadcast",
                "queued", "allocated", "signed", "broadcast", "mined", "final",
            ],
            await world.MovesAsync(mint.Id));
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
        Assert.Equal(["souk.transaction.final.v1"], await world.EndingsAsync(mint.Id));
    }

    private Task<long> FillersAsync() => world.ReadAsync<long>("SELECT count(*) FROM transactions WHERE is_filler");

    private async Task RequireOneEffectAsync(Queued mint, ulong before)
    {
        await world.RestartAsync();
        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
        Assert.Equal(before + 1, await world.CountAsync());
        Assert.Equal(["souk.transaction.final.v1"], await world.EndingsAsync(mint.Id));
    }
}
