using System.Text.Json.Nodes;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class WithdrawPolicyTests(SigningWorld world)
{
    [Fact]
    public async Task Takes_back_what_waits_so_that_nobody_can_approve_it()
    {
        ApiAnswer proposed = await ProposeAsync();

        ApiAnswer withdrawn = await WithdrawAsync(proposed, version: 1);
        ApiAnswer again = await WithdrawAsync(proposed, version: 1);
        ApiAnswer approved = await world.PostAsync(
            world.Colleague, $"/v1/policies/{proposed.Text("id")}/approve", new JsonObject { ["version"] = 1 });

        Assert.Equal((200, "withdrawn"), (withdrawn.Status, withdrawn.Text("status")));
        Assert.Equal(("conflict", "conflict"), (again.Code, approved.Code));
        Assert.Equal(1, await world.AuditedAsync(proposed.Text("id"), "policy.withdraw"));
    }

    [Fact]
    public async Task Refuses_what_is_in_force()
    {
        ApiAnswer proposed = await ProposeAsync();
        await world.ApproveAsync(proposed);

        Assert.Equal("conflict", (await WithdrawAsync(proposed, version: 1)).Code);
    }

    [Fact]
    public async Task Refuses_a_version_that_is_not_there() =>
        Assert.Equal("not_found", (await WithdrawAsync(await ProposeAsync(), version: 2)).Code);

    private Task<ApiAnswer> ProposeAsync() =>
        world.PostAsync(world.Operator, "/v1/policies", SigningStory.PayRule(world.NewAddress(), "1", countMax: 1));

    private Task<ApiAnswer> WithdrawAsync(ApiAnswer proposed, int version) => world.PostAsync(
        world.Operator, $"/v1/policies/{proposed.Text("id")}/withdraw", new JsonObject { ["version"] = version });
}
