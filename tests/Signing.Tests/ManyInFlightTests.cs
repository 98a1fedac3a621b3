using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

/// <summary>
/// Several transactions of one wallet wait for the chain at once, and one that fails does not jam them.
/// </summary>
[Collection(SigningCollection.Name)]
public sealed class ManyInFlightTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public async ValueTask DisposeAsync() => await world.Node.SetIntervalMiningAsync(null, Cancelled);

    [Fact]
    public async Task Sends_no_more_than_the_window_until_the_chain_has_mined_some()
    {
        await world.Node.StopMiningAsync(Cancelled);
        List<Queued> mints = [];
        for (int i = 0; i < SigningWorld.Window + 3; i++)
            mints.Add(await world.QueueMintAsync());

        await world.DeliverQueuedAsync(mints[0].Json);
        long[] before = [await CountAsync("broadcast"), await CountAsync("queued")];
        await world.Node.MineAsync(1, Cancelled);
        await world.DeliverHintAsync();
        long[] after = [await CountAsync("mined"), await CountAsync("broadcast"), await CountAsync("queued")];
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        Assert.Equal([SigningWorld.Window, 3L], before);
        Assert.Equal([SigningWorld.Window, 3L, 0L], after);
        foreach (Queued mint in mints)
            Assert.Equal("final", await world.FinishAsync(mint.Id));
    }

    [Fact]
    public async Task Gives_nonces_in_the_order_of_requests()
    {
        List<Queued> mints = [];
        for (int i = 0; i < 6; i++)
            mints.Add(await world.QueueMintAsync());

        await world.DeliverQueuedAsync(mints[3].Json);

        List<long> nonces = [];
        foreach (Queued mint in mints)
            nonces.Add(await NonceAsync(mint));
        Assert.Equal(Enumerable.Range(0, 6).Select(i => nonces[0] + i), nonces);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_refusal_of_the_provider_jams_none_of_the_others(int refused)
    {
        List<Queued> mints = [];
        for (int i = 0; i < 5; i++)
            mints.Add(await world.QueueMintAsync());
        ulong before = await world.CountAsync();
        world.Chain.Signer.Refuses = reason => reason.Contains(mints[refused].Id, StringComparison.Ordinal);

        await world.DeliverQueuedAsync(mints[0].Json);
        world.Chain.Signer.Refuses = null;

        foreach (Queued mint in mints)
        {
            bool isRefused = mint == mints[refused];
            Assert.Equal(isRefused ? "refused" : "final", await world.FinishAsync(mint.Id));
            Assert.Equal(isRefused ? null : mint.To, await world.OwnerAsync(mint.Token));
        }

        // The highest was given back; any other is filled.
        await world.SettleAsync();
        Assert.Equal(before + (refused == 4 ? 4UL : 5UL), await world.CountAsync());
    }

    [Fact]
    public async Task Gives_back_every_nonce_when_the_provider_refuses_all()
    {
        List<Queued> mints = [];
        for (int i = 0; i < 5; i++)
            mints.Add(await world.QueueMintAsync());
        ulong before = await world.CountAsync();
        world.Chain.Signer.Refuses = _ => true;

        await world.DeliverQueuedAsync(mints[0].Json);
        world.Chain.Signer.Refuses = null;

        foreach (Queued mint in mints)
            Assert.Equal("refused", await world.StatusAsync(mint.Id));
        Assert.Equal((long)before, await world.ReadAsync<long>("SELECT next_nonce FROM signers WHERE chain_id = 1"));
    }

    [Fact]
    public async Task One_that_the_provider_fails_for_alone_is_given_up_once_it_has_held_up_others_for_long()
    {
        Queued poison = await world.QueueMintAsync();
        Queued next = await world.QueueMintAsync();
        world.Chain.Signer.Fails = reason => reason.Contains(poison.Id, StringComparison.Ordinal);
        await world.DeliverQueuedAsync(poison.Json);
        string[] soon = [await world.StatusAsync(poison.Id), await world.StatusAsync(next.Id)];

        await world.AgeAsync();
        await world.TickAsync();
        world.Chain.Signer.Fails = null;

        Assert.Equal(["allocated", "signed"], soon);
        Assert.Equal("refused", await world.StatusAsync(poison.Id));
        Assert.Equal("final", await world.FinishAsync(next.Id));
    }

    [Fact]
    public async Task Goes_on_after_one_whose_answer_was_lost()
    {
        Queued[] mints = [await world.QueueMintAsync(), await world.QueueMintAsync(), await world.QueueMintAsync()];
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutAfterEffect);

        await world.DeliverQueuedAsync(mints[0].Json);

        Assert.Equal("unknown", await world.StatusAsync(mints[0].Id));
        Assert.Equal("broadcast", await world.StatusAsync(mints[2].Id));
        foreach (Queued mint in mints)
            Assert.Equal("final", await world.FinishAsync(mint.Id));
    }

    [Fact]
    public async Task Takes_up_where_a_dead_run_stood_whatever_each_of_the_batch_had_become()
    {
        List<Queued> mints = [];
        for (int i = 0; i < 4; i++)
            mints.Add(await world.QueueMintAsync());
        ulong before = await world.CountAsync();
        await world.BreakAsync("broadcast");
        await world.DeliverQueuedAsync(mints[0].Json);
        await world.MendAsync();
        await world.RestartAsync();

        foreach (Queued mint in mints)
        {
            Assert.Equal("final", await world.FinishAsync(mint.Id));
            Assert.Single((await world.ShowAsync(mint.Id)).GetProperty("attempts").EnumerateArray());
        }

        Assert.Equal(before + 4, await world.CountAsync());
    }

    private Task<long> CountAsync(string status) => world.ReadAsync<long>(
        $"SELECT count(*) FROM transactions WHERE status = '{status}'");

    private async Task<long> NonceAsync(Queued queued) =>
        (await world.ShowAsync(queued.Id)).GetProperty("transaction").GetProperty("nonce").GetInt64();
}
