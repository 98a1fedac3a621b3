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

    [Theory]
    [InlineData(1)]
    [InlineData(null)]
    public async Task Stops_a_chain_or_everything_at_once(int? chain)
    {
        Queued mint = await world.QueueMintAsync();

        ApiAnswer paused = await PauseManyAsync(chain, "A drill.");
        await world.DeliverQueuedAsync(mint.Json);
        string status = await world.StatusAsync(mint.Id);
        ApiAnswer asked = await world.PostAsync(
            world.Operator, "/v1/transactions", world.Mint(mint.To, SigningStory.NewToken()));
        ApiAnswer again = await PauseManyAsync(chain, "Another drill.");
        ApiAnswer lifted = await world.PostAsync(
            world.Colleague, "/v1/signers/unpause", new JsonObject { ["chainId"] = chain });

        Assert.Equal((200, chain is null ? "signing" : "chain/1"), (paused.Status, paused.Text("target")));
        Assert.Equal(("queued", "signer_unavailable", "conflict"), (status, asked.Code, again.Code));
        Assert.Equal(200, lifted.Status);
        Assert.Equal("final", await world.FinishAsync(mint.Id));
    }

    [Fact]
    public async Task Refuses_a_chain_that_is_not_served() =>
        Assert.Equal("chain_unknown", (await PauseManyAsync(5, "A drill.")).Code);

    private Task<ApiAnswer> PauseManyAsync(int? chain, string reason) => world.PostAsync(
        world.Operator, "/v1/signers/pause", new JsonObject { ["chainId"] = chain, ["reason"] = reason });

    private Task<ApiAnswer> PauseAsync(string signer, string reason) => world.PostAsync(
        world.Operator, $"/v1/signers/{signer}/pause", new JsonObject { ["reason"] = reason });
}
