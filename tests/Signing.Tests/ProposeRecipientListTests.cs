using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class ProposeRecipientListTests(SigningWorld world)
{
    [Fact]
    public async Task Opens_to_new_recipients_only_when_a_second_person_agrees()
    {
        Address friend = world.NewAddress();
        string list = PolicyStory.NewListName();
        JsonObject rule = SigningStory.PayRule(friend, "10", countMax: 9);
        rule["contracts"] = new JsonArray();
        rule["contractList"] = list;
        await world.EnactAsync(rule);

        ApiAnswer proposed = await world.ProposeListAsync(list, friend);
        string before = (await world.EvaluateAsync(SigningStory.Pay(friend, "1"))).Text("reason");
        string id = await world.ApproveAsync(proposed);
        string after = (await world.EvaluateAsync(SigningStory.Pay(friend, "1"))).Text("reason");

        Assert.Equal(("proposed", "nothing_named", "allowed"), (proposed.Text("status"), before, after));
        Assert.Equal(1, await world.AuditedAsync(id, "recipient_list.propose"));
    }

    [Fact]
    public async Task Drops_recipients_at_once_by_one_person()
    {
        (Address friend, Address gone) = (world.NewAddress(), world.NewAddress());
        string list = PolicyStory.NewListName();
        JsonObject rule = world.MintRule(friend);
        rule["arguments"]![0] = new JsonObject { ["kind"] = "listed", ["list"] = list };
        await world.EnactAsync(rule);
        string id = await world.ApproveAsync(await world.ProposeListAsync(list, friend, gone));
        string before = await ReasonAsync(gone);

        ApiAnswer narrowed = await world.ProposeListAsync(list, friend);

        Assert.Equal((201, "in_force", id), (narrowed.Status, narrowed.Text("status"), narrowed.Text("id")));
        Assert.Equal(("allowed", "argument_not_allowed"), (before, await ReasonAsync(gone)));
        Assert.Equal("allowed", await ReasonAsync(friend));
        Assert.Equal(["in_force", "superseded"], await world.VersionsAsync(id));
    }

    [Theory]
    [InlineData("Payees", "0x00000000000000000000000000000000000000c2", "$.name")]
    [InlineData("payees", "0x0000000000000000000000000000000000000000", "$.addresses")]
    public async Task Refuses_a_list_that_could_not_be_kept(string name, string address, string field)
    {
        ApiAnswer refused = await world.ProposeListAsync(name, Address.Parse(address));

        Assert.Equal(("invalid_request", field), (refused.Code, refused.Text("field")));
    }

    private async Task<string> ReasonAsync(Address to) =>
        (await world.EvaluateAsync(world.Mint(to, SigningStory.NewToken()))).Text("reason");
}
