using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class ProposeSignatureTypeTests(SigningWorld world)
{
    /// <summary>The proposal that names exactly the type of this message.</summary>
    internal static JsonObject Rule(TypedData data) => new()
    {
        ["chainId"] = 1,
        ["verifyingContract"] = SignatureContract(data),
        ["domainName"] = "Post",
        ["domainVersion"] = "1",
        ["primaryType"] = data.PrimaryType,
        ["typeHash"] = data.TypeHash.ToString(),
        ["signers"] = null,
        ["roles"] = new JsonArray("operator"),
    };

    [Fact]
    public async Task Allows_nothing_until_a_second_person_approves()
    {
        ApiAnswer proposed = await ProposeAsync(Proposal());
        ApiAnswer alone = await world.PostAsync(
            world.Operator, $"/v1/policies/{proposed.Text("id")}/approve", new JsonObject { ["version"] = 1 });

        Assert.Equal(
            (201, "proposed", "signature"), (proposed.Status, proposed.Text("status"), proposed.Text("kind")));
        Assert.Equal("second_person_required", alone.Code);
    }

    [Fact]
    public async Task Is_one_policy_with_versions_for_one_contract_and_type()
    {
        JsonObject rule = Proposal();
        ApiAnswer first = await ProposeAsync(rule);
        rule["domainVersion"] = "2";

        ApiAnswer second = await ProposeAsync(rule);

        Assert.Equal((first.Text("id"), "2"), (second.Text("id"), second.Text("version")));
    }

    [Theory]
    [InlineData("verifyingContract", "0x0000000000000000000000000000000000000000")]
    [InlineData("primaryType", "")]
    [InlineData("typeHash", "0x11")]
    public async Task Names_the_field_that_is_wrong(string field, string value)
    {
        JsonObject rule = Proposal();
        rule[field] = value;

        ApiAnswer refused = await ProposeAsync(rule);

        Assert.Equal(("invalid_request", $"$.{field}"), (refused.Code, refused.Text("field")));
    }

    [Fact]
    public async Task Refuses_a_chain_that_is_not_served()
    {
        JsonObject rule = Proposal();
        rule["chainId"] = 5;

        Assert.Equal("chain_unknown", (await ProposeAsync(rule)).Code);
    }

    [Fact]
    public async Task Lets_no_trader_propose()
    {
        TestPerson trader = await world.AddPersonAsync(Role.Trader, TokenAudience.User);

        Assert.Equal(403, (await world.PostAsync(trader, "/v1/signature-types", Proposal())).Status);
    }

    private static string SignatureContract(TypedData data) =>
        ((AbiValue.Addr)data.FindInDomain("verifyingContract")!).Value.ToString();

    private JsonObject Proposal() => new()
    {
        ["chainId"] = 1,
        ["verifyingContract"] = world.NewAddress().ToString(),
        ["domainName"] = "Post",
        ["domainVersion"] = "1",
        ["primaryType"] = "Mail",
        ["typeHash"] = Keccak256.HashText("Mail(address to,string text)").ToString(),
        ["signers"] = null,
        ["roles"] = new JsonArray("operator"),
    };

    private Task<ApiAnswer> ProposeAsync(JsonObject rule) =>
        world.PostAsync(world.Operator, "/v1/signature-types", (JsonObject)rule.DeepClone());
}
