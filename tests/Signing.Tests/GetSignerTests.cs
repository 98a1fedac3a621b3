using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>A wallet's diagnostics, and the alarm when it runs dry.</summary>
[Collection(SigningCollection.Name)]
public sealed class GetSignerTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Tells_the_chains_count_the_ledgers_and_who_waits()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Queued sent = await world.QueueMintAsync();
        await world.DeliverQueuedAsync(sent.Json);
        Queued waits = await world.QueueMintAsync();

        JsonElement shown = (await ShowAsync(sent)).Json;
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        JsonElement ledger = shown.GetProperty("ledger");
        long next = ledger.GetProperty("nextNonce").GetInt64();
        JsonElement chain = shown.GetProperty("chain");
        Assert.Equal("ethereum", shown.GetProperty("signer").GetProperty("name").GetString());
        Assert.Equal((next - 1, next), (
            chain.GetProperty("latestNonce").GetInt64(), chain.GetProperty("pendingNonce").GetInt64()));
        Assert.Empty(ledger.GetProperty("gaps").EnumerateArray());
        Assert.Equal(
            [("broadcast", 1L), ("queued", 1L)],
            ledger.GetProperty("open").EnumerateArray()
                .Select(it => (it.GetProperty("status").GetString()!, it.GetProperty("count").GetInt64())).Order());
        Assert.Equal("final", await world.FinishAsync(waits.Id));
    }

    [Fact]
    public async Task Leaves_the_chains_part_out_while_the_node_does_not_answer()
    {
        Queued mint = await world.QueueMintAsync();
        world.World.Alchemy.NextRpc("eth_getBalance", -32000, "Unable to complete request at this time.", 503);

        ApiAnswer answer = await ShowAsync(mint);

        Assert.Equal(200, answer.Status);
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("chain").ValueKind);
    }

    [Fact]
    public async Task Announces_once_for_each_time_that_the_wallet_begins_to_run_dry()
    {
        Queued mint = await world.QueueMintAsync();
        string signer = mint.Json.GetProperty("signerId").GetString()!;
        Wei before = await world.Node.Rpc.GetBalanceAsync(world.Wallet, Cancelled);
        string counts = $"""
            SELECT count(*) FROM outbox WHERE type = 'souk.balance.low.v1' AND subject = 'signer/{signer}'
            """;

        await world.Node.SetBalanceAsync(world.Wallet, Wei.Parse("500000000000000000"), Cancelled);
        await world.TickAsync();
        await world.TickAsync();
        long once = await world.ReadAsync<long>(counts);
        bool isLow = (await ShowAsync(mint)).Json.GetProperty("chain").GetProperty("isBalanceLow").GetBoolean();
        await world.Node.SetBalanceAsync(world.Wallet, before, Cancelled);
        await world.TickAsync();
        await world.Node.SetBalanceAsync(world.Wallet, Wei.Parse("500000000000000000"), Cancelled);
        await world.TickAsync();
        long twice = await world.ReadAsync<long>(counts);
        await world.Node.SetBalanceAsync(world.Wallet, before, Cancelled);
        await world.TickAsync();

        Assert.Equal((1L, true, 2L), (once, isLow, twice));
    }

    [Fact]
    public async Task Refuses_a_signer_that_is_not_there()
    {
        ApiAnswer answer = await world.GetAsync(world.Operator, $"/v1/signers/{Guid.NewGuid()}");

        Assert.Equal((404, "not_found"), (answer.Status, answer.Text("code")));
    }

    private Task<ApiAnswer> ShowAsync(Queued queued) =>
        world.GetAsync(world.Operator, $"/v1/signers/{queued.Json.GetProperty("signerId").GetString()}");
}
