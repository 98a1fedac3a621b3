using System.Text.Json;
using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

/// <summary>What went wrong elsewhere, each by its name, and does not here.</summary>
[Collection(SigningCollection.Name)]
public sealed class NamedRegressionTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public async ValueTask DisposeAsync() => await world.MendAsync();

    /// <summary>The counter advanced, the transaction was never persisted, and the wallet was jammed.</summary>
    [Fact]
    public async Task OpenZeppelin_relayer_818_no_nonce_is_taken_when_its_transaction_cannot_be_written()
    {
        Queued mint = await world.QueueMintAsync();
        long before = await NextNonceAsync();
        await world.BreakAsync("allocated");

        int status = await world.DeliverQueuedAsync(mint.Json);
        long broken = await NextNonceAsync();
        await world.MendAsync();

        Assert.Equal((503, before, "queued"), (status, broken, await world.StatusAsync(mint.Id)));
        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(before + 1, await NextNonceAsync());
        Assert.Equal(before + 1, (long)await world.CountAsync());
    }

    /// <summary>The broadcast succeeded, the database did not take it, and nobody looked at it again.</summary>
    [Fact]
    public async Task OpenZeppelin_relayer_843_what_was_broadcast_but_not_written_is_recovered_by_the_schedule()
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        await world.BreakAsync("broadcast");

        int status = await world.DeliverQueuedAsync(mint.Json);
        ulong sent = await world.CountAsync();
        string written = await world.StatusAsync(mint.Id);
        await world.RestartAsync();
        await world.MendAsync();

        Assert.Equal((503, before + 1, "signed"), (status, sent, written));
        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(before + 1, await world.CountAsync());
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
        Assert.Equal(1L, await AttemptsAsync(mint));
    }

    /// <summary>The same with a database that fails the recovery too, as often as it is tried.</summary>
    [Theory]
    [InlineData("broadcast", "unknown")]
    [InlineData("mined", "broadcast")]
    [InlineData("final", "mined")]
    public async Task OpenZeppelin_relayer_844_recovery_stays_armed_however_often_it_fails(
        string broken, string alsoBroken)
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        await world.BreakAsync(broken, alsoBroken);
        await world.DeliverQueuedAsync(mint.Json);
        for (int i = 0; i < 3; i++)
        {
            await world.Node.MineAsync(3, Cancelled);
            Assert.Equal(204, await world.TickAsync());
            await world.DeliverQueuedAsync(mint.Json);
        }

        await world.MendAsync();

        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(before + 1, await world.CountAsync());
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
        Assert.Equal(["souk.transaction.final.v1"], await world.EndingsAsync(mint.Id));
    }

    /// <summary>A nonce was given to the next request while the first one's octets could still be mined.</summary>
    [Fact]
    public async Task Thirdweb_engine_no_nonce_is_reused_whose_transaction_may_still_be_mined()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued first = await world.QueueMintAsync();
        world.World.Alchemy.NextRpcLie("eth_sendRawTransaction", -32000, "internal error");
        await world.DeliverQueuedAsync(first.Json);

        // By now the node says that the wallet's nonce is free, and has the octets.
        await world.Node.Rpc.SendAsync("anvil_dropAllTransactions", [], Cancelled);
        Queued second = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(second.Json);
        long[] nonces = [await NonceAsync(first), await NonceAsync(second)];
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        Assert.Equal(nonces[0] + 1, nonces[1]);
        Assert.Equal("final", await world.FinishAsync(first.Id));
        Assert.Equal("final", await world.FinishAsync(second.Id));
        Assert.Equal((first.To, second.To), (
            (await world.OwnerAsync(first.Token))!.Value, (await world.OwnerAsync(second.Token))!.Value));
    }

    /// <summary>Nor one that a node refused for good: it may have lied.</summary>
    [Fact]
    public async Task Thirdweb_engine_no_nonce_is_reused_after_a_refusal_that_was_a_lie()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued first = await world.QueueMintAsync();
        Queued second = await world.QueueMintAsync();
        world.World.Alchemy.NextRpcLie("eth_sendRawTransaction", -32000, "intrinsic gas too low");
        // What would cancel it does not reach the node, which mines what it had all along.
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutBeforeEffect);

        await world.DeliverQueuedAsync(first.Json);
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        string end = await world.FinishAsync(first.Id);
        Assert.Equal("final", await world.FinishAsync(second.Id));
        Assert.NotEqual(await NonceAsync(first), await NonceAsync(second));
        // Either of the two may have been mined; the books say which.
        Assert.Equal(end == "final" ? first.To : null, await world.OwnerAsync(first.Token));
        Assert.Single(await world.EndingsAsync(first.Id));
    }

    private Task<long> NextNonceAsync() => world.ReadAsync<long>("SELECT next_nonce FROM signers WHERE chain_id = 1");

    private Task<long> AttemptsAsync(Queued mint) => world.ReadAsync<long>(
        $"SELECT count(*) FROM transaction_attempts WHERE transaction_id = '{mint.Id}'");

    private async Task<long> NonceAsync(Queued queued)
    {
        JsonElement shown = await world.ShowAsync(queued.Id);
        return shown.GetProperty("transaction").GetProperty("nonce").GetInt64();
    }
}
