using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class SwitchPolicyTests(SigningWorld world)
{
    [Fact]
    public async Task Switches_a_rule_off_at_once_by_one_person_and_on_by_two()
    {
        Address to = world.NewAddress();
        string id = await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 9));

        ApiAnswer off = await SwitchAsync(id, "disable");
        string disabled = await ReasonAsync(to);
        ApiAnswer on = await SwitchAsync(id, "enable");
        string waiting = await ReasonAsync(to);
        await world.ApproveAsync(on);

        Assert.Equal((201, "in_force", "proposed"), (off.Status, off.Text("status"), on.Text("status")));
        Assert.Equal(
            ("rule_disabled", "rule_disabled", "allowed"), (disabled, waiting, await ReasonAsync(to)));
        Assert.Equal(["in_force", "superseded", "superseded"], await world.VersionsAsync(id));
        Assert.Equal(
            (1L, 1L), (await world.AuditedAsync(id, "policy.disable"), await world.AuditedAsync(id, "policy.enable")));
    }

    [Fact]
    public async Task Ends_the_chance_of_a_wider_version_that_still_waited()
    {
        Address to = world.NewAddress();
        string id = await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 9));
        JsonObject wider = SigningStory.PayRule(to, "1000", countMax: 9);
        wider["ruleId"] = id;
        await world.PostAsync(world.Operator, "/v1/policies", wider);
        await SwitchAsync(id, "disable");

        ApiAnswer approved = await world.PostAsync(
            world.Colleague, $"/v1/policies/{id}/approve", new() { ["version"] = 2 });

        Assert.Equal("conflict", approved.Code);
        Assert.Equal("rule_disabled", await ReasonAsync(to));
    }

    [Fact]
    public async Task Refuses_what_is_switched_so_already_or_never_was_in_force()
    {
        string id = await world.EnactAsync(SigningStory.PayRule(world.NewAddress(), "10", countMax: 9));
        ApiAnswer proposed = await world.PostAsync(
            world.Operator, "/v1/policies", SigningStory.PayRule(world.NewAddress(), "1", countMax: 1));

        Assert.Equal("conflict", (await SwitchAsync(id, "enable")).Code);
        Assert.Equal("conflict", (await SwitchAsync(proposed.Text("id"), "disable")).Code);
        Assert.Equal("not_found", (await SwitchAsync(Guid.NewGuid().ToString(), "disable")).Code);
    }

    private Task<ApiAnswer> SwitchAsync(string id, string act) =>
        world.PostAsync(world.Operator, $"/v1/policies/{id}/{act}", []);

    private async Task<string> ReasonAsync(Address to) =>
        (await world.EvaluateAsync(SigningStory.Pay(to, "1"))).Text("reason");
}
