using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Sessions;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class GetTransactionTests(SigningWorld world)
{
    [Fact]
    public async Task Says_not_found_for_another_id() => Assert.Equal(
        "not_found", (await world.GetAsync(world.Operator, $"/v1/transactions/{Guid.NewGuid()}")).Code);

    [Fact]
    public async Task Shows_a_call_by_the_names_of_its_registered_contract()
    {
        Queued mint = await world.QueueMintAsync();
        await world.ApproveAsync(await world.PostAsync(world.Operator, "/v1/contracts", new JsonObject
        {
            ["chainId"] = 1,
            ["address"] = world.Chain.Contracts.Collection.ToString(),
            ["name"] = "Demo",
            ["abi"] = new JsonArray("function mint(address to,uint256 tokenId)"),
        }));

        JsonElement call = (await world.ShowAsync(mint.Id)).GetProperty("call");

        Assert.Equal("Demo", call.GetProperty("contract").GetString());
        Assert.Equal(
            ["to", "tokenId"],
            call.GetProperty("arguments").EnumerateArray().Select(it => it.GetProperty("name").GetString()));
        await world.TickAsync();
    }

    [Fact]
    public async Task Shows_nothing_to_whom_may_not_read()
    {
        TestPerson trader = await world.AddPersonAsync(Role.Trader);

        ApiAnswer refused = await world.GetAsync(trader, $"/v1/transactions/{Guid.NewGuid()}");

        Assert.Equal(403, refused.Status);
    }
}
