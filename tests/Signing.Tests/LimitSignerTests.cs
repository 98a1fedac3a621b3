using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class LimitSignerTests(SigningWorld world)
{
    [Fact]
    public async Task Bounds_a_wallet_at_once_and_lifts_the_bound_only_by_two()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 9));
        string signer = await world.SignerAsync();

        ApiAnswer limited = await LimitAsync(signer, 0);
        string bounded = await ReasonAsync(to);
        ApiAnswer denied = await world.AskToPayAsync(to);
        ApiAnswer raised = await LimitAsync(signer, 1_000);
        string still = await ReasonAsync(to);
        await world.ApproveAsync(raised);
        string open = await ReasonAsync(to);
        ApiAnswer lifted = await world.PostAsync(
            world.Operator, $"/v1/policies/{limited.Text("id")}/disable", []);
        await world.ApproveAsync(lifted);

        Assert.Equal((201, "in_force"), (limited.Status, limited.Text("status")));
        Assert.Equal(("proposed", "proposed"), (raised.Text("status"), lifted.Text("status")));
        Assert.Equal("policy_denied", denied.Code);
        Assert.Equal(
            ("signer_hourly_cap_exceeded", "signer_hourly_cap_exceeded", "allowed"), (bounded, still, open));
    }

    [Fact]
    public async Task Refuses_a_wallet_that_is_not_there() =>
        Assert.Equal("not_found", (await LimitAsync(Guid.NewGuid().ToString(), 1)).Code);

    [Fact]
    public async Task Refuses_fewer_than_no_transactions()
    {
        ApiAnswer refused = await LimitAsync(await world.SignerAsync(), -1);

        Assert.Equal(("invalid_request", "$.hourly"), (refused.Code, refused.Text("field")));
    }

    private Task<ApiAnswer> LimitAsync(string signer, long count) => world.PostAsync(
        world.Operator,
        $"/v1/signers/{signer}/limit",
        new JsonObject { ["hourly"] = PolicyStory.Cap(count), ["daily"] = PolicyStory.Cap(100_000) });

    private async Task<string> ReasonAsync(Address to) =>
        (await world.EvaluateAsync(SigningStory.Pay(to, "1"))).Text("reason");
}
