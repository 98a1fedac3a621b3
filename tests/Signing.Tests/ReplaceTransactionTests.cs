using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>An operator offers more for what waits.</summary>
[Collection(SigningCollection.Name)]
public sealed class ReplaceTransactionTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Signs_again_with_the_same_nonce_and_an_eighth_more()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);

        ApiAnswer answer = await world.PostAsync(world.Operator, $"/v1/transactions/{mint.Id}/replace", []);
        await world.DeliverQueuedAsync(mint.Json);
        JsonElement waiting = await world.ShowAsync(mint.Id);
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        Assert.Equal((200, "replace"), (answer.Status, answer.Text("wish")));
        Assert.Equal(JsonValueKind.Null, waiting.GetProperty("transaction").GetProperty("wish").ValueKind);
        Assert.Equal("final", await world.FinishAsync(mint.Id));
        Assert.True(await world.ReadAsync<bool>($"""
            SELECT count(*) = 2 AND count(DISTINCT nonce) = 1 AND NOT bool_or(is_cancel)
                AND max(fee_per_gas_wei) >= min(fee_per_gas_wei) * 1.125
            FROM transaction_attempts WHERE transaction_id = '{mint.Id}'
            """));
        Assert.Equal(mint.To, await world.OwnerAsync(mint.Token));
    }

    /// <summary>thirdweb engine-core #53: a raised fee announced the same transaction twice.</summary>
    [Fact]
    public async Task Announces_no_lifecycle_event_twice_after_a_gas_bump_as_thirdweb_engine_core_53_did()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued mint = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(mint.Json);
        for (int bumps = 0; bumps < 3; bumps++)
        {
            await world.PostAsync(world.Operator, $"/v1/transactions/{mint.Id}/replace", []);
            await world.DeliverQueuedAsync(mint.Json);
        }

        await world.Node.SetIntervalMiningAsync(null, Cancelled);
        Assert.Equal("final", await world.FinishAsync(mint.Id));
        await world.TickAsync();
        await world.DeliverHintAsync();

        Assert.Equal(4L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM transaction_attempts WHERE transaction_id = '{mint.Id}'"));
        Assert.Equal(["souk.transaction.final.v1"], await world.EndingsAsync(mint.Id));
    }

    [Fact]
    public async Task Refuses_what_no_node_has_yet_what_has_ended_and_what_is_not_there()
    {
        Queued mint = await world.QueueMintAsync();
        ApiAnswer early = await world.PostAsync(world.Operator, $"/v1/transactions/{mint.Id}/replace", []);
        await world.DeliverQueuedAsync(mint.Json);
        await world.FinishAsync(mint.Id);

        ApiAnswer late = await world.PostAsync(world.Operator, $"/v1/transactions/{mint.Id}/replace", []);
        ApiAnswer absent = await world.PostAsync(
            world.Operator, $"/v1/transactions/{Guid.NewGuid()}/replace", new JsonObject());

        Assert.Equal((409, "conflict"), (early.Status, early.Text("code")));
        Assert.Equal((409, "conflict"), (late.Status, late.Text("code")));
        Assert.Equal((404, "not_found"), (absent.Status, absent.Text("code")));
    }
}
