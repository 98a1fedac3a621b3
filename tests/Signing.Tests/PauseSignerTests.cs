using System.Text.Json.Nodes;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class PauseSignerTests(SigningWorld world)
{
    [Fact]
    public async Task Sends_nothing_while_paused_and_needs_a_second_person_to_go_on()
    {
        Queued mint = await world.QueueMintAsync();
        string signer = mint.Json.GetProperty("signerId").GetString()!;
        JsonObject reason = new() { ["reason"] = "A drill." };

        ApiAnswer paused = await world.PostAsync(world.Operator, $"/v1/signers/{signer}/pause", reason);
        await world.DeliverQueuedAsync(mint.Json);
        string status = await world.StatusAsync(mint.Id);
        ApiAnswer refused = await world.PostAsync(
            world.Operator, "/v1/transactions", world.Mint(mint.To, SigningStory.NewToken()));
        ApiAnswer again = await world.PostAsync(
            world.Operator, $"/v1/signers/{signer}/pause", (JsonObject)reason.DeepClone());
        ApiAnswer same = await world.PostAsync(world.Operator, $"/v1/signers/{signer}/unpause", []);
        ApiAnswer other = await world.PostAsync(world.Colleague, $"/v1/signers/{signer}/unpause", []);

        Assert.Equal((200, "queued"), (paused.Status, status));
        Assert.Equal(("signer_unavailable", "conflict"), (refused.Code, again.Code));
        Assert.Equal(("second_person_required", 200), (same.Code, other.Status));
        Assert.Equal("final", await world.FinishAsync(mint.Id));
    }
}
