using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>What allows more comes in force only after a time in which anybody can still stop it.</summary>
[Collection(SigningCollection.Name)]
public sealed class PolicyDelayTests(SigningWorld world) : IAsyncLifetime
{
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(10);
    private PolicyRoom _room = null!;

    public async ValueTask InitializeAsync()
    {
        _room = await PolicyRoom.StartAsync(world, Delay);
        // The provider, asked for the wallet once, goes by the machine's time.
        await ReasonAsync(world.NewAddress());
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task A_wider_version_waits_for_its_time_and_then_counts_without_anybodys_doing()
    {
        Address to = world.NewAddress();
        ApiAnswer approved = await EnactAsync(SigningStory.PayRule(to, "10", countMax: 1));

        string before = await ReasonAsync(to);
        _room.Clock.Advance(Delay - TimeSpan.FromSeconds(20));
        string nearly = await ReasonAsync(to);
        _room.Clock.Advance(TimeSpan.FromSeconds(21));

        Assert.Equal("approved", approved.Text("status"));
        Assert.Equal(("nothing_named", "nothing_named", "allowed"), (before, nearly, await ReasonAsync(to)));
    }

    [Fact]
    public async Task What_waits_for_its_time_can_still_be_withdrawn()
    {
        Address to = world.NewAddress();
        ApiAnswer approved = await EnactAsync(SigningStory.PayRule(to, "10", countMax: 1));

        ApiAnswer withdrawn = await _room.PostAsync(
            $"/v1/policies/{approved.Text("id")}/withdraw", new JsonObject { ["version"] = 1 });
        _room.Clock.Advance(Delay * 2);

        Assert.Equal((200, "withdrawn"), (withdrawn.Status, withdrawn.Text("status")));
        Assert.Equal("nothing_named", await ReasonAsync(to));
    }

    [Fact]
    public async Task Switching_off_waits_for_nothing_and_outlives_what_was_approved_before()
    {
        Address to = world.NewAddress();
        string id = (await EnactAsync(SigningStory.PayRule(to, "10", countMax: 1))).Text("id");
        _room.Clock.Advance(Delay * 2);
        JsonObject wider = SigningStory.PayRule(to, "1000", countMax: 1);
        wider["ruleId"] = id;
        await EnactAsync(wider);

        ApiAnswer off = await _room.PostAsync($"/v1/policies/{id}/disable", []);
        string at = await ReasonAsync(to);
        _room.Clock.Advance(Delay * 2);

        Assert.Equal("in_force", off.Text("status"));
        Assert.Equal(("rule_disabled", "rule_disabled"), (at, await ReasonAsync(to)));
    }

    private async Task<ApiAnswer> EnactAsync(JsonObject rule)
    {
        ApiAnswer proposed = await _room.PostAsync("/v1/policies", rule);
        Assert.Equal(201, proposed.Status);
        JsonObject version = new() { ["version"] = proposed.Json.GetProperty("version").GetInt32() };
        return await _room.PostAsync($"/v1/policies/{proposed.Text("id")}/approve", version);
    }

    private async Task<string> ReasonAsync(Address to)
    {
        JsonObject call = SigningStory.Pay(to, "1");
        call.Remove("description");
        return (await _room.PostAsync("/v1/policies/evaluate", call)).Text("reason");
    }
}
