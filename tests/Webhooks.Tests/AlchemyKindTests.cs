using Souk.Domain.Events;
using Souk.Harness;
using Souk.Platform.Telemetry;

namespace Souk.Webhooks.Tests;

/// <summary>Every kind of event that Alchemy documents, in the shape of its documentation.</summary>
public sealed class AlchemyKindTests(Deliveries hooks) : IClassFixture<Deliveries>
{
    private const string Log =
        """
        {"address":"0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48","topics":[
        "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
        "0x000000000000000000000000503828976d22510aad0201ac7ec88293211d23da",
        "0x000000000000000000000000be3f4b43db5eb49d1f48f53443b9abce45da3b79"],
        "data":"0x0000000000000000000000000000000000000000000000000000000011783b21","blockNumber":"0xdf34a3",
        "transactionHash":"0x7a4a39da2a3fa1fc2ef88fd1eaea070286ed2aba21e0419dcfb6d5c5d9f02a72",
        "transactionIndex":"0x1f","blockHash":"0xa99ec54413bd3db3f9bdb0c1ad3ab1400ee0ecefb47803e17f9d33bc4d0a1e91",
        "logIndex":"0x6e","removed":REMOVED}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Standing => Log.Replace("REMOVED", "false", StringComparison.Ordinal);

    [Fact]
    public Task Address_activity_of_tokens() => AssertHintsAsync("ADDRESS_ACTIVITY", $$$"""
        {"network":"ETH_MAINNET","activity":[{"blockNum":"0xdf34a3",
        "hash":"0x7a4a39da2a3fa1fc2ef88fd1eaea070286ed2aba21e0419dcfb6d5c5d9f02a72",
        "fromAddress":"0x503828976d22510aad0201ac7ec88293211d23da",
        "toAddress":"0xbe3f4b43db5eb49d1f48f53443b9abce45da3b79","value":293.092129,"erc721TokenId":null,
        "erc1155Metadata":null,"asset":"USDC","category":"token",
        "rawContract":{"rawValue":"0x0000000000000000000000000000000000000000000000000000000011783b21",
        "address":"0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48","decimals":6},"typeTraceAddress":null,
        "log":{{{Standing}}}}]}
        """, 14628003);

    [Fact]
    public Task Address_activity_of_coins_with_null_and_missing_logs() => AssertHintsAsync("ADDRESS_ACTIVITY", """
        {"network":"ETH_MAINNET","activity":[
        {"blockNum":"0xdf34a3","hash":"0x1","fromAddress":"0x1","toAddress":"0x2","value":1.5,"asset":"ETH",
        "category":"external","rawContract":{"rawValue":"0x14d1120d7b160000","address":null,"decimals":18}},
        {"blockNum":"0xdf34a4","hash":"0x2","fromAddress":"0x1","toAddress":"0x2","value":0.1,"asset":"ETH",
        "category":"internal","typeTraceAddress":"call_0_1","log":null}]}
        """, 14628004);

    [Fact]
    public Task Nft_activity_of_an_erc_721() => AssertHintsAsync("NFT_ACTIVITY", $$$"""
        {"network":"ETH_MAINNET","activity":[{"fromAddress":"0x1","toAddress":"0x2","contractAddress":"0x3",
        "blockNum":"0x78b94e","hash":"0x4","erc721TokenId":"0x1eeb","category":"erc721","log":{{{Standing}}}}]}
        """, 7911758, id: $"whexs_{Guid.NewGuid():N}");

    [Fact]
    public Task Nft_activity_of_an_erc_1155() => AssertHintsAsync("NFT_ACTIVITY", $$$"""
        {"network":"ETH_MAINNET","activity":[{"fromAddress":"0x1","toAddress":"0x2","contractAddress":"0x3",
        "blockNum":"0x78b94f","hash":"0x4","erc721TokenId":null,
        "erc1155Metadata":[{"tokenId":"0x0","value":"0x1"},{"tokenId":"0x1","value":"0x5"}],"category":"erc1155",
        "log":{{{Standing}}}}]}
        """, 7911759);

    [Fact]
    public Task Logs_of_a_block_that_left_the_chain() => AssertHintsAsync("NFT_ACTIVITY", $$$"""
        {"network":"ETH_MAINNET","activity":[{"fromAddress":"0x1","toAddress":"0x2","contractAddress":"0x3",
        "blockNum":"0xdf34a3","hash":"0x4","erc721TokenId":"0x1","category":"erc721",
        "log":{{{Log.Replace("REMOVED", "true", StringComparison.Ordinal)}}}}]}
        """, 14628003);

    [Fact]
    public Task A_mined_transaction() => AssertHintsAsync("MINED_TRANSACTION", """
        {"appId":"j6tqmhfxlgs3zs7x","network":"ETH_MAINNET","transaction":{"hash":"0x5","accessList":[],
        "blockHash":"0x6","blockNumber":"0xf6b4f8","chainId":"0x1","from":"0x1","gas":"0x1ea2d","gasPrice":"0x2d",
        "input":"0x","maxFeePerGas":"0x2d","maxPriorityFeePerGas":"0x1","nonce":"0x8","r":"0x1","s":"0x2","to":"0x2",
        "transactionIndex":"0x78","type":"0x2","v":"0x0","value":"0x0"}}
        """, 16168184);

    [Fact]
    public async Task A_dropped_transaction_wakes_signing_though_it_is_in_no_block()
    {
        string id = await AssertHintsAsync("DROPPED_TRANSACTION", """
            {"appId":"j6tqmhfxlgs3zs7x","network":"ETH_MAINNET","transaction":{"hash":"0x5","blockHash":null,
            "blockNumber":null,"from":"0x1","gasLimit":"0x1ea2d","gasPrice":"0x2d","input":"0x","nonce":"0x8",
            "to":"0x2","transactionIndex":null,"type":"0x0","value":"0x0"}}
            """, blockNumber: null);

        string[]? consumers = await hooks.App.Database.FindAsync<string[]>(
            "SELECT consumers FROM outbox WHERE created_at = (SELECT taken_at FROM inbox WHERE id = $1)", Token, id);
        Assert.Contains("signing", consumers ?? []);
    }

    [Theory]
    [InlineData("0xbf82fa")]
    [InlineData(12550906)]
    public Task A_query_with_numbers_plain_and_hexadecimal(object number)
    {
        string written = number is string ? $"\"{number}\"" : $"{number}";
        return AssertHintsAsync(
            "GRAPHQL",
            $$$"""
            {"data":{"block":{"hash":"0x7","number":{{{written}}},"timestamp":1663782300,"logs":[{"data":"0x",
            "topics":["0x8"],"index":312,"account":{"address":"0x9"},"transaction":{"hash":"0xa","index":131,
            "from":{"address":"0x1"},"to":null,"value":"0x0","gasUsed":138311,"status":1}}]}},
            "sequenceNumber":"10000000000578619000"}
            """,
            12550906,
            hook: "orders",
            chainId: 137);
    }

    [Fact]
    public Task A_query_that_matched_nothing_in_a_block_it_does_not_name() => AssertHintsAsync(
        "GRAPHQL",
        """{"data":{"block":{"logs":[],"callTracerTraces":[]}},"sequenceNumber":"10000000000578619001"}""",
        blockNumber: null,
        hook: "orders",
        chainId: 137);

    [Fact]
    public async Task Changed_metadata_are_kept_and_are_no_reason_to_look_at_the_chain()
    {
        string id = await PostAsync("NFT_METADATA_UPDATE", """
            {"network":"MATIC_MAINNET","contractAddress":"0x2","tokenId":"15489410","networkId":401,
            "metadataUri":"https://example.com/15489410","updatedAt":"2022-11-17T23:27:40.411977228Z","name":"One",
            "description":"","imageUri":"https://example.com/15489410.png",
            "attributes":[{"value":"blue","traitType":"colour"}],"rawMetadata":{"name":"One","depth":{"deep":[1]}}}
            """);

        Assert.Null(await HintOfAsync(id));
        Assert.Equal(("NFT_METADATA_UPDATE", null), await RowAsync(id));
    }

    [Theory]
    [InlineData("ADDRESS_ACTIVITY", "main")]
    [InlineData("GRAPHQL", "orders")]
    public async Task Alchemys_own_error_is_kept_marked_and_counted_and_hints_at_nothing(string type, string hook)
    {
        using CounterTally marked = new(SoukMeter.MarkedDeliveries, "mark");

        string id = await PostAsync(
            type, """{"error":"Monthly capacity limit exceeded. Visit the dashboard to upgrade."}""", hook: hook);

        Assert.Null(await HintOfAsync(id));
        Assert.Equal((type, "provider_error"), await RowAsync(id));
        Assert.InRange(marked[$"{DeliveryMark.ProviderError}"], 1, long.MaxValue);
    }

    [Fact]
    public async Task A_kind_that_nobody_knows_is_kept_marked_counted_and_hinted_at()
    {
        using CounterTally marked = new(SoukMeter.MarkedDeliveries, "mark");

        string id = await AssertHintsAsync(
            "SOMETHING_NEW", """{"network":"ETH_MAINNET","news":[1]}""", blockNumber: null);

        Assert.Equal(("SOMETHING_NEW", "unknown_type"), await RowAsync(id));
        Assert.InRange(marked[$"{DeliveryMark.UnknownType}"], 1, long.MaxValue);
    }

    private async Task<string> AssertHintsAsync(
        string type, string @event, long? blockNumber, string hook = "main", string? id = null, int chainId = 1)
    {
        string posted = await PostAsync(type, @event, hook, id);

        string block = blockNumber?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null";
        Assert.Equal($$"""{"chainId": {{chainId}}, "blockNumber": {{block}}}""", await HintOfAsync(posted));
        Assert.Equal(type, (await RowAsync(posted)).Type);
        return posted;
    }

    private async Task<string> PostAsync(string type, string @event, string hook = "main", string? id = null)
    {
        id ??= Deliveries.NewId();
        ApiAnswer answer = await hooks.PostAsync(Deliveries.Body(@event, id, type), hook);
        Assert.Equal(200, answer.Status);
        return id;
    }

    private async Task<(string? Type, string? Mark)> RowAsync(string id) => (
        await hooks.App.Database.FindAsync<string>("SELECT type FROM inbox WHERE id = $1", Token, id),
        await hooks.App.Database.FindAsync<string>("SELECT mark FROM inbox WHERE id = $1", Token, id));

    private Task<string?> HintOfAsync(string id) => hooks.App.Database.FindAsync<string>(
        """
        SELECT data::text FROM outbox WHERE created_at = (SELECT taken_at FROM inbox WHERE id = $1)
            AND type = 'souk.chain.hinted.v1' AND room = 'webhooks'
        """,
        Token,
        id);
}
