using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

/// <summary>The pipeline with a fault at each of its steps: nothing is lost, nothing happens twice.</summary>
[Collection(SigningCollection.Name)]
public sealed class SendTransactionsTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Sends_a_transaction_and_follows_it_to_its_end()
    {
        Queued mint = await world.QueueMintAsync();

        Assert.Equal(204, await world.DeliverQueuedAsync(mint.Json));

        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(
            ["queued", "allocated", "signed", "broadcast", "mined", "final"], await world.MovesAsync(mint.Id));
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
    }

    [Fact]
    public async Task Sends_once_however_often_it_is_announced()
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();

        int[] statuses = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.DeliverQueuedAsync(mint.Json)));

        Assert.All(statuses, status => Assert.Equal(204, status));
        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(before + 1, await world.CountAsync());
    }

    [Fact]
    public async Task Gives_each_transaction_its_own_nonce_without_a_gap()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(world.MintRule(to));
        ulong before = await world.CountAsync();
        ApiAnswer[] queued = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.PostAsync(
            world.Operator, "/v1/transactions", world.Mint(to, SigningStory.NewToken()))));

        await Task.WhenAll(queued.Select(it => world.DeliverQueuedAsync(it.Json)));

        List<long> nonces = [];
        foreach (ApiAnswer it in queued)
        {
            Assert.Equal("final", await world.FinishAsync(it.Text("id")));
            JsonElement shown = await world.ShowAsync(it.Text("id"));
            nonces.Add(shown.GetProperty("transaction").GetProperty("nonce").GetInt64());
        }

        Assert.Equal(Enumerable.Range((int)before, 8).Select(nonce => (long)nonce), nonces.Order());
        Assert.Equal(before + 8, await world.CountAsync());
    }

    [Fact]
    public async Task Asks_again_for_a_signature_whose_answer_was_lost()
    {
        Queued mint = await world.QueueMintAsync();
        world.World.MetaKeep.Next(StandInFault.TimeOutAfterEffect, "sign/transaction");

        Assert.Equal(503, await world.DeliverQueuedAsync(mint.Json));
        Assert.Equal("allocated", await world.StatusAsync(mint.Id));
        await world.RestartAsync();
        Assert.Equal(204, await world.DeliverQueuedAsync(mint.Json));

        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(
            ["queued", "allocated", "signed", "broadcast", "mined", "final"], await world.MovesAsync(mint.Id));
    }

    [Fact]
    public async Task Leaves_what_the_provider_cannot_sign_now_to_the_schedule()
    {
        Queued mint = await world.QueueMintAsync();
        world.World.MetaKeep.Next(503, "sign/transaction");

        Assert.Equal(503, await world.DeliverQueuedAsync(mint.Json));
        JsonElement waiting = (await world.ShowAsync(mint.Id)).GetProperty("transaction");
        Assert.Equal("upstream_unavailable", waiting.GetProperty("waitsFor").GetString());

        Assert.Equal("final", await world.FinishAsync(mint.Id));
    }

    [Fact]
    public async Task Gives_back_the_nonce_of_what_the_provider_refuses_to_sign()
    {
        Queued refused = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        world.World.MetaKeep.Next(400, "sign/transaction");

        Assert.Equal(204, await world.DeliverQueuedAsync(refused.Json));
        Queued next = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(next.Json);

        JsonElement shown = (await world.ShowAsync(refused.Id)).GetProperty("transaction");
        Assert.Equal("refused", shown.GetProperty("status").GetString());
        Assert.Equal("signing_refused: INVALID_REQUEST", shown.GetProperty("reason").GetString());
        Assert.Equal("final", await world.FinishAsync(next.Id));
        Assert.Equal(before + 1, await world.CountAsync());
    }

    [Fact]
    public async Task Uses_no_signature_of_another_wallet()
    {
        Queued mint = await world.QueueMintAsync();
        world.Chain.Signer.IsImpostor = true;

        Assert.Equal(204, await world.DeliverQueuedAsync(mint.Json));
        JsonElement waiting = (await world.ShowAsync(mint.Id)).GetProperty("transaction");
        world.Chain.Signer.IsImpostor = false;

        Assert.Equal("allocated", waiting.GetProperty("status").GetString());
        Assert.Equal("signer_unavailable", waiting.GetProperty("waitsFor").GetString());
        Assert.Equal("final", await world.FinishAsync(mint.Id));
    }

    [Fact]
    public async Task Says_unknown_when_a_broadcasts_answer_was_lost_and_lets_the_chain_tell()
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutAfterEffect);

        Assert.Equal(204, await world.DeliverQueuedAsync(mint.Json));
        Assert.Equal("unknown", await world.StatusAsync(mint.Id));
        await world.RestartAsync();

        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(before + 1, await world.CountAsync());
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
    }

    [Fact]
    public async Task Broadcasts_the_same_octets_again_when_they_never_arrived()
    {
        Queued mint = await world.QueueMintAsync();
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutBeforeEffect);

        await world.DeliverQueuedAsync(mint.Json);
        Assert.Equal("unknown", await world.StatusAsync(mint.Id));

        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM transaction_attempts WHERE transaction_id = '{mint.Id}'"));
    }

    [Fact]
    public async Task Keeps_the_signature_while_the_node_takes_nothing()
    {
        Queued mint = await world.QueueMintAsync();
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", 429, "Your app has exceeded its capacity.", 429);

        Assert.Equal(503, await world.DeliverQueuedAsync(mint.Json));
        Assert.Equal("signed", await world.StatusAsync(mint.Id));
        await world.RestartAsync();

        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM transaction_attempts WHERE transaction_id = '{mint.Id}'"));
    }

    [Fact]
    public async Task Signs_again_with_a_higher_fee_when_the_first_is_too_low()
    {
        Queued mint = await world.QueueMintAsync();
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", -32000, "transaction underpriced");

        Assert.Equal(204, await world.DeliverQueuedAsync(mint.Json));

        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.True(await world.ReadAsync<bool>($"""
            SELECT count(*) = 2 AND max(fee_per_gas_wei) >= min(fee_per_gas_wei) * 1.1
            FROM transaction_attempts WHERE transaction_id = '{mint.Id}'
            """));
    }

    [Fact]
    public async Task Cancels_what_a_node_refuses_for_good_and_says_why()
    {
        Queued refused = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", -32000, "intrinsic gas too low");

        Assert.Equal(204, await world.DeliverQueuedAsync(refused.Json));

        Assert.Equal("replaced", await world.FinishAsync(refused.Id));
        JsonElement shown = (await world.ShowAsync(refused.Id)).GetProperty("transaction");
        Assert.Equal("broadcast_refused", shown.GetProperty("reason").GetString());
        Assert.Equal(before + 1, await world.CountAsync());
        Assert.Null(await world.OwnerAsync(refused.Token));
    }

    [Fact]
    public async Task Writes_nothing_once_another_run_has_taken_over()
    {
        Queued mint = await world.QueueMintAsync();
        string signer = mint.Json.GetProperty("signerId").GetString()!;
        world.Chain.Signer.Signing = () => world.SqlAsync(
            $"UPDATE leases SET fence = fence + 1, held_until = now() WHERE name = 'signer/{signer}'");

        int status = await world.DeliverQueuedAsync(mint.Json);
        world.Chain.Signer.Signing = null;

        Assert.Equal(503, status);
        Assert.Equal("allocated", await world.StatusAsync(mint.Id));
        Assert.Equal(0L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM transaction_attempts WHERE transaction_id = '{mint.Id}'"));
        Assert.Equal("final", await world.FinishAsync(mint.Id));
    }

    [Fact]
    public async Task Outbids_a_transaction_that_the_chains_price_has_passed()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.Rpc.SendAsync("anvil_setNextBlockBaseFeePerGas", ["0x174876e800"], Cancelled);
        await world.Node.MineAsync(1, Cancelled);
        await world.TickAsync();
        Assert.Equal("broadcast", await world.StatusAsync(mint.Id));

        await world.AgeAsync();
        await world.TickAsync();
        long attempts = await world.ReadAsync<long>(
            $"SELECT count(*) FROM transaction_attempts WHERE transaction_id = '{mint.Id}'");
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        Assert.Equal(2, attempts);
        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
    }

    [Fact]
    public async Task Skips_nonces_that_were_used_outside_of_Souk()
    {
        await world.SendOutsideAsync();
        Queued mint = await world.QueueMintAsync();

        await world.DeliverQueuedAsync(mint.Json);

        Assert.Equal("final", await world.FinishAsync(mint.Id));
    }
}
