using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class GetPolicyTests(SigningWorld world)
{
    [Fact]
    public async Task Shows_every_version_and_who_did_what()
    {
        Address to = world.NewAddress();
        string id = await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 9));
        JsonObject wider = SigningStory.PayRule(to, "20", countMax: 9);
        wider["ruleId"] = id;
        await world.PostAsync(world.Colleague, "/v1/policies", wider);

        ApiAnswer shown = await world.GetAsync(world.Operator, $"/v1/policies/{id}");

        JsonElement[] versions = [.. shown.Json.GetProperty("versions").EnumerateArray()];
        Assert.Equal(["proposed", "in_force"], versions.Select(it => it.GetProperty("status").GetString()));
        Assert.Equal(
            ["20", "10"],
            versions.Select(it => it.GetProperty("content").GetProperty("nativeValueMax").GetString()));
        Assert.Equal(world.Colleague.UserId, versions[0].GetProperty("proposedBy").GetGuid());
        Assert.Equal(world.Colleague.UserId, versions[1].GetProperty("approvedBy").GetGuid());
    }

    [Fact]
    public async Task Refuses_a_policy_that_is_not_there() =>
        Assert.Equal("not_found", (await world.GetAsync(world.Operator, $"/v1/policies/{Guid.NewGuid()}")).Code);
}
