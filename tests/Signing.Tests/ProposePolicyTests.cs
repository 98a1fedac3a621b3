using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class ProposePolicyTests(SigningWorld world)
{
    [Fact]
    public async Task Allows_nothing_until_a_second_person_approves()
    {
        Address to = world.NewAddress();
        await world.PostAsync(world.Operator, "/v1/policies", SigningStory.PayRule(to, "10", countMax: 9));

        ApiAnswer denied = await world.PostAsync(world.Operator, "/v1/transactions", SigningStory.Pay(to, "1"));

        Assert.Equal("policy_denied", denied.Code);
    }

    [Fact]
    public async Task Keeps_the_old_version_in_force_until_the_new_one_is_approved()
    {
        Address to = world.NewAddress();
        string id = await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 9));
        JsonObject narrower = SigningStory.PayRule(to, "0", countMax: 9);
        narrower["ruleId"] = id;

        ApiAnswer proposed = await world.PostAsync(world.Operator, "/v1/policies", narrower);
        bool before = await IsAllowedAsync(to);
        await world.PostAsync(
            world.Colleague, $"/v1/policies/{id}/approve", new JsonObject { ["version"] = 2 });

        Assert.Equal(2, proposed.Json.GetProperty("version").GetInt32());
        Assert.Equal((true, false), (before, await IsAllowedAsync(to)));
    }

    [Theory]
    [InlineData("function", "mint(", "$.function")]
    [InlineData("function", "mint(address,uint256)", "$.arguments")]
    public async Task Refuses_a_rule_that_could_not_be_kept(string field, string value, string expectedField)
    {
        JsonObject rule = SigningStory.PayRule(world.NewAddress(), "10", countMax: 9);
        rule[field] = value;

        ApiAnswer refused = await world.PostAsync(world.Operator, "/v1/policies", rule);

        Assert.Equal(("invalid_request", expectedField), (refused.Code, refused.Text("field")));
    }

    [Fact]
    public async Task Refuses_an_argument_rule_that_says_no_kind()
    {
        JsonObject rule = world.MintRule(world.NewAddress());
        rule["arguments"]![0]!.AsObject().Remove("kind");
        rule["arguments"]![0]!.AsObject().Remove("addresses");

        ApiAnswer refused = await world.PostAsync(world.Operator, "/v1/policies", rule);

        Assert.Equal(("invalid_request", "$.arguments"), (refused.Code, refused.Text("field")));
    }

    [Fact]
    public async Task Refuses_a_new_version_of_what_is_no_rule()
    {
        JsonObject rule = SigningStory.PayRule(world.NewAddress(), "10", countMax: 9);
        rule["ruleId"] = (await world.ProposeListAsync(PolicyStory.NewListName())).Text("id");

        Assert.Equal("not_found", (await world.PostAsync(world.Operator, "/v1/policies", rule)).Code);
    }

    [Fact]
    public async Task Refuses_a_new_version_of_a_rule_that_is_not_there()
    {
        JsonObject rule = SigningStory.PayRule(world.NewAddress(), "10", countMax: 9);
        rule["ruleId"] = Guid.NewGuid().ToString();

        Assert.Equal("not_found", (await world.PostAsync(world.Operator, "/v1/policies", rule)).Code);
    }

    private async Task<bool> IsAllowedAsync(Address to)
    {
        JsonObject call = SigningStory.Pay(to, "1");
        call.Remove("description");
        ApiAnswer verdict = await world.PostAsync(world.Operator, "/v1/policies/evaluate", call);
        return verdict.Json.GetProperty("isAllowed").GetBoolean();
    }
}
