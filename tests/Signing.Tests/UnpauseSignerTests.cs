using System.Text.Json.Nodes;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class UnpauseSignerTests(SigningWorld world)
{
    [Fact]
    public async Task Is_the_act_of_another_person_and_stands_in_the_audit_log()
    {
        Queued mint = await world.QueueMintAsync();
        string signer = mint.Json.GetProperty("signerId").GetString()!;
        await world.PostAsync(
            world.Operator, $"/v1/signers/{signer}/pause", new JsonObject { ["reason"] = "A drill." });

        ApiAnswer same = await world.PostAsync(world.Operator, $"/v1/signers/{signer}/unpause", []);
        ApiAnswer other = await world.PostAsync(world.Colleague, $"/v1/signers/{signer}/unpause", []);
        ApiAnswer again = await world.PostAsync(world.Colleague, $"/v1/signers/{signer}/unpause", []);

        Assert.Equal(("second_person_required", 200, "conflict"), (same.Code, other.Status, again.Code));
        Assert.True(await world.ReadAsync<bool>($"""
            SELECT bool_or(action = 'signer.pause') AND bool_or(action = 'signer.unpause')
            FROM audit WHERE subject = 'signer/{signer}'
            """));
        await world.TickAsync();
    }

    [Fact]
    public async Task Refuses_a_wallet_that_is_not_there() => Assert.Equal(
        "not_found", (await world.PostAsync(world.Operator, $"/v1/signers/{Guid.NewGuid()}/unpause", [])).Code);

    [Fact]
    public async Task Leaves_a_wallet_paused_whose_chain_is_paused_too()
    {
        string signer = await world.SignerAsync();
        JsonObject chain = new() { ["chainId"] = 1 };
        JsonObject pause = new() { ["chainId"] = 1, ["reason"] = "A drill." };
        await world.PostAsync(world.Operator, "/v1/signers/pause", pause);
        await world.PostAsync(
            world.Operator, $"/v1/signers/{signer}/pause", new JsonObject { ["reason"] = "Another." });

        ApiAnswer one = await world.PostAsync(world.Colleague, $"/v1/signers/{signer}/unpause", []);
        ApiAnswer same = await world.PostAsync(world.Operator, "/v1/signers/unpause", (JsonObject)chain.DeepClone());
        ApiAnswer both = await world.PostAsync(world.Colleague, "/v1/signers/unpause", (JsonObject)chain.DeepClone());
        ApiAnswer again = await world.PostAsync(world.Colleague, "/v1/signers/unpause", chain);

        Assert.Equal("A drill.", one.Text("pauseReason"));
        Assert.Equal(("second_person_required", 200, "conflict"), (same.Code, both.Status, again.Code));
        ApiAnswer shown = await world.GetAsync(world.Operator, $"/v1/signers/{signer}");
        Assert.Equal("", shown.Json.GetProperty("signer").GetProperty("pausedAt").ToString());
    }

    [Fact]
    public async Task Refuses_a_chain_that_is_not_served() => Assert.Equal(
        "chain_unknown",
        (await world.PostAsync(world.Colleague, "/v1/signers/unpause", new JsonObject { ["chainId"] = 5 })).Code);
}
