using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;

namespace Souk.Signing.Tests;

/// <summary>No cap is ever exceeded: by whoever asks at once, by what waits, is replaced, or is asked again.</summary>
[Collection(SigningCollection.Name)]
public sealed class PolicyCapsTests(SigningWorld world) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.SettleAsync();

    public async ValueTask DisposeAsync() => await world.Node.SetIntervalMiningAsync(null, Cancelled);

    [Fact]
    public async Task Of_a_hundred_requests_at_once_a_cap_of_ten_accepts_ten()
    {
        Address to = world.NewAddress();
        string rule = await world.EnactAsync(SigningStory.PayRule(to, "1", countMax: 10));

        ApiAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => world.AskToPayAsync(to)));

        Assert.Equal(10, answers.Count(it => it.Status == 202));
        Assert.Equal(90, answers.Count(it => (it.Status, it.Code) == (403, "policy_denied")));
        Assert.Equal(10, await world.CountedAsync(rule, "accepted"));
        Assert.Equal(10L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM transactions WHERE rule_id = '{rule}'"));
        await world.SettleAsync();
        Assert.Equal(10, await world.CountedAsync(rule, "allocated"));
    }

    [Fact]
    public async Task The_sum_of_an_argument_is_kept_among_requests_at_once()
    {
        Address to = world.NewAddress();
        ulong[] tokens = [.. Enumerable.Range(0, 8).Select(_ => SigningStory.NewToken())];
        ulong max = (tokens[0] * 3) + 100;
        JsonObject rule = world.MintRule(to);
        rule["arguments"]![1] = new JsonObject
        {
            ["kind"] = "amount", ["max"] = "1000000", ["hourlyMax"] = max.ToString(CultureInfo.InvariantCulture),
        };
        string id = await world.EnactAsync(rule);

        ApiAnswer[] answers = await Task.WhenAll(tokens.Select(token =>
            world.PostAsync(world.Operator, "/v1/transactions", world.Mint(to, token))));

        // Their numbers are near each other, so that any three fit and no four do.
        Assert.Equal(3, answers.Count(it => it.Status == 202));
        Assert.True(await world.ReadAsync<bool>(
            $"SELECT sum(amount) <= {max} FROM policy_shares WHERE rule_id = '{id}'"));
        ApiAnswer evaluated = await world.EvaluateAsync(world.Mint(to, tokens[0]));
        Assert.Equal("hourly_cap_exceeded", evaluated.Text("reason"));
        await world.SettleAsync();
    }

    [Fact]
    public async Task What_is_refused_before_it_was_mined_gives_its_share_back()
    {
        Address to = world.NewAddress();
        string rule = await world.EnactAsync(SigningStory.PayRule(to, "1", countMax: 1));
        ApiAnswer first = await world.AskToPayAsync(to);
        ApiAnswer denied = await world.AskToPayAsync(to);

        ApiAnswer cancelled = await world.PostAsync(
            world.Operator, $"/v1/transactions/{first.Text("id")}/cancel", new JsonObject { ["reason"] = "A drill." });
        ApiAnswer second = await world.AskToPayAsync(to);

        Assert.Equal((202, "policy_denied", 200, 202), (first.Status, denied.Code, cancelled.Status, second.Status));
        Assert.Equal(1, await world.CountedAsync(rule, "accepted"));
        Assert.Equal("final", await world.FinishAsync(second.Text("id")));
        Assert.Equal(1, await world.CountedAsync(rule, "allocated"));
    }

    [Fact]
    public async Task What_waited_for_hours_is_not_sent_in_a_minute_and_keeps_nothing_else_back()
    {
        Address to = world.NewAddress();
        string rule = await world.EnactAsync(SigningStory.PayRule(to, "1", countMax: 2));
        string[] queued = new string[4];
        for (int i = 0; i < 4; i++)
        {
            queued[i] = (await world.AskToPayAsync(to)).Text("id");
            if (i == 1) await world.AgeUsageAsync(rule, TimeSpan.FromHours(25));
        }

        Queued other = await world.QueueMintAsync();
        await world.TickAsync();
        string[] first = await StatusesAsync(queued);
        string passed = await world.FinishAsync(other.Id);
        await world.AgeUsageAsync(rule, TimeSpan.FromHours(25));
        await world.SettleAsync();

        Assert.Equal(["queued", "queued"], first[2..]);
        Assert.All(first[..2], it => Assert.Contains(it, (string[])["broadcast", "mined", "final"]));
        Assert.Equal("final", passed);
        Assert.All(await StatusesAsync(queued), it => Assert.Equal("final", it));
    }

    [Fact]
    public async Task A_rule_that_was_switched_off_sends_nothing_that_still_waits()
    {
        Address to = world.NewAddress();
        string rule = await world.EnactAsync(SigningStory.PayRule(to, "1", countMax: 5));
        string id = (await world.AskToPayAsync(to)).Text("id");

        await world.PostAsync(world.Operator, $"/v1/policies/{rule}/disable", []);
        await world.TickAsync();

        JsonElement shown = (await world.ShowAsync(id)).GetProperty("transaction");
        Assert.Equal("refused", shown.GetProperty("status").GetString());
        Assert.Equal("policy_denied: The rule is switched off.", shown.GetProperty("reason").GetString());
        Assert.Equal(0, await world.CountedAsync(rule, "accepted"));
        Assert.Equal(0UL, (ulong)await world.ReadAsync<long>(
            $"SELECT count(*) FROM transaction_attempts WHERE transaction_id = '{id}'"));
    }

    [Fact]
    public async Task A_replacement_is_the_same_transaction_and_counts_once()
    {
        await world.Node.StopMiningAsync(Cancelled);
        Address to = world.NewAddress();
        string rule = await world.EnactAsync(SigningStory.PayRule(to, "1", countMax: 1));
        ApiAnswer accepted = await world.AskToPayAsync(to);
        await world.DeliverQueuedAsync(accepted.Json);

        ApiAnswer replaced = await world.PostAsync(
            world.Operator, $"/v1/transactions/{accepted.Text("id")}/replace", []);
        await world.TickAsync();
        await world.Node.SetIntervalMiningAsync(null, Cancelled);

        Assert.Equal(200, replaced.Status);
        Assert.Equal("final", await world.FinishAsync(accepted.Text("id")));
        Assert.Equal(
            (1L, 1L), (await world.CountedAsync(rule, "accepted"), await world.CountedAsync(rule, "allocated")));
        Assert.Equal("policy_denied", (await world.AskToPayAsync(to)).Code);
    }

    [Fact]
    public async Task The_same_key_asked_a_hundred_times_counts_once()
    {
        Address to = world.NewAddress();
        string rule = await world.EnactAsync(SigningStory.PayRule(to, "1", countMax: 10));
        string key = Guid.NewGuid().ToString();

        ApiAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ =>
            world.PostAsync(world.Operator, "/v1/transactions", SigningStory.Pay(to, "1"), key)));

        Assert.Single(answers.Where(it => it.Status == 202).Select(it => it.Text("id")).Distinct());
        Assert.Equal(1, await world.CountedAsync(rule, "accepted"));
        await world.SettleAsync();
    }

    private async Task<string[]> StatusesAsync(IEnumerable<string> transactions)
    {
        List<string> statuses = [];
        foreach (string id in transactions) statuses.Add(await world.StatusAsync(id));
        return [.. statuses];
    }
}
