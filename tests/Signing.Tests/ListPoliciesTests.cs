using Souk.Domain.Sessions;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class ListPoliciesTests(SigningWorld world)
{
    [Fact]
    public async Task Tells_what_is_in_force_from_what_waits()
    {
        string active = await world.EnactAsync(SigningStory.PayRule(world.NewAddress(), "1", countMax: 1));
        ApiAnswer proposed = await world.PostAsync(
            world.Operator, "/v1/policies", SigningStory.PayRule(world.NewAddress(), "1", countMax: 1));

        ApiAnswer listed = await world.GetAsync(await world.AddPersonAsync(Role.Support), "/v1/policies");

        Assert.Contains(active, Ids(listed, "active"));
        Assert.DoesNotContain(active, Ids(listed, "proposed"));
        Assert.Contains(proposed.Text("id"), Ids(listed, "proposed"));
    }

    [Fact]
    public async Task Shows_one_kind_when_asked_for_it()
    {
        string rule = await world.EnactAsync(SigningStory.PayRule(world.NewAddress(), "1", countMax: 1));
        string list = await world.ApproveAsync(
            await world.ProposeListAsync(PolicyStory.NewListName(), world.NewAddress()));

        ApiAnswer listed = await world.GetAsync(world.Operator, "/v1/policies?kind=recipient_list");
        ApiAnswer refused = await world.GetAsync(world.Operator, "/v1/policies?kind=wish");

        Assert.Contains(list, Ids(listed, "active"));
        Assert.DoesNotContain(rule, Ids(listed, "active"));
        Assert.Equal(("invalid_request", "kind"), (refused.Code, refused.Text("field")));
    }

    private static IEnumerable<string> Ids(ApiAnswer listed, string kind) =>
        listed.Json.GetProperty(kind).EnumerateArray().Select(it => it.GetProperty("id").GetString()!);
}
