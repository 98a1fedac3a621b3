using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.StandIns;

namespace Souk.Local.Tests.StandIns;

public sealed class AlchemyWebhookTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tells_of_a_mint_in_a_watched_collection_signed_over_the_very_bytes()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        AlchemyWebhook webhook = await it.WatchCollectionAsync();

        TransactionHash mint = await it.MintAsync(7_915);

        (_, JsonNode body) = await it.DeliveredAsync();
        (string signature, byte[] sent) = Assert.Single(it.Receiver.Received);
        JsonNode move = body["event"]!["activity"]![0]!;
        Assert.Equal(
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(webhook.SigningKey), sent)), signature);
        Assert.Equal(webhook.Id, (string?)body["webhookId"]);
        Assert.Equal("NFT_ACTIVITY", (string?)body["type"]);
        Assert.Matches("^2026-.*\\.[0-9]{9}Z$", (string?)body["createdAt"]);
        Assert.Equal("MATIC_MAINNET", (string?)body["event"]!["network"]);
        Assert.Equal("0x1eeb", (string?)move["erc721TokenId"]);
        Assert.Equal(it.Chain.Collection.ToLowerHex(), (string?)move["contractAddress"]);
        Assert.Equal(it.Node.Accounts[1].ToLowerHex(), (string?)move["toAddress"]);
        Assert.Equal(Quantity(it.Height + 1), (string?)move["blockNum"]);
        Assert.Equal(mint.ToString(), (string?)move["hash"]);
        Assert.Equal(Quantity(it.Height + 1), (string?)move["log"]!["blockNumber"]);
        Assert.Equal(false, (bool?)move["log"]!["removed"]);
    }

    [Fact]
    public async Task Delivers_the_same_event_again_until_it_is_taken()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        await it.WatchCollectionAsync();
        it.Receiver.Next(500);
        it.Receiver.Next(StandInFault.TimeOutBeforeEffect);
        await it.MintAsync(1);

        (AlchemyDelivery first, _) = await it.DeliveredAsync(delivery => delivery.Attempt == 1);
        it.Clock.Advance(TimeSpan.FromSeconds(1));
        (AlchemyDelivery second, _) = await it.DeliveredAsync(delivery => delivery.Attempt == 2);
        it.Clock.Advance(TimeSpan.FromSeconds(1));
        (AlchemyDelivery third, _) = await it.DeliveredAsync(delivery => delivery.Attempt == 3);

        Assert.Equal([500, 0, 200], [first.Status, second.Status, third.Status]);
        Assert.Equal(first.Body, third.Body);
        Assert.Single(it.Receiver.Received);
    }

    [Fact]
    public async Task Takes_only_200_for_success()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        AlchemyWebhook webhook = await it.WatchCollectionAsync();
        it.Receiver.Next(204);

        string eventId = it.Alchemy.Send(webhook, []);

        await it.DeliveredAsync(delivery => delivery.EventId == eventId && delivery.Status == 204);
        it.Clock.Advance(TimeSpan.FromSeconds(1));
        await it.DeliveredAsync(delivery => delivery.EventId == eventId && delivery.Attempt == 2);
    }

    [Fact]
    public async Task Pauses_a_webhook_whose_receiver_keeps_failing_and_forgets_the_gap()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync(new() { FailuresBeforePause = 1 });
        AlchemyWebhook webhook = await it.WatchCollectionAsync();
        it.Receiver.Next(500);
        await it.MintAsync(1);
        await it.DeliveredAsync(delivery => delivery.Status == 500);
        Assert.False(webhook.IsActive);

        string missed = it.Alchemy.Send(webhook, []);
        await it.ManageAsync(
            HttpMethod.Put, "update-webhook", new JsonObject { ["webhook_id"] = webhook.Id, ["is_active"] = true });
        string next = it.Alchemy.Send(webhook, []);

        await it.DeliveredAsync(delivery => delivery.EventId == next && delivery.Status == 200);
        Assert.DoesNotContain(it.Alchemy.Deliveries, delivery => delivery.EventId == missed);
    }

    [Fact]
    public async Task Loses_duplicates_and_swaps_events_when_told_to()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        AlchemyWebhook webhook = await it.WatchCollectionAsync();
        it.Alchemy.NextDelivery(AlchemyDeliveryFault.Lose);
        it.Alchemy.NextDelivery(AlchemyDeliveryFault.Duplicate);
        it.Alchemy.NextDelivery(AlchemyDeliveryFault.Swap);

        string[] ids = [.. Enumerable.Range(0, 5).Select(_ => it.Alchemy.Send(webhook, []))];

        await it.DeliveredAsync(delivery => delivery.EventId == ids[4]);
        Assert.Equal(
            [ids[1], ids[1], ids[3], ids[2], ids[4]], it.Alchemy.Deliveries.Select(delivery => delivery.EventId));
    }

    [Fact]
    public async Task Tells_the_new_blocks_of_a_reorg_at_the_same_heights()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        await it.Alchemy.CreateWebhookAsync(
            new AlchemyWebhookRequest(it.Network, AlchemyWebhookType.Custom, it.Receiver.Hook)
            {
                Query = "{ block { hash number logs(filter: { addresses: [] }) { data } } }",
            },
            Cancelled);
        await it.Node.MineAsync(2, Cancelled);
        ulong last = it.Height + 2;
        (_, JsonNode before) = await it.DeliveredAsync(delivery => NumberOf(delivery) == last);

        await it.Node.ReorgAsync(1, Cancelled);

        string? hash = HashOf(before);
        (_, JsonNode after) = await it.DeliveredAsync(
            delivery => NumberOf(delivery) == last && HashOf(JsonNode.Parse(delivery.Body)!) != hash);
        Assert.True(string.CompareOrdinal(
            (string?)after["event"]!["sequenceNumber"], (string?)before["event"]!["sequenceNumber"]) > 0);
    }

    [Fact]
    public async Task A_custom_webhook_is_told_the_logs_that_its_filter_names()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        string transfer = Keccak256.HashText("Transfer(address,address,uint256)").ToString();
        string filter = $$"""{addresses: ["{{it.Chain.Collection}}"], topics: [["{{transfer}}"]]}""";
        await it.Alchemy.CreateWebhookAsync(
            new AlchemyWebhookRequest(it.Network, AlchemyWebhookType.Custom, it.Receiver.Hook)
            {
                Query = $"{{ block {{ logs(filter: {filter}) {{ data }} }} }}",
                SkipsEmpty = true,
            },
            Cancelled);
        await it.SendAsync(
            it.Chain.Collection, AbiFunction.Parse("setMinter(address,bool)").Encode(it.Node.Accounts[2], true), 0);

        await it.MintAsync(9);

        (_, JsonNode body) = await it.DeliveredAsync();
        JsonNode log = Assert.Single(body["event"]!["data"]!["block"]!["logs"]!.AsArray())!;
        Assert.Equal(transfer, (string?)log["topics"]![0]);
        Assert.Equal(it.Chain.Collection.ToLowerHex(), (string?)log["account"]!["address"]);
    }

    [Fact]
    public async Task Address_activity_comes_apart_by_its_kind()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        await it.Alchemy.CreateWebhookAsync(
            new AlchemyWebhookRequest(it.Network, AlchemyWebhookType.AddressActivity, it.Receiver.Hook)
            {
                Addresses = [it.Node.Accounts[1].ToString()],
            },
            Cancelled);
        await it.Node.StopMiningAsync(Cancelled);
        await it.SendAsync(it.Node.Accounts[1], [], 5);
        await it.MintAsync(1);
        await it.Node.MineAsync(1, Cancelled);

        (_, JsonNode native) = await it.DeliveredAsync(delivery => CategoryOf(delivery) == "external");
        (_, JsonNode token) = await it.DeliveredAsync(delivery => CategoryOf(delivery) == "token");

        Assert.Equal("0x5", (string?)native["event"]!["activity"]![0]!["rawContract"]!["rawValue"]);
        Assert.Equal("POL", (string?)native["event"]!["activity"]![0]!["asset"]);
        Assert.Equal("0x1", (string?)token["event"]!["activity"]![0]!["erc721TokenId"]);
        Assert.NotEqual((string?)native["id"], (string?)token["id"]);
    }

    private static string? CategoryOf(AlchemyDelivery delivery) =>
        (string?)JsonNode.Parse(delivery.Body)!["event"]!["activity"]![0]!["category"];

    private static string Quantity(ulong value) => ((UInt256)value).ToHexQuantity();

    private static ulong? NumberOf(AlchemyDelivery delivery) =>
        (ulong?)JsonNode.Parse(delivery.Body)!["event"]!["data"]!["block"]!["number"];

    private static string? HashOf(JsonNode body) => (string?)body["event"]!["data"]!["block"]!["hash"];
}
