using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class RequestTransactionTests(SigningWorld world)
{
    [Fact]
    public async Task Denies_what_no_rule_names()
    {
        ApiAnswer denied = await world.PostAsync(
            world.Operator, "/v1/transactions", SigningStory.Pay(world.NewAddress(), "1"));

        Assert.Equal((403, "policy_denied"), (denied.Status, denied.Code));
    }

    [Fact]
    public async Task Accepts_a_mint_that_a_rule_allows_and_announces_it()
    {
        Queued queued = await world.QueueMintAsync();

        Assert.Equal("queued", await world.StatusAsync(queued.Id));
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM outbox WHERE data->>'transactionId' = '{queued.Id}'"));
        await world.TickAsync();
    }

    [Fact]
    public async Task Denies_a_mint_to_whom_the_rule_does_not_list()
    {
        await world.EnactAsync(world.MintRule(world.NewAddress()));

        ApiAnswer denied = await world.PostAsync(
            world.Operator, "/v1/transactions", world.Mint(world.NewAddress(), SigningStory.NewToken()));

        Assert.Equal((403, "policy_denied"), (denied.Status, denied.Code));
    }

    [Fact]
    public async Task Denies_call_data_with_something_behind_the_arguments()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(world.MintRule(to));
        JsonObject request = world.Mint(to, SigningStory.NewToken());
        request["data"] = request["data"]!.GetValue<string>() + "00";

        ApiAnswer denied = await world.PostAsync(world.Operator, "/v1/transactions", request);

        Assert.Equal("policy_denied", denied.Code);
    }

    [Fact]
    public async Task Counts_what_a_rule_has_allowed_even_among_requests_at_once()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 2));

        ApiAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            world.PostAsync(world.Operator, "/v1/transactions", SigningStory.Pay(to, "1"))));

        Assert.Equal(2, answers.Count(answer => answer.Status == 202));
        Assert.Equal(4, answers.Count(answer => answer.Code == "policy_denied"));
        await world.TickAsync();
    }

    [Fact]
    public async Task Denies_more_native_coin_than_a_rule_allows()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 2));

        ApiAnswer denied = await world.PostAsync(world.Operator, "/v1/transactions", SigningStory.Pay(to, "11"));

        Assert.Equal("policy_denied", denied.Code);
    }

    [Fact]
    public async Task Refuses_what_would_revert_and_says_why()
    {
        Queued minted = await world.QueueMintAsync();
        Assert.Equal(204, await world.DeliverQueuedAsync(minted.Json));
        await world.FinishAsync(minted.Id);

        ApiAnswer again = await world.PostAsync(
            world.Operator, "/v1/transactions", world.Mint(minted.To, minted.Token));

        Assert.Equal((422, "simulation_failed"), (again.Status, again.Code));
    }

    [Fact]
    public async Task Answers_duplicates_at_once_with_the_first_answer_and_one_effect()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(world.MintRule(to));
        JsonObject request = world.Mint(to, SigningStory.NewToken());
        string key = Guid.NewGuid().ToString();

        ApiAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ =>
            world.PostAsync(world.Operator, "/v1/transactions", (JsonObject)request.DeepClone(), key)));

        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
        string id = Assert.Single(answers.Select(answer => answer.Text("id")).Distinct());
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM transactions WHERE data = '\\x{request["data"]!.GetValue<string>()[2..]}'"));
        Assert.Equal(1L, await world.ReadAsync<long>(
            $"SELECT count(*) FROM outbox WHERE data->>'transactionId' = '{id}'"));
        await world.TickAsync();
    }

    [Fact]
    public async Task Replays_the_answer_when_the_chain_would_refuse_it_by_now()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(world.MintRule(to));
        JsonObject request = world.Mint(to, SigningStory.NewToken());
        ApiAnswer first = await world.PostAsync(world.Operator, "/v1/transactions", request, "replayed-later");
        await world.DeliverQueuedAsync(first.Json);
        Assert.Equal("final", await world.FinishAsync(first.Text("id")));

        ApiAnswer again = await world.PostAsync(
            world.Operator, "/v1/transactions", (JsonObject)request.DeepClone(), "replayed-later");

        Assert.Equal((202, first.Text("id")), (again.Status, again.Text("id")));
    }

    [Fact]
    public async Task Refuses_the_same_key_with_another_request()
    {
        Address to = world.NewAddress();
        await world.EnactAsync(SigningStory.PayRule(to, "10", countMax: 9));
        await world.PostAsync(world.Operator, "/v1/transactions", SigningStory.Pay(to, "1"), "one-key");

        ApiAnswer reused = await world.PostAsync(
            world.Operator, "/v1/transactions", SigningStory.Pay(to, "2"), "one-key");

        Assert.Equal((422, "idempotency_key_reused"), (reused.Status, reused.Code));
        await world.TickAsync();
    }

    [Fact]
    public async Task Refuses_while_the_wallet_is_paused()
    {
        Queued mint = await world.QueueMintAsync();
        string signer = mint.Json.GetProperty("signerId").GetString()!;
        await world.PostAsync(
            world.Operator, $"/v1/signers/{signer}/pause", new JsonObject { ["reason"] = "A drill." });

        ApiAnswer refused = await world.PostAsync(
            world.Operator, "/v1/transactions", world.Mint(mint.To, SigningStory.NewToken()));
        await world.PostAsync(world.Colleague, $"/v1/signers/{signer}/unpause", []);

        Assert.Equal((409, "signer_unavailable"), (refused.Status, refused.Code));
        await world.TickAsync();
    }

    [Fact]
    public async Task Refuses_a_chain_that_is_not_served()
    {
        JsonObject request = SigningStory.Pay(world.NewAddress(), "1");
        request["chainId"] = 5;

        ApiAnswer refused = await world.PostAsync(world.Operator, "/v1/transactions", request);

        Assert.Equal("chain_unknown", refused.Code);
    }

    [Theory]
    [InlineData("data", "0x1")]
    [InlineData("data", "mint")]
    [InlineData("description", "")]
    [InlineData("to", "0x0000000000000000000000000000000000000000")]
    [InlineData("valueWei", "-1")]
    public async Task Refuses_a_malformed_field(string field, string value)
    {
        JsonObject request = SigningStory.Pay(world.NewAddress(), "1");
        request[field] = value;

        ApiAnswer refused = await world.PostAsync(world.Operator, "/v1/transactions", request);

        Assert.Equal((400, "invalid_request"), (refused.Status, refused.Code));
    }

    [Theory]
    [InlineData(Role.Admin, TokenAudience.Admin, 403)]
    [InlineData(Role.Support, TokenAudience.Admin, 403)]
    [InlineData(Role.Operator, TokenAudience.User, 403)]
    public async Task Lets_only_operators_at_the_administrators_door_ask(
        Role role, TokenAudience audience, int expected)
    {
        TestPerson person = await world.AddPersonAsync(role, audience);

        ApiAnswer answer = await world.PostAsync(person, "/v1/transactions", SigningStory.Pay(world.NewAddress(), "1"));

        Assert.Equal(expected, answer.Status);
    }

    [Fact]
    public async Task Lets_nobody_in_without_a_token()
    {
        ApiAnswer answer = await world.PostAsync(null, "/v1/transactions", SigningStory.Pay(world.NewAddress(), "1"));

        Assert.Equal((401, "unauthenticated"), (answer.Status, answer.Code));
    }
}
