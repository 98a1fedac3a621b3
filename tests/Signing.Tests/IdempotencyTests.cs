using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>However often and however concurrently a request comes, it has one effect.</summary>
[Collection(SigningCollection.Name)]
public sealed class IdempotencyTests(SigningWorld world)
{
    [Fact]
    public async Task Two_hundred_concurrent_duplicates_of_one_request_are_one_transaction()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 1));
        JsonObject request = OperationStory.Ask("transfer", ("to", to.ToString()), ("valueWei", "1"));
        string key = Guid.NewGuid().ToString();

        ApiAnswer[] answers =
            await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => world.AskAsync(request, key)));

        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
        string id = Assert.Single(answers.Select(answer => answer.Json.ToString()).Distinct());
        Assert.NotEmpty(id);
        Assert.Equal(1L, await CountAsync(to));
        Assert.Equal(1L, await world.ReadAsync<long>($"""
            SELECT count(*) FROM outbox WHERE subject = 'transaction/{answers[0].Text("id")}'
            """));
        Assert.Equal(1L, await world.ReadAsync<long>($"""
            SELECT count(*) FROM audit WHERE subject = 'transaction/{answers[0].Text("id")}'
            """));
        await world.FinishAsync(answers[0].Text("id"));
    }

    /// <summary>It looked whether the key was there, then inserted, and never looked at the body.</summary>
    [Fact]
    public async Task Thirdweb_engine_a_key_that_is_checked_then_inserted_and_forgets_the_body()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 99));
        string key = Guid.NewGuid().ToString();

        (string Value, ApiAnswer Answer)[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            string value = i % 2 == 0 ? "1" : "2";
            return (value, await world.AskAsync(
                OperationStory.Ask("transfer", ("to", to.ToString()), ("valueWei", value)), key));
        }));

        ApiAnswer[] accepted = [.. answers.Select(it => it.Answer).Where(it => it.Status == 202)];
        Assert.Equal(10, accepted.Length);
        Assert.Single(accepted.Select(it => it.Text("id")).Distinct());
        Assert.Single(answers.Where(it => it.Answer.Status == 202).Select(it => it.Value).Distinct());
        Assert.All(
            answers.Select(it => it.Answer).Where(it => it.Status != 202),
            it => Assert.Equal((422, "idempotency_key_reused"), (it.Status, it.Code)));
        Assert.Equal(1L, await CountAsync(to));
        await world.FinishAsync(accepted[0].Text("id"));
    }

    [Fact]
    public async Task Keeps_answers_for_thirty_days()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 9));
        JsonObject request = OperationStory.Ask("transfer", ("to", to.ToString()), ("valueWei", "1"));
        string key = Guid.NewGuid().ToString();
        ApiAnswer first = await world.AskAsync(request, key);

        Assert.Equal(30.0, await world.ReadAsync<double>($"""
            SELECT extract(epoch FROM expires_at - created_at)::float8 / 86400 FROM idempotency_keys WHERE key = '{key}'
            """));
        Assert.Equal(first.Text("id"), (await world.AskAsync(request, key)).Text("id"));
        await world.FinishAsync(first.Text("id"));
    }

    /// <summary>The members' order is not the request: the same in another order is the same.</summary>
    [Fact]
    public async Task Takes_the_same_members_in_another_order_for_the_same_request()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 9));
        JsonObject request = OperationStory.Ask("transfer", ("to", to.ToString()), ("valueWei", "1"));
        JsonObject turned = [];
        foreach ((string name, JsonNode? value) in request.Reverse())
            turned[name] = value?.DeepClone();
        string key = Guid.NewGuid().ToString();

        ApiAnswer first = await world.AskAsync(request, key);
        ApiAnswer second = await world.AskAsync(turned, key);

        Assert.Equal(first.Text("id"), second.Text("id"));
        await world.FinishAsync(first.Text("id"));
    }

    [Fact]
    public async Task Refuses_a_request_without_a_key()
    {
        JsonObject request = SigningStory.Pay(world.NewAddress(), "1");

        ApiAnswer refused = await world.Operator.Api.PostAsync(
            "/v1/transactions", request.ToJsonString(), null, TestContext.Current.CancellationToken);

        Assert.Equal((400, "invalid_request"), (refused.Status, refused.Code));
    }

    private Task<long> CountAsync(Address to) => world.ReadAsync<long>(
        $"SELECT count(*) FROM transactions WHERE to_address = '\\x{to.ToLowerHex()[2..]}'");
}
