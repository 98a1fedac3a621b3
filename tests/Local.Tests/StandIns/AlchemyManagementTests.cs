using System.Text.Json.Nodes;
using Souk.Local.StandIns;

namespace Souk.Local.Tests.StandIns;

public sealed class AlchemyManagementTests
{
    [Fact]
    public async Task Creates_lists_and_deletes_a_webhook()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        JsonObject request = new()
        {
            ["network"] = "MATIC_MAINNET",
            ["webhook_type"] = "NFT_ACTIVITY",
            ["webhook_url"] = it.Receiver.Hook.ToString(),
            ["nft_filters"] = new JsonArray(new JsonObject { ["contract_address"] = it.Chain.Collection.ToString() }),
        };

        (int created, JsonNode webhook) = await it.ManageAsync(HttpMethod.Post, "create-webhook", request);
        string id = (string)webhook["data"]!["id"]!;
        (_, JsonNode listed) = await it.ManageAsync(HttpMethod.Get, "team-webhooks");
        (_, JsonNode filters) = await it.ManageAsync(HttpMethod.Get, $"webhook-nft-filters?webhook_id={id}");
        (int deleted, _) = await it.ManageAsync(HttpMethod.Delete, $"delete-webhook?webhook_id={id}");

        Assert.Equal([200, 200], [created, deleted]);
        Assert.Matches("^wh_[a-z0-9]{16}$", id);
        Assert.StartsWith("whsec_", (string?)webhook["data"]!["signing_key"], StringComparison.Ordinal);
        Assert.Equal(id, (string?)Assert.Single(listed["data"]!.AsArray())!["id"]);
        Assert.Equal(
            it.Chain.Collection.ToLowerHex(), (string?)filters["data"]![0]!["contract_address"]);
        Assert.Empty(it.Alchemy.Webhooks);
    }

    [Fact]
    public async Task Adds_removes_and_replaces_watched_accounts()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        AlchemyWebhook webhook = await it.Alchemy.CreateWebhookAsync(
            new AlchemyWebhookRequest(it.Network, AlchemyWebhookType.AddressActivity, it.Receiver.Hook)
            {
                Addresses = ["0xA1"],
            },
            TestContext.Current.CancellationToken);
        JsonObject change = new()
        {
            ["webhook_id"] = webhook.Id,
            ["addresses_to_add"] = new JsonArray("0xB2", "0xb2"),
            ["addresses_to_remove"] = new JsonArray("0xa1"),
        };

        await it.ManageAsync(HttpMethod.Patch, "update-webhook-addresses", change);
        (_, JsonNode changed) = await it.ManageAsync(HttpMethod.Get, $"webhook-addresses?webhook_id={webhook.Id}");
        await it.ManageAsync(HttpMethod.Put, "update-webhook-addresses", new JsonObject
        {
            ["webhook_id"] = webhook.Id,
            ["addresses"] = new JsonArray("0xc3"),
        });
        (_, JsonNode replaced) = await it.ManageAsync(HttpMethod.Get, $"webhook-addresses?webhook_id={webhook.Id}");

        Assert.Equal("""["0xb2"]""", changed["data"]!.ToJsonString());
        Assert.Equal("""["0xc3"]""", replaced["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Tells_long_lists_by_the_page_and_refuses_a_page_or_a_change_that_is_too_long()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        AlchemyWebhook webhook = await it.Alchemy.CreateWebhookAsync(
            new AlchemyWebhookRequest(it.Network, AlchemyWebhookType.AddressActivity, it.Receiver.Hook)
            {
                Addresses = [.. Enumerable.Range(100, 120).Select(number => $"0x{number}")],
            },
            TestContext.Current.CancellationToken);
        string path = $"webhook-addresses?webhook_id={webhook.Id}";
        JsonArray many = [.. Enumerable.Range(0, 501).Select(number => (JsonNode)$"0x{number}")];
        JsonObject tooLong = new() { ["webhook_id"] = webhook.Id, ["addresses_to_add"] = many };

        (_, JsonNode first) = await it.ManageAsync(HttpMethod.Get, $"{path}&limit=100");
        string after = (string)first["pagination"]!["cursors"]!["after"]!;
        (_, JsonNode last) = await it.ManageAsync(HttpMethod.Get, $"{path}&limit=100&after={after}");
        (_, JsonNode usual) = await it.ManageAsync(HttpMethod.Get, path);

        Assert.Equal(
            [100, 20, 40], new[] { first, last, usual }.Select(page => page["data"]!.AsArray().Count));
        Assert.Equal(("0x199", 120), (after, (int)last["pagination"]!["total_count"]!));
        Assert.Null(last["pagination"]!["cursors"]!["after"]);
        Assert.Equal(400, (await it.ManageAsync(HttpMethod.Get, $"{path}&limit=101")).Status);
        Assert.Equal(400, (await it.ManageAsync(HttpMethod.Patch, "update-webhook-addresses", tooLong)).Status);
    }

    [Fact]
    public async Task Leaves_a_filter_alone_that_is_added_and_removed_at_once()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        AlchemyWebhook webhook = await it.WatchCollectionAsync();
        JsonObject filter = new() { ["contract_address"] = it.Chain.Collection.ToLowerHex() };
        JsonObject change = new()
        {
            ["webhook_id"] = webhook.Id,
            ["nft_filters_to_add"] = new JsonArray(filter),
            ["nft_filters_to_remove"] = new JsonArray(filter.DeepClone()),
        };

        await it.ManageAsync(HttpMethod.Patch, "update-webhook-nft-filters", change);

        Assert.Equal([it.Chain.Collection.ToLowerHex()], it.Alchemy.WatchedBy(webhook));
    }

    [Fact]
    public async Task Refuses_a_wrong_token_an_unknown_webhook_and_an_incomplete_one()
    {
        await using AlchemyScenario it = await AlchemyScenario.StartAsync();
        JsonObject unknown = new() { ["webhook_id"] = "wh_none", ["is_active"] = true };
        JsonObject incomplete = new() { ["network"] = "MATIC_MAINNET", ["webhook_type"] = "NFT_ACTIVITY" };

        Assert.Equal(401, (await it.ManageAsync(HttpMethod.Get, "team-webhooks", token: "no")).Status);
        Assert.Equal(404, (await it.ManageAsync(HttpMethod.Put, "update-webhook", unknown)).Status);
        Assert.Equal(400, (await it.ManageAsync(HttpMethod.Post, "create-webhook", incomplete)).Status);
    }
}
