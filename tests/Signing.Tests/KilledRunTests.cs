namespace Souk.Signing.Tests;

/// <summary>
/// SIGKILL in the middle of sending: nothing that was accepted is lost, nothing that happened is repeated.
/// </summary>
[Collection(SigningCollection.Name)]
public sealed class KilledRunTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task While_the_provider_signs()
    {
        await using SigningProcess process = await SigningProcess.StartAsync(world);
        Queued mint = await world.QueueMintAsync();
        TaskCompletionSource isSigning = new();
        world.Chain.Signer.Signing = async () =>
        {
            world.Chain.Signer.Signing = null;
            await process.KillAsync();
            isSigning.SetResult();
        };

        Task delivery = process.DeliverQueuedAsync(mint.Json);
        await isSigning.Task.WaitAsync(Cancelled);

        await RequireOneEffectAsync(mint, delivery);
    }

    [Fact]
    public async Task Once_the_signature_is_stored() => await KillWhenAsync(async mint =>
        await world.ReadAsync<long>(
            $"SELECT count(*) FROM transaction_attempts WHERE transaction_id = '{mint.Id}'") > 0);

    [Fact]
    public async Task Once_the_node_has_the_octets()
    {
        ulong before = await world.CountAsync();
        await KillWhenAsync(async _ => await world.CountAsync() > before);
    }

    [Fact]
    public async Task Once_a_nonce_is_taken() => await KillWhenAsync(async mint =>
        await world.ReadAsync<long>($"SELECT count(*) FROM transactions WHERE id = '{mint.Id}' AND nonce >= 0") > 0);

    private async Task KillWhenAsync(Func<Queued, Task<bool>> isSeen)
    {
        await using SigningProcess process = await SigningProcess.StartAsync(world);
        Queued mint = await world.QueueMintAsync();

        Task delivery = process.DeliverQueuedAsync(mint.Json);
        while (!await isSeen(mint))
            Cancelled.ThrowIfCancellationRequested();
        await process.KillAsync();

        await RequireOneEffectAsync(mint, delivery);
    }

    private async Task RequireOneEffectAsync(Queued mint, Task delivery)
    {
        // The killed process answers nothing, unless it was done a moment before.
        await delivery.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ulong before = (ulong)await world.ReadAsync<long>("SELECT max(next_nonce) FROM signers");

        // What would be a wait of half a minute: the dead run's leases end.
        await world.SqlAsync("UPDATE leases SET held_until = now()");

        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM transaction_attempts WHERE transaction_id = '{mint.Id}'"));
        Assert.InRange(await world.CountAsync(), before, before + 1);
        Assert.Equal(
            (long)await world.CountAsync(), await world.ReadAsync<long>("SELECT max(next_nonce) FROM signers"));
    }
}
