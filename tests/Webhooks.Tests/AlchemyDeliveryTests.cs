using System.Text;
using Souk.Domain.Failures;

namespace Souk.Webhooks.Tests;

public sealed class AlchemyDeliveryTests
{
    // Computed once with another implementation of HMAC-SHA256.
    private const string Body =
        """{"webhookId":"wh_octjglnywaupz6th","id":"whevt_ogrc5v64myey69ux","createdAt":"2021-12-07T03:52:45.899Z","""
        + """
        "type":"ADDRESS_ACTIVITY","event":{"network":"ETH_MAINNET","activity":[]}}
        """;

    private const string Signature = "fca805ff57d3a4bc8c292a4f7ad2ec044f8baff03fe46e82aa53e32e3bafc167";

    [Fact]
    public void Agrees_with_the_known_signature() => Assert.True(IsSigned(Signature, "whsec_test"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("fca805ff57d3a4bc8c292a4f7ad2ec044f8baff03fe46e82aa53e32e3bafc1")]
    [InlineData("fca805ff57d3a4bc8c292a4f7ad2ec044f8baff03fe46e82aa53e32e3bafc166")]
    [InlineData("fca805ff57d3a4bc8c292a4f7ad2ec044f8baff03fe46e82aa53e32e3bafc167 ")]
    [InlineData("0xfca805ff57d3a4bc8c292a4f7ad2ec044f8baff03fe46e82aa53e32e3bafc1")]
    [InlineData("zzz805ff57d3a4bc8c292a4f7ad2ec044f8baff03fe46e82aa53e32e3bafc167")]
    public void Takes_no_other_signature(string? signature) => Assert.False(IsSigned(signature, "whsec_test"));

    [Fact]
    public void Takes_either_of_two_keys_and_none_that_is_not_among_them()
    {
        Assert.True(IsSigned(Signature, "whsec_next", "whsec_test"));
        Assert.True(IsSigned(Signature, "whsec_test", "whsec_next"));
        Assert.False(IsSigned(Signature, "whsec_next", "whsec_other"));
        Assert.False(IsSigned(Signature));
    }

    [Theory]
    // Alchemy's kinds, each as its documentation shows it.
    [InlineData(
        """{"network":"ETH_MAINNET","activity":[{"blockNum":"0xdf34a3"},{"blockNum":"0xdf34a5"},{"blockNum":"0x1"}]}""",
        "ETH_MAINNET",
        14628005UL)]
    [InlineData("""{"network":"ETH_MAINNET","activity":[]}""", "ETH_MAINNET", null)]
    [InlineData(
        """{"appId":"a","network":"MATIC_MAINNET","transaction":{"blockNumber":"0x10","chainId":"0x89"}}""",
        "MATIC_MAINNET",
        16UL)]
    [InlineData(
        """{"appId":"a","network":"ETH_MAINNET","transaction":{"blockNumber":null,"gasLimit":"0x1"}}""",
        "ETH_MAINNET",
        null)]
    [InlineData(
        """{"data":{"block":{"hash":"0x1","number":17,"logs":[]}},"sequenceNumber":"10000000000578619000"}""",
        null,
        17UL)]
    [InlineData("""{"data":{"block":{"number":"0x12"}},"network":"ETH_SEPOLIA"}""", "ETH_SEPOLIA", 18UL)]
    [InlineData("""{"network":"MATIC_MAINNET","contractAddress":"0x1","tokenId":"15489410"}""", "MATIC_MAINNET", null)]
    [InlineData("""{"error":"Monthly capacity limit exceeded. Visit ..."}""", null, null)]
    // What no documentation shows, and must still be kept.
    [InlineData("""{"data":null}""", null, null)]
    [InlineData("""{"data":{"block":null}}""", null, null)]
    [InlineData("""{"activity":{"blockNum":"0x1"},"transaction":"0x1","network":7}""", null, null)]
    [InlineData(
        """{"activity":["0x1",{"blockNum":null},{"blockNum":"15"},{"blockNum":"0xfffffffffffffffff"}]}""", null, null)]
    [InlineData(
        """{"activity":[{"blockNum":"0xffffffffffffffff"},{"blockNum":-1},{"blockNum":1.5},{"blockNum":"0x"}]}""",
        null,
        null)]
    [InlineData("\"text\"", null, null)]
    [InlineData("null", null, null)]
    public void Reads_network_and_highest_block_of_each_kind(string @event, string? network, ulong? block)
    {
        AlchemyDelivery delivery = Parse(Deliveries.Body(@event));

        Assert.Equal(network, delivery.Network);
        Assert.Equal(block, delivery.BlockNumber);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"webhookId":"wh","id":"e","type":"t"}""")]
    [InlineData("""{"webhookId":"wh","id":"e","event":{}}""")]
    [InlineData("""{"webhookId":"wh","id":7,"type":"t","event":{}}""")]
    [InlineData("""{"webhookId":"wh","id":"","type":"t","event":{}}""")]
    [InlineData("""{"webhookId":"wh","id":"a\u0000b","type":"t","event":{}}""")]
    [InlineData("""{"webhookId":"wh","id":"\ud800","type":"t","event":{}}""")]
    [InlineData("""{"webhookId":"wh","id":"e","type":"t","event":{}""")]
    [InlineData("""{"webhookId":"wh","id":"e","type":"t","event":{}} more""")]
    public void Refuses_what_is_no_envelope(string body)
    {
        FailureException refusal = Assert.Throws<FailureException>(() => Parse(body));

        Assert.Equal(FailureCode.InvalidRequest, refusal.Failure.Code);
    }

    [Fact]
    public void Refuses_an_envelope_that_is_cut_off_anywhere()
    {
        for (int length = 0; length < Body.Length; length++)
            Assert.Throws<FailureException>(() => Parse(Body[..length]));
    }

    [Fact]
    public void Refuses_nesting_that_no_event_has()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 100_000));

        Assert.Throws<FailureException>(() => Parse(Deliveries.Body(deep)));
    }

    private static AlchemyDelivery Parse(string body) => AlchemyDelivery.Parse(Encoding.UTF8.GetBytes(body));

    private static bool IsSigned(string? signature, params string[] keys) =>
        AlchemyDelivery.IsSigned(Encoding.UTF8.GetBytes(Body), signature, keys);
}
