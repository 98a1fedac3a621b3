using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>What becomes of requests while the chain asks more for gas than they may pay.</summary>
[Collection(SigningCollection.Name)]
public sealed class FeeCeilingTests(SigningWorld world) : IAsyncLifetime
{
    /// <summary>Below what a dear block asks, above what a cheap one does: 50 gwei.</summary>
    private const string Ceiling = "50000000000";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public async ValueTask DisposeAsync()
    {
        await SetBaseFeeAsync("0x3b9aca00");
        await world.SettleAsync();
    }

    [Fact]
    public async Task Waits_without_a_nonce_for_fees_to_fall_and_holds_nobody_up()
    {
        Address to = await AllowAsync();
        string waiting = (await world.AskAsync(Pay(to, Ceiling, null))).Text("id");
        await SetBaseFeeAsync("0x174876e800");
        ApiAnswer other = await world.AskAsync(Pay(to, null, null));

        await world.DeliverQueuedAsync(other.Json);
        JsonElement shown = (await world.ShowAsync(waiting)).GetProperty("transaction");
        string passed = await world.FinishAsync(other.Text("id"));
        await SetBaseFeeAsync("0x3b9aca00");
        await world.TickAsync();

        Assert.Equal(
            ("queued", "fee_ceiling_exceeded", JsonValueKind.Null),
            (shown.GetProperty("status").GetString(), shown.GetProperty("waitsFor").GetString(),
                shown.GetProperty("nonce").ValueKind));
        Assert.Equal(("final", "final"), (passed, await world.FinishAsync(waiting)));
        Assert.True(await world.ReadAsync<bool>($"""
            SELECT bool_and(fee_per_gas_wei <= {Ceiling}) FROM transaction_attempts WHERE transaction_id = '{waiting}'
            """));
    }

    [Fact]
    public async Task Ends_what_chose_to_fail_without_a_gap()
    {
        Address to = await AllowAsync();
        ApiAnswer failing = await world.AskAsync(Pay(to, Ceiling, "fail"));
        ulong before = await world.CountAsync();
        await SetBaseFeeAsync("0x174876e800");

        await world.DeliverQueuedAsync(failing.Json);
        string id = failing.Text("id");
        JsonElement shown = (await world.ShowAsync(id)).GetProperty("transaction");
        await world.CarryOutAsync(Pay(to, null, null));

        Assert.Equal(
            ("refused", "fee_ceiling_exceeded"),
            (shown.GetProperty("status").GetString(), shown.GetProperty("reason").GetString()));
        Assert.Equal(["souk.transaction.failed.v1"], await world.EndingsAsync(id));
        Assert.Equal(before + 1, await world.CountAsync());
    }

    [Fact]
    public async Task Ends_what_chose_to_fail_above_the_chains_own_ceiling_too()
    {
        Address to = await AllowAsync();
        ApiAnswer failing = await world.AskAsync(Pay(to, null, "fail"));
        ApiAnswer waiting = await world.AskAsync(Pay(to, null, "wait"));

        // 1,000 gwei: twice what the settings allow.
        await SetBaseFeeAsync("0xe8d4a51000");
        await world.DeliverQueuedAsync(failing.Json);
        string[] statuses =
            [await world.StatusAsync(failing.Text("id")), await world.StatusAsync(waiting.Text("id"))];
        await SetBaseFeeAsync("0x3b9aca00");

        Assert.Equal(["refused", "queued"], statuses);
        Assert.Equal("final", await world.FinishAsync(waiting.Text("id")));
    }

    [Fact]
    public async Task Takes_the_nonce_back_from_what_was_not_signed_before_fees_rose()
    {
        Address to = await AllowAsync();
        ApiAnswer waiting = await world.AskAsync(Pay(to, Ceiling, null));
        ApiAnswer failing = await world.AskAsync(Pay(to, Ceiling, "fail"));
        world.World.MetaKeep.Next(503);
        world.World.MetaKeep.Next(503);
        await world.DeliverQueuedAsync(waiting.Json);
        string[] allocated =
            [await world.StatusAsync(waiting.Text("id")), await world.StatusAsync(failing.Text("id"))];
        await SetBaseFeeAsync("0x174876e800");

        await world.TickAsync();
        string[] statuses =
            [await world.StatusAsync(waiting.Text("id")), await world.StatusAsync(failing.Text("id"))];
        await world.CarryOutAsync(Pay(to, null, null));
        await SetBaseFeeAsync("0x3b9aca00");

        Assert.Equal(["allocated", "allocated"], allocated);
        Assert.Equal(["queued", "refused"], statuses);
        Assert.Equal("final", await world.FinishAsync(waiting.Text("id")));
    }

    [Fact]
    public async Task Refuses_at_once_what_would_fail_now()
    {
        Address to = await AllowAsync();
        await SetBaseFeeAsync("0x174876e800");

        ApiAnswer refused = await world.AskAsync(Pay(to, Ceiling, "fail"));
        ApiAnswer accepted = await world.AskAsync(Pay(to, null, "fail"));

        Assert.Equal((409, "fee_ceiling_exceeded"), (refused.Status, refused.Code));
        Assert.Equal(202, accepted.Status);
        await world.FinishAsync(accepted.Text("id"));
    }

    private static JsonObject Pay(Address to, string? ceiling, string? choice)
    {
        JsonObject request = OperationStory.Ask("transfer", ("to", to.ToString()), ("valueWei", "1"));
        if (ceiling is not null)
            request["feePerGasWeiMax"] = ceiling;
        if (choice is not null)
            request["whenFeesExceed"] = choice;
        return request;
    }

    private async Task<Address> AllowAsync()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 99));
        return to;
    }

    /// <summary>Mines a block with this base fee; the next asks an eighth less at least.</summary>
    private async Task SetBaseFeeAsync(string fee)
    {
        await world.Node.Rpc.SendAsync("anvil_setNextBlockBaseFeePerGas", [fee], Cancelled);
        await world.Node.MineAsync(1, Cancelled);
    }
}
