using System.Text.Json.Nodes;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class PauseSignerTests(SigningWorld world)
{
    [Fact]
    public async Task Sends_nothing_while_paused_and_goes_on_afterwards()
    {
        Queued mint = await world.QueueMintAsync();
        string signer = mint.Json.GetProperty("signerId").GetString()!;

        ApiAnswer paused = await PauseAsync(signer, "A drill.");
        await world.DeliverQueuedAsync(mint.Json);
        string status = await world.StatusAsync(mint.Id);
        ApiAnswer again = await PauseAsync(signer, "Another drill.");
        await world.PostAsync(world.Colleague, $"/v1/signers/{signer}/unpause", []);

        Assert.Equal((200, "queued"), (paused.Status, status));
        Assert.Equal((409, "conflict"), (again.Status, again.Code));
        Assert.Equal("final", await world.FinishAsync(mint.Id));
    }

    [Fact]
    public async Task Refuses_a_wallet_that_is_not_there() =>
        Assert.Equal("not_found", (await PauseAsync(Guid.NewGuid().ToString(), "A drill.")).Code);

    [Fact]
    public async Task Refuses_to_pause_without_a_reason() =>
        Assert.Equal("invalid_request", (await PauseAsync(Guid.NewGuid().ToString(), "")).Code);

    private Task<ApiAnswer> PauseAsync(string signer, string reason) => world.PostAsync(
        world.Operator, $"/v1/signers/{signer}/pause", new JsonObject { ["reason"] = reason });
}
