using System.Text.Json;
using Souk.Harness;
using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

/// <summary>What the chain says of a transaction, however it changes its mind.</summary>
[Collection(SigningCollection.Name)]
public sealed class ConfirmTransactionsTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Is_final_only_once_deep_enough()
    {
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.MineAsync(1, Cancelled);

        await world.DeliverHintAsync();
        string before = await world.StatusAsync(mint.Id);
        await world.Node.MineAsync(2, Cancelled);
        await world.DeliverHintAsync();

        Assert.Equal(("mined", "final"), (before, await world.StatusAsync(mint.Id)));
    }

    [Fact]
    public async Task Goes_back_to_broadcast_when_its_block_leaves_the_chain_and_is_mined_again()
    {
        await world.Node.MineAsync(3, Cancelled);
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.MineAsync(1, Cancelled);
        await world.DeliverHintAsync();
        Assert.Equal("mined", await world.StatusAsync(mint.Id));

        await world.Node.ReorgAsync(2, Cancelled);
        Assert.Null(await world.OwnerAsync(mint.Token));
        await world.DeliverHintAsync();

        Assert.Equal("final", await world.FinishAsync(mint.Id));
        string[] moves = await world.MovesAsync(mint.Id);
        Assert.Equal(
            ["queued", "allocated", "signed", "broadcast", "mined", "broadcast", "mined", "final"], moves);
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM transaction_attempts WHERE transaction_id = '{mint.Id}'"));
    }

    [Fact]
    public async Task Says_reverted_when_the_contract_undid_it()
    {
        Queued first = await world.QueueMintAsync();
        ApiAnswer twin = await world.PostAsync(
            world.Operator, "/v1/transactions", world.Mint(first.To, first.Token));

        await world.DeliverQueuedAsync(first.Json);

        Assert.Equal("final", await world.FinishAsync(first.Id));
        Assert.Equal("reverted", await world.FinishAsync(twin.Text("id")));
        JsonElement shown = (await world.ShowAsync(twin.Text("id"))).GetProperty("transaction");
        Assert.Equal("execution_reverted", shown.GetProperty("reason").GetString());
        Assert.Equal(1L, await world.ReadAsync<long>($"""
            SELECT count(*) FROM outbox
            WHERE type = 'souk.transaction.failed.v1' AND data->>'transactionId' = '{twin.Text("id")}'
            """));
    }

    [Fact]
    public async Task Sends_with_another_nonce_what_a_foreign_transaction_has_shut_out_for_good()
    {
        Queued mint = await world.QueueMintAsync();
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutBeforeEffect);
        await world.DeliverQueuedAsync(mint.Json);
        await world.SendOutsideAsync();

        await world.DeliverHintAsync();
        string soon = await world.StatusAsync(mint.Id);
        await world.Node.MineAsync(3, Cancelled);
        await world.DeliverHintAsync();

        Assert.Equal("unknown", soon);
        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(
            [
                "queued", "allocated", "signed", "unknown",
                "queued", "allocated", "signed", "broadcast", "mined", "final",
            ],
            await world.MovesAsync(mint.Id));
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
    }

    [Fact]
    public async Task Gives_what_a_node_forgot_to_it_again()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.Rpc.SendAsync("anvil_dropAllTransactions", [], Cancelled);

        await world.TickAsync();
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        Assert.Equal("final", await world.FinishAsync(mint.Id));
    }

    [Fact]
    public async Task Waits_while_the_node_does_not_answer()
    {
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        world.World.Alchemy.NextRpc("eth_getTransactionReceipt", StandInFault.TimeOutBeforeEffect);

        int status = await world.DeliverHintAsync();

        Assert.Equal(503, status);
        Assert.Equal("broadcast", await world.StatusAsync(mint.Id));
        Assert.Equal("final", await world.FinishAsync(mint.Id));
    }
}
