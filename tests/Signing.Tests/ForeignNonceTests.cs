using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

/// <summary>Somebody uses the wallet outside of Souk, at every moment at which that may meet one of ours.</summary>
[Collection(SigningCollection.Name)]
public sealed class ForeignNonceTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public async ValueTask DisposeAsync() => await world.Node.SetIntervalMiningAsync(null, Cancelled);

    [Fact]
    public async Task Takes_the_nonce_while_ours_is_being_signed()
    {
        Queued mint = await world.QueueMintAsync();
        world.Chain.Signer.Signing = async () =>
        {
            world.Chain.Signer.Signing = null;
            await world.SendOutsideAsync();
        };

        await world.DeliverQueuedAsync(mint.Json);

        await RequireEffectAsync(mint);
    }

    [Fact]
    public async Task Takes_the_nonce_of_one_that_no_node_has_seen_which_gets_another_at_once()
    {
        Queued mint = await world.QueueMintAsync();
        world.World.MetaKeep.Next(503, "sign/transaction");
        await world.DeliverQueuedAsync(mint.Json);
        await world.SendOutsideAsync();

        await world.DeliverQueuedAsync(mint.Json);

        Assert.Equal(
            ["queued", "allocated", "queued", "allocated", "signed", "broadcast"], await world.MovesAsync(mint.Id));
        await RequireEffectAsync(mint);
    }

    [Fact]
    public async Task Waits_in_the_pool_with_the_nonce_that_ours_is_given()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued mint = await world.QueueMintAsync();
        await world.WaitOutsideAsync();

        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        await RequireEffectAsync(mint);
    }

    [Fact]
    public async Task Is_undone_with_its_block_and_the_nonce_that_was_skipped_is_filled()
    {
        await world.Node.MineAsync(3, Cancelled);
        await world.SendOutsideAsync();
        await world.Node.StopMiningAsync(Cancelled);
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);

        await world.Node.ReorgAsync(2, Cancelled);
        await world.AgeAsync();
        JsonElement gaps = (await world.GetAsync(
            world.Operator, $"/v1/signers/{mint.Json.GetProperty("signerId").GetString()}")).Json
            .GetProperty("ledger").GetProperty("gaps");
        await world.TickAsync();
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        Assert.Equal(1, gaps.GetArrayLength());
        await RequireEffectAsync(mint);
    }

    [Fact]
    public async Task Takes_the_nonces_of_several_and_each_is_sent_once_with_another()
    {
        Queued[] mints = [await world.QueueMintAsync(), await world.QueueMintAsync(), await world.QueueMintAsync()];
        for (int i = 0; i < 3; i++)
            world.World.Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutBeforeEffect);
        await world.DeliverQueuedAsync(mints[0].Json);
        await world.SendOutsideAsync();
        await world.SendOutsideAsync();

        foreach (Queued mint in mints)
            await RequireEffectAsync(mint);
    }

    [Fact]
    public async Task Is_not_believed_where_the_receipts_of_ours_are_missing_but_their_block_has_them()
    {
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.MineAsync(8, Cancelled);
        for (int i = 0; i < 3; i++)
        {
            world.World.Alchemy.NextRpcNull("eth_getTransactionReceipt");
            await world.DeliverHintAsync();
            Assert.Equal("broadcast", await world.StatusAsync(mint.Id));
        }

        await RequireEffectAsync(mint);
    }

    [Fact]
    public async Task Leaves_one_that_was_to_be_cancelled_cancelled()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued mint = await world.QueueMintAsync();
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutBeforeEffect);
        await world.DeliverQueuedAsync(mint.Json);
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutBeforeEffect);
        await world.PostAsync(
            world.Operator, $"/v1/transactions/{mint.Id}/cancel", new JsonObject { ["reason"] = "Not wanted." });
        await world.DeliverQueuedAsync(mint.Json);

        await world.Node.SetIntervalMiningAsync(null, Cancelled);
        await world.SendOutsideAsync();

        Assert.Equal("replaced", await world.FinishAsync(mint.Id));
        Assert.Null(await world.OwnerAsync(mint.Token));
    }

    private async Task RequireEffectAsync(Queued mint)
    {
        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
        Assert.Equal(["souk.transaction.final.v1"], await world.EndingsAsync(mint.Id));
    }
}
