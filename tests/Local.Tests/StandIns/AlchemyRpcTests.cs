using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.StandIns;
using Souk.Platform.Alchemy;
using Souk.Platform.Randomness;

namespace Souk.Local.Tests.StandIns;

public sealed class AlchemyRpcTests
{
    private static readonly PrivateKey s_account =
        PrivateKey.Parse("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_as_the_node_to_a_key_it_knows()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();

        (int status, JsonNode body) = await it.RpcAsync(Call("eth_chainId"));

        Assert.Equal(200, status);
        Assert.Equal("0x89", (string?)body["result"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another-key")]
    public async Task Refuses_a_missing_or_unknown_key(string? key)
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();

        (int status, JsonNode body) = await it.RpcAsync(Call("eth_chainId"), key);

        Assert.Equal(401, status);
        Assert.Equal("Must be authenticated!", (string?)body["error"]!["message"]);
    }

    [Fact]
    public async Task Refuses_a_key_over_its_months_capacity()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        it.Alchemy.SetOverCapacity(AlchemyScenario.Key, true);

        Assert.Equal(403, (await it.RpcAsync(Call("eth_chainId"))).Status);
    }

    [Fact]
    public async Task Refuses_more_compute_units_a_second_than_the_key_has_until_the_next_second()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        it.Alchemy.AddKey(AlchemyScenario.Key, computeUnitsPerSecond: 25);

        Assert.Equal(200, (await it.RpcAsync(Call("eth_blockNumber"))).Status);
        Assert.Equal(200, (await it.RpcAsync(Call("eth_blockNumber"))).Status);
        (int status, JsonNode body) = await it.RpcAsync(Call("eth_blockNumber"));
        it.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(429, status);
        Assert.Equal(429, (int?)body["error"]!["code"]);
        Assert.Equal(200, (await it.RpcAsync(Call("eth_blockNumber"))).Status);
    }

    [Fact]
    public async Task Tells_each_item_of_a_batch_by_itself_and_not_in_order()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        it.Alchemy.AddKey(AlchemyScenario.Key, computeUnitsPerSecond: 10);

        (int status, JsonNode body) =
            await it.RpcAsync(new JsonArray(Call("eth_blockNumber"), Call("eth_blockNumber"), Call("anvil_mine")));

        Assert.Equal(200, status);
        Assert.NotNull(body[2]!["result"]);
        Assert.Equal(429, (int?)body[1]!["error"]!["code"]);
        Assert.Equal(-32600, (int?)body[0]!["error"]!["code"]);
    }

    [Fact]
    public async Task Refuses_methods_that_only_our_node_has()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();

        Assert.Equal(400, (await it.RpcAsync(Call("anvil_mine"))).Status);
        Assert.Equal(it.Height, await it.Node.Rpc.GetBlockNumberAsync(Cancelled));
    }

    [Fact]
    public async Task Refuses_a_log_range_that_is_too_long_and_tells_one_that_works()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync(new() { LogBlocksMax = 500 });
        await it.Node.MineAsync(600, Cancelled);

        (int status, JsonNode body) = await it.RpcAsync(Logs("0x1", "latest"));

        Assert.Equal(400, status);
        Assert.Equal(
            "You can make eth_getLogs requests with up to a 500 block range. "
                + "Based on your parameters, this block range should work: [0x1, 0x1f4]",
            (string?)body["error"]!["message"]);
        Assert.Equal(200, (await it.RpcAsync(Logs("0x1", "0x1f4"))).Status);
        Assert.Equal(400, (await it.RpcAsync(Logs("0x1", "0x1f5"))).Status);
    }

    [Fact]
    public async Task The_production_client_reads_through_it_and_knows_its_refusal_of_a_range()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync(new() { LogBlocksMax = 10 });
        using AlchemyClient client = Client(it);
        await it.Node.MineAsync(20, Cancelled);

        Assert.Equal((long)it.Height + 20, await client.GetBlockNumberAsync(Cancelled));
        await Assert.ThrowsAsync<LogRangeRefusedException>(() => client.GetLogsAsync(
            new LogFilter { FromBlock = 1, ToBlock = 11 }, Cancelled));
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_transaction_sent_and_its_resend_already_known()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        using AlchemyClient client = Client(it);
        await it.Node.StopMiningAsync(Cancelled);
        byte[] raw = Signed(await it.Node.Rpc.GetNonceAsync(s_account.Address, Cancelled));
        it.Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutAfterEffect);

        BroadcastResult first = await client.SendRawTransactionAsync(raw, Cancelled);
        BroadcastResult second = await client.SendRawTransactionAsync(raw, Cancelled);

        Assert.Equal(BroadcastOutcome.Unknown, first.Outcome);
        Assert.Equal(BroadcastOutcome.AlreadyKnown, second.Outcome);
    }

    [Fact]
    public async Task A_call_lost_before_its_effect_never_reaches_the_node()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        using AlchemyClient client = Client(it);
        byte[] raw = Signed(await it.Node.Rpc.GetNonceAsync(s_account.Address, Cancelled));
        it.Alchemy.NextRpc("eth_sendRawTransaction", StandInFault.TimeOutBeforeEffect);

        BroadcastResult result = await client.SendRawTransactionAsync(raw, Cancelled);

        Assert.Equal(BroadcastOutcome.Unknown, result.Outcome);
        Assert.Null(await client.GetTransactionAsync(Eip1559Transaction.HashOf(raw), Cancelled));
    }

    [Fact]
    public async Task Answers_a_scripted_error_or_null_once()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        it.Alchemy.NextRpc("eth_blockNumber", -32000, "Internal error.", 500);
        it.Alchemy.NextRpcNull("eth_blockNumber");

        Assert.Equal(500, (await it.RpcAsync(Call("eth_blockNumber"))).Status);
        Assert.Null((await it.RpcAsync(Call("eth_blockNumber"))).Body["result"]);
        Assert.NotNull((await it.RpcAsync(Call("eth_blockNumber"))).Body["result"]);
    }

    private static JsonObject Call(string method, params JsonNode?[] parameters) => new()
    {
        ["jsonrpc"] = "2.0",
        ["id"] = 7,
        ["method"] = method,
        ["params"] = new JsonArray(parameters),
    };

    private static JsonObject Logs(string from, string to) =>
        Call("eth_getLogs", new JsonObject { ["fromBlock"] = from, ["toBlock"] = to });

    private static AlchemyClient Client(AlchemyScenario it)
    {
        ChainOptions chain = new()
        {
            Id = (long)it.Chain.ChainId.Value,
            Name = "polygon",
            RpcUrl = it.Alchemy.RpcUrlOf(it.Chain.ChainId).ToString(),
        };
        return new AlchemyClient(
            ChainRegistry.Create([chain]).Get(it.Chain.ChainId),
            new AlchemyOptions { RetriesMax = 0 },
            (_, _) => ValueTask.FromResult(AlchemyScenario.Key),
            TimeProvider.System,
            EntropySource.System);
    }

    private static byte[] Signed(ulong nonce)
    {
        Eip1559Transaction transaction = new(
            new ChainId(137), nonce, Wei.FromUlong(1_000_000_000), Wei.FromUlong(30_000_000_000), 21_000,
            s_account.Address, Wei.FromUlong(1), default);
        return transaction.Encode(s_account.Sign(transaction.SigningHash()));
    }
}
