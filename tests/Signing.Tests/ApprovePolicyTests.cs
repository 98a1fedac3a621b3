using System.Text.Json.Nodes;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class ApprovePolicyTests(SigningWorld world)
{
    [Fact]
    public async Task Refuses_the_approval_of_whoever_proposed()
    {
        ApiAnswer proposed = await ProposeAsync();

        ApiAnswer approved = await ApproveAsync(world.Operator, proposed, version: 1);

        Assert.Equal((403, "second_person_required"), (approved.Status, approved.Code));
    }

    [Fact]
    public async Task Puts_a_rule_in_force_by_a_second_person_and_says_so_in_the_audit_log()
    {
        ApiAnswer proposed = await ProposeAsync();

        ApiAnswer approved = await ApproveAsync(world.Colleague, proposed, version: 1);

        Assert.Equal("in_force", approved.Text("status"));
        Assert.Equal(2L, await world.ReadAsync<long>($"""
            SELECT count(*) FROM audit WHERE subject = 'policy/{proposed.Text("id")}'
                AND action IN ('policy.propose', 'policy.approve')
            """));
    }

    [Fact]
    public async Task Refuses_to_approve_what_is_in_force()
    {
        ApiAnswer proposed = await ProposeAsync();
        await ApproveAsync(world.Colleague, proposed, version: 1);

        ApiAnswer again = await ApproveAsync(world.Colleague, proposed, version: 1);

        Assert.Equal((409, "conflict"), (again.Status, again.Code));
    }

    [Fact]
    public async Task Refuses_a_version_that_is_not_there() =>
        Assert.Equal("not_found", (await ApproveAsync(world.Colleague, await ProposeAsync(), version: 2)).Code);

    [Fact]
    public async Task Replays_the_approval_for_the_same_key()
    {
        ApiAnswer proposed = await ProposeAsync();
        string path = $"/v1/policies/{proposed.Text("id")}/approve";
        JsonObject version = new() { ["version"] = 1 };
        ApiAnswer first = await world.PostAsync(world.Colleague, path, version, "approved-once");

        ApiAnswer again = await world.PostAsync(
            world.Colleague, path, (JsonObject)version.DeepClone(), "approved-once");

        Assert.Equal((200, 200), (first.Status, again.Status));
        Assert.Equal(first.Text("approvedAt"), again.Text("approvedAt"));
    }

    private Task<ApiAnswer> ProposeAsync() =>
        world.PostAsync(world.Operator, "/v1/policies", SigningStory.PayRule(world.NewAddress(), "1", countMax: 1));

    private Task<ApiAnswer> ApproveAsync(TestPerson person, ApiAnswer proposed, int version) => world.PostAsync(
        person, $"/v1/policies/{proposed.Text("id")}/approve", new JsonObject { ["version"] = version });
}
