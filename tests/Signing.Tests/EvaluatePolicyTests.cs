using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class EvaluatePolicyTests(SigningWorld world)
{
    [Fact]
    public async Task Names_the_rule_that_would_decide_and_does_nothing()
    {
        Address to = world.NewAddress();
        string id = await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 1));

        ApiAnswer allowed = await EvaluateAsync(to, "10");
        ApiAnswer denied = await EvaluateAsync(to, "11");

        Assert.Equal((id, "allowed"), (allowed.Text("ruleId"), allowed.Text("reason")));
        Assert.Equal((id, "native_value_exceeded"), (denied.Text("ruleId"), denied.Text("reason")));
        Assert.Equal(0L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM transactions WHERE rule_id = '{id}'"));
    }

    [Fact]
    public async Task Says_when_no_rule_names_the_call()
    {
        ApiAnswer denied = await EvaluateAsync(world.NewAddress(), "1");

        Assert.Equal("nothing_named", denied.Text("reason"));
        Assert.Equal(JsonValueKind.Null, denied.Json.GetProperty("ruleId").ValueKind);
    }

    [Theory]
    [InlineData("data", "0x1", "invalid_request")]
    [InlineData("chainId", 5, "chain_unknown")]
    public async Task Refuses_what_could_not_be_asked_for(string field, object value, string expected)
    {
        JsonObject call = SigningStory.Pay(world.NewAddress(), "1");
        call.Remove("description");
        call[field] = value is int number ? number : (string)value;

        Assert.Equal(expected, (await world.PostAsync(world.Operator, "/v1/policies/evaluate", call)).Code);
    }

    private Task<ApiAnswer> EvaluateAsync(Address to, string wei)
    {
        JsonObject call = SigningStory.Pay(to, wei);
        call.Remove("description");
        return world.PostAsync(world.Operator, "/v1/policies/evaluate", call);
    }
}
