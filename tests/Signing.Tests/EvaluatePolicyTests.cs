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

    [Fact]
    public async Task Tells_what_each_rule_says_and_what_is_left_of_it()
    {
        Address to = world.NewAddress();
        string used = await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 1));
        JsonObject strict = SigningStory.PayRule(to, "3", countMax: 5);
        strict["simulation"] = new JsonObject { ["gasMax"] = 30_000 };
        string simulated = await world.EnactAsync(strict);
        Assert.Equal(202, (await world.AskToPayAsync(to, "10")).Status);

        ApiAnswer wants = await EvaluateAsync(to, "2");
        JsonObject supposed = SigningStory.Pay(to, "2");
        supposed["simulatedGas"] = 21_000;
        ApiAnswer would = await world.EvaluateAsync(supposed);

        Assert.Equal((simulated, "simulation_missing"), (wants.Text("ruleId"), wants.Text("reason")));
        Assert.Equal((simulated, "allowed"), (would.Text("ruleId"), would.Text("reason")));
        JsonElement first = Assert.Single(would.Candidates(), it => it.GetProperty("ruleId").GetString() == used);
        Assert.Equal("hourly_cap_exceeded", first.GetProperty("reason").GetString());
        JsonElement hour = first.GetProperty("hour");
        Assert.Equal(
            (1, 0, "10", "999999999999999990"),
            (hour.GetProperty("count").GetInt32(), hour.GetProperty("countLeft").GetInt32(),
                hour.GetProperty("valueWei").GetString(), hour.GetProperty("valueWeiLeft").GetString()));
        await world.SettleAsync();
    }

    [Fact]
    public async Task Judges_a_deployment_by_its_code()
    {
        JsonObject rule = SigningStory.PayRule(world.NewAddress(), "0", countMax: 1);
        string code = Hex.Encode([0x60, 0x00, .. world.NewAddress().ToArray()]);
        rule["contracts"] = new JsonArray();
        rule["codeHashes"] = new JsonArray(Keccak256.Hash(Hex.Decode(code)).ToString());
        string id = await world.EnactAsync(rule);
        JsonObject deploy = SigningStory.Pay(world.NewAddress(), "0");
        deploy["to"] = null;
        deploy["data"] = code;

        ApiAnswer named = await world.EvaluateAsync(deploy);
        deploy["data"] = code + "00";
        ApiAnswer other = await world.EvaluateAsync(deploy);
        deploy["data"] = "0x";
        ApiAnswer nothing = await world.EvaluateAsync(deploy);

        Assert.Equal((id, "allowed"), (named.Text("ruleId"), named.Text("reason")));
        Assert.Equal(("nothing_named", "invalid_request"), (other.Text("reason"), nothing.Code));
    }

    [Fact]
    public async Task Refuses_a_wallet_that_the_chain_has_not()
    {
        JsonObject call = SigningStory.Pay(world.NewAddress(), "1");
        call["signer"] = "nobody";

        Assert.Equal("signer_unavailable", (await world.EvaluateAsync(call)).Code);
    }

    private Task<ApiAnswer> EvaluateAsync(Address to, string wei) => world.EvaluateAsync(SigningStory.Pay(to, wei));
}
