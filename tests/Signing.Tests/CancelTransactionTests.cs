using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Sessions;
using Souk.Harness;
using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

/// <summary>What an operator can still keep from happening, at each place where a transaction may stand.</summary>
[Collection(SigningCollection.Name)]
public sealed class CancelTransactionTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Refuses_at_once_what_has_no_nonce_yet()
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();

        ApiAnswer answer = await CancelAsync(mint.Id);
        await world.DeliverQueuedAsync(mint.Json);

        Assert.Equal((200, "refused"), (answer.Status, answer.Text("status")));
        Assert.Equal("cancelled: Not wanted.", answer.Text("reason"));
        Assert.Equal(["queued", "refused"], await world.MovesAsync(mint.Id));
        Assert.Equal(before, await world.CountAsync());
        Assert.Equal(["souk.transaction.failed.v1"], await world.EndingsAsync(mint.Id));
    }

    [Fact]
    public async Task Gives_back_the_highest_nonce_while_the_provider_signs_and_uses_no_signature_that_comes_late()
    {
        Queued mint = await world.QueueMintAsync();
        ulong before = await world.CountAsync();
        world.Chain.Signer.Signing = async () =>
        {
            world.Chain.Signer.Signing = null;
            Assert.Equal(200, (await CancelAsync(mint.Id)).Status);
        };

        Assert.Equal(204, await world.DeliverQueuedAsync(mint.Json));

        Assert.Equal(["queued", "allocated", "refused"], await world.MovesAsync(mint.Id));
        Assert.Equal(0L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM transaction_attempts WHERE transaction_id = '{mint.Id}'"));
        Assert.Equal((long)before, await world.ReadAsync<long>("SELECT next_nonce FROM signers WHERE chain_id = 1"));
    }

    [Fact]
    public async Task Fills_the_nonce_of_what_is_cancelled_below_others()
    {
        Queued[] mints = [await world.QueueMintAsync(), await world.QueueMintAsync(), await world.QueueMintAsync()];
        ulong before = await world.CountAsync();
        world.Chain.Signer.Signing = async () =>
        {
            world.Chain.Signer.Signing = null;
            Assert.Equal(200, (await CancelAsync(mints[1].Id)).Status);
        };

        await world.DeliverQueuedAsync(mints[0].Json);

        Assert.Equal("final", await world.FinishAsync(mints[0].Id));
        Assert.Equal("final", await world.FinishAsync(mints[2].Id));
        Assert.Equal("refused", await world.StatusAsync(mints[1].Id));
        Assert.Null(await world.OwnerAsync(mints[1].Token));
        Assert.Equal(before + 3, await world.CountAsync());
    }

    [Fact]
    public async Task Outbids_what_a_node_has_by_a_payment_of_nothing()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);

        ApiAnswer answer = await CancelAsync(mint.Id);
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        Assert.Equal(("broadcast", "cancel"), (answer.Text("status"), answer.Text("wish")));
        Assert.Equal("replaced", await world.FinishAsync(mint.Id));
        JsonElement shown = await world.ShowAsync(mint.Id);
        JsonElement[] attempts = [.. shown.GetProperty("attempts").EnumerateArray()];
        Assert.Equal([false, true], attempts.Select(it => it.GetProperty("isCancel").GetBoolean()));
        Assert.Equal("cancelled: Not wanted.", shown.GetProperty("transaction").GetProperty("reason").GetString());
        Assert.Null(await world.OwnerAsync(mint.Token));
        Assert.Equal(["souk.transaction.failed.v1"], await world.EndingsAsync(mint.Id));
    }

    [Fact]
    public async Task Lets_the_chain_decide_when_it_mines_the_first_all_the_same()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        await CancelAsync(mint.Id);
        await world.Node.MineAsync(1, Cancelled);

        // The node says that the nonce is too low.
        await world.DeliverQueuedAsync(mint.Json);
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
        Assert.Equal(["souk.transaction.final.v1"], await world.EndingsAsync(mint.Id));
    }

    [Fact]
    public async Task Answers_a_repeat_alike_and_refuses_a_second_cancel()
    {
        world.World.Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutBeforeEffect);
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        string key = Guid.NewGuid().ToString();

        ApiAnswer first = await CancelAsync(mint.Id, key);
        ApiAnswer again = await CancelAsync(mint.Id, key);
        ApiAnswer second = await CancelAsync(mint.Id);

        Assert.Equal((200, 200), (first.Status, again.Status));
        Assert.Equal(first.Text("wish"), again.Text("wish"));
        Assert.Equal((409, "conflict"), (second.Status, second.Text("code")));
    }

    [Fact]
    public async Task Refuses_what_is_final_what_is_not_there_and_an_empty_reason()
    {
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        await world.FinishAsync(mint.Id);

        ApiAnswer final = await CancelAsync(mint.Id);
        ApiAnswer absent = await CancelAsync(Guid.NewGuid().ToString());
        ApiAnswer empty = await world.PostAsync(
            world.Operator, $"/v1/transactions/{mint.Id}/cancel", new JsonObject { ["reason"] = "" });

        Assert.Equal((409, "conflict"), (final.Status, final.Text("code")));
        Assert.Equal((404, "not_found"), (absent.Status, absent.Text("code")));
        Assert.Equal((400, "invalid_request"), (empty.Status, empty.Text("code")));
    }

    [Fact]
    public async Task Is_not_for_who_only_approves()
    {
        TestPerson admin = await world.AddPersonAsync(Role.Admin);
        Queued mint = await world.QueueMintAsync();

        ApiAnswer answer = await world.PostAsync(
            admin, $"/v1/transactions/{mint.Id}/cancel", new JsonObject { ["reason"] = "Mine." });

        Assert.Equal(403, answer.Status);
    }

    private Task<ApiAnswer> CancelAsync(string id, string? key = null) => world.PostAsync(
        world.Operator, $"/v1/transactions/{id}/cancel", new JsonObject { ["reason"] = "Not wanted." }, key);
}
