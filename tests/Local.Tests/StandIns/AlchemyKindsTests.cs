using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.StandIns;

namespace Souk.Local.Tests.StandIns;

public sealed class AlchemyKindsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tells_of_a_mined_transaction_from_a_watched_account()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        await WatchAsync(it, AlchemyWebhookType.MinedTransaction);

        TransactionHash mined = await it.SendAsync(it.Node.Accounts[1], [], 5);

        (_, JsonNode body) = await it.DeliveredAsync();
        Assert.Equal("MINED_TRANSACTION", (string?)body["type"]);
        Assert.Equal("MATIC_MAINNET", (string?)body["event"]!["network"]);
        Assert.Equal(mined.ToString(), (string?)body["event"]!["transaction"]!["hash"]);
        Assert.Equal(Quantity(it.Height + 1), (string?)body["event"]!["transaction"]!["blockNumber"]);
    }

    [Fact]
    public async Task Tells_of_a_dropped_transaction_that_is_in_no_block()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        AlchemyWebhook webhook = await WatchAsync(it, AlchemyWebhookType.DroppedTransaction);

        it.Alchemy.SendDropped(
            webhook, new JsonObject { ["hash"] = "0x1", ["gas"] = "0x5208", ["blockNumber"] = "0x10" });

        (_, JsonNode body) = await it.DeliveredAsync();
        JsonNode transaction = body["event"]!["transaction"]!;
        Assert.Equal("DROPPED_TRANSACTION", (string?)body["type"]);
        Assert.Equal("0x5208", (string?)transaction["gasLimit"]);
        Assert.Null(transaction["gas"]);
        Assert.Null(transaction["blockNumber"]);
    }

    [Fact]
    public async Task Tells_of_changed_metadata()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        AlchemyWebhook webhook = await WatchAsync(it, AlchemyWebhookType.NftMetadataUpdate);

        it.Alchemy.SendMetadataUpdate(webhook, it.Chain.Collection.ToLowerHex(), "15489410");

        (_, JsonNode body) = await it.DeliveredAsync();
        Assert.Equal("NFT_METADATA_UPDATE", (string?)body["type"]);
        Assert.Equal("15489410", (string?)body["event"]!["tokenId"]);
    }

    [Fact]
    public async Task Tells_that_logs_are_off_the_chain()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        AlchemyWebhook webhook = await it.WatchCollectionAsync();
        await it.MintAsync(1);
        (_, JsonNode told) = await it.DeliveredAsync();

        string removed = it.Alchemy.SendRemoved(webhook, told["event"]!.AsObject());

        (_, JsonNode body) = await it.DeliveredAsync(delivery => delivery.EventId == removed);
        Assert.Equal(true, (bool?)body["event"]!["activity"]![0]!["log"]!["removed"]);
        Assert.Equal(
            (string?)told["event"]!["activity"]![0]!["hash"], (string?)body["event"]!["activity"]![0]!["hash"]);
    }

    [Fact]
    public async Task Sends_its_own_error_and_kinds_that_nobody_knows()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        AlchemyWebhook webhook = await it.WatchCollectionAsync();

        string error = it.Alchemy.SendCapacityError(webhook);
        string unknown = it.Alchemy.SendUnknown(webhook, "SOMETHING_NEW", []);

        (_, JsonNode first) = await it.DeliveredAsync(delivery => delivery.EventId == error);
        (_, JsonNode second) = await it.DeliveredAsync(delivery => delivery.EventId == unknown);
        Assert.StartsWith("Monthly capacity", (string?)first["event"]!["error"], StringComparison.Ordinal);
        Assert.Equal("SOMETHING_NEW", (string?)second["type"]);
    }

    [Theory]
    [InlineData(AlchemyWebhookType.MinedTransaction, 400)]
    [InlineData(AlchemyWebhookType.DroppedTransaction, 400)]
    [InlineData(AlchemyWebhookType.NftMetadataUpdate, 200)]
    public async Task Creates_no_more_webhooks_of_transactions(string type, int status)
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();

        (int answered, _) = await it.ManageAsync(HttpMethod.Post, "create-webhook", new JsonObject
        {
            ["network"] = it.Network.NotifyName,
            ["webhook_type"] = type,
            ["webhook_url"] = it.Receiver.Hook.ToString(),
        });

        Assert.Equal(status, answered);
    }

    private static Task<AlchemyWebhook> WatchAsync(AlchemyScenario it, string type) => it.Alchemy.CreateWebhookAsync(
        new AlchemyWebhookRequest(it.Network, type, it.Receiver.Hook) { Addresses = [it.Node.Accounts[0].ToString()] },
        Cancelled);

    private static string Quantity(ulong value) => ((UInt256)value).ToHexQuantity();
}
