using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class RegisterContractTests(SigningWorld world)
{
    [Fact]
    public async Task Shows_calls_by_their_names_once_a_second_person_agrees()
    {
        Address contract = world.NewAddress();
        JsonObject call = SigningStory.Pay(contract, "0");
        call["data"] = Hex.Encode(AbiFunction.Parse("grant(address,uint8[])")
            .Encode(contract, AbiValue.ListOf(1UL, 2UL)));

        ApiAnswer proposed = await RegisterAsync(contract, """["grant(address to, uint8[] rights)"]""");
        ApiAnswer before = await world.EvaluateAsync(call);
        await world.ApproveAsync(proposed);
        ApiAnswer after = await world.EvaluateAsync(call);

        Assert.Equal("", before.Text("call"));
        JsonElement shown = after.Json.GetProperty("call");
        Assert.Equal("Vault", shown.GetProperty("contract").GetString());
        Assert.Equal("grant(address,uint8[])", shown.GetProperty("function").GetString());
        JsonElement rights = shown.GetProperty("arguments")[1];
        Assert.Equal(
            ("rights", "uint8[]", """["1","2"]"""),
            (rights.GetProperty("name").GetString(), rights.GetProperty("type").GetString(),
                rights.GetProperty("value").GetRawText()));
    }

    [Fact]
    public async Task Takes_what_compilers_write()
    {
        ApiAnswer proposed = await RegisterAsync(world.NewAddress(), """
            [{"type":"event","name":"E","inputs":[]},
             {"type":"error","name":"Taken","inputs":[{"name":"id","type":"uint256","internalType":"uint256"}]}]
            """);

        Assert.Equal(
            """["error Taken(uint256 id)"]""", proposed.Json.GetProperty("content").GetProperty("abi").GetRawText());
    }

    [Fact]
    public async Task Strikes_a_contract_off_at_once()
    {
        Address contract = world.NewAddress();
        string id = await world.ApproveAsync(await RegisterAsync(contract, """["ping()"]"""));
        JsonObject call = SigningStory.Pay(contract, "0");
        call["data"] = Hex.Encode(AbiFunction.Parse("ping()").Encode());
        ApiAnswer before = await world.EvaluateAsync(call);

        ApiAnswer off = await world.PostAsync(world.Operator, $"/v1/policies/{id}/disable", []);

        Assert.Equal((201, "in_force"), (off.Status, off.Text("status")));
        Assert.NotEqual("", before.Text("call"));
        Assert.Equal("", (await world.EvaluateAsync(call)).Text("call"));
    }

    [Theory]
    [InlineData("""["mint("]""")]
    [InlineData("{}")]
    public async Task Refuses_what_is_no_abi(string abi)
    {
        ApiAnswer refused = await RegisterAsync(world.NewAddress(), abi);

        Assert.Equal(("invalid_request", "$.abi"), (refused.Code, refused.Text("field")));
    }

    [Fact]
    public async Task Refuses_a_chain_that_is_not_served() =>
        Assert.Equal("chain_unknown", (await RegisterAsync(world.NewAddress(), "[]", chain: 5)).Code);

    private Task<ApiAnswer> RegisterAsync(Address address, string abi, int chain = 1) => world.PostAsync(
        world.Operator,
        "/v1/contracts",
        new JsonObject
        {
            ["chainId"] = chain, ["address"] = address.ToString(), ["name"] = "Vault", ["abi"] = JsonNode.Parse(abi),
        });
}
