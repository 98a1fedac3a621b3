using System.Text.Json.Nodes;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class PauseSignerTests(SigningWorld world)
{
    [Fact]
    public async Task Sends_nothing_while_paused_and_needs_a_second_person_to_go_on()
    {
        Queued mint = await world.QueueMintAsync();
        string signer = mint.Body.GetProperty("signerId").GetString()!;
        JsonObject reason = new() { ["reason"] = "A drill." };

        Answer paused = await world.PostAsync(world.Operator, $"/v1/signers/{signer}/pause", reason);
        await world.DeliverQueuedAsync(mint.Body);
        string status = await world.StatusAsync(mint.Id);
        Answer refused = await world.PostAsync(
            world.Operator, "/v1/transactions", world.Mint(mint.To, SigningStory.NewToken()));
        Answer again = await world.PostAsync(
            world.Operator, $"/v1/signers/{signer}/pause", (JsonObject)reason.DeepClone());
        Answer same = await world.PostAsync(world.Operator, $"/v1/signers/{signer}/unpause", []);
        Answer other = await world.PostAsync(world.Colleague, $"/v1/signers/{signer}/unpause", []);

        Assert.Equal((200, "queued"), (paused.Status, status));
        Assert.Equal(("signer_unavailable", "conflict"), (refused.Code, again.Code));
        Assert.Equal(("second_person_required", 200), (same.Code, other.Status));
        Assert.Equal("final", await world.FinishAsync(mint.Id));
    }
}
