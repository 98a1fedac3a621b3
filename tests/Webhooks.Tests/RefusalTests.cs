using System.Text;
using Souk.Harness;
using Souk.Platform.Telemetry;

namespace Souk.Webhooks.Tests;

/// <summary>What is refused gets a clear answer, and leaves a counter and not one row.</summary>
public sealed class RefusalTests(Deliveries hooks, SharedWorld world) : IClassFixture<Deliveries>
{
    private static readonly string Deep = string.Concat(Enumerable.Repeat("""{"a":""", 40)) + "1" + new string('}', 40);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>In the order of precedence.</summary>
    public static TheoryData<string, string, string?, string?, string, int, string> Refusals() => new()
    {
        // what, hook, body, signature, media type, status, code; a null body is a sound one
        { "wrong content type", "absent", null, "wrong", "text/plain", 415, "unsupported_media_type" },
        { "unknown hook", "absent", null, "wrong", "application/json", 404, "not_found" },
        { "oversized", "main", new string(' ', 1_100_000), "wrong", "application/json", 413, "payload_too_large" },
        { "bad signature", "main", null, "wrong", "application/json", 401, "webhook_signature_invalid" },
        { "another body's", "main", null, new string('a', 64), "application/json", 401, "webhook_signature_invalid" },
        { "deeply nested", "main", Deliveries.Body(Deep), null, "application/json", 400, "invalid_request" },
        { "no event", "main", """{"webhookId":"w","id":"i","type":"t"}""", null, "application/json", 400,
            "invalid_request" },
        { "wrong shapes", "main", """{"webhookId":[],"id":7,"type":{},"event":{}}""", null, "application/json", 400,
            "invalid_request" },
        { "an array", "main", "[]", null, "application/json", 400, "invalid_request" },
        { "duplicate members", "main", Deliveries.Body("""{"network":"ETH_MAINNET","network":"MATIC_MAINNET"}"""),
            null, "application/json", 400, "invalid_request" },
        { "cut off", "main", Deliveries.Body("{}")[..^1], null, "application/json", 400, "invalid_request" },
        { "of another hook", "main", Deliveries.Body("{}", webhookId: "wh_other"), null, "application/json", 400,
            "invalid_request" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Leaves_a_counter_and_no_row(
        string what, string hook, string? body, string? signature, string mediaType, int status, string code)
    {
        using CounterTally refusals = new(SoukMeter.Refusals, "code");
        using CounterTally outcomes = new(SoukMeter.Deliveries, "outcome");

        ApiAnswer answer = await hooks.PostAsync(
            body ?? Deliveries.Body(Deliveries.Activity("0x1")), hook, signature, mediaType);

        Assert.Equal((what, status, code), (what, answer.Status, answer.Code));
        await AssertOnlyCountedAsync(hooks.App, refusals[code], outcomes["refused"]);
    }

    [Fact]
    public async Task Invalid_utf_8_is_refused_though_rightly_signed()
    {
        using CounterTally refusals = new(SoukMeter.Refusals, "code");
        using CounterTally outcomes = new(SoukMeter.Deliveries, "outcome");
        byte[] body = Encoding.Latin1.GetBytes(Deliveries.Body("""{"asset":"é"}"""));
        HttpRequestMessage request = new(HttpMethod.Post, "v1/alchemy/main") { Content = new ByteArrayContent(body) };
        request.Content.Headers.Add("Content-Type", "application/json");
        request.Headers.Add("X-Alchemy-Signature", Convert.ToHexStringLower(
            System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes(Deliveries.Key), body)));

        ApiAnswer answer = await hooks.App.Anonymous.SendAsync(request, Token);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        await AssertOnlyCountedAsync(hooks.App, refusals["invalid_request"], outcomes["refused"]);
    }

    [Fact]
    public async Task An_oversized_body_is_refused_that_says_no_length()
    {
        using CounterTally refusals = new(SoukMeter.Refusals, "code");
        using CounterTally outcomes = new(SoukMeter.Deliveries, "outcome");
        byte[] body = Encoding.UTF8.GetBytes(Deliveries.Body("{}") + new string(' ', 1_100_000));
        HttpRequestMessage request = new(HttpMethod.Post, "v1/alchemy/main") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentLength = null;
        request.Content.Headers.Add("Content-Type", "application/json");
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("X-Alchemy-Signature", Deliveries.Sign(Encoding.UTF8.GetString(body)));

        ApiAnswer answer = await hooks.App.Anonymous.SendAsync(request, Token);

        Assert.Equal((413, "payload_too_large"), (answer.Status, answer.Code));
        await AssertOnlyCountedAsync(hooks.App, refusals["payload_too_large"], outcomes["refused"]);
    }

    [Fact]
    public async Task A_body_that_ends_before_its_length_is_not_kept()
    {
        using CounterTally outcomes = new(SoukMeter.Deliveries, "outcome");
        string body = Deliveries.Body("{}");
        string head = WireRequest.Head(
            "/v1/alchemy/main", $"X-Alchemy-Signature: {Deliveries.Sign(body)}", $"Content-Length: {body.Length + 1}");

        string answer = await WireRequest.SendAsync(hooks.App.Url, head + body, endsSending: true, Token);

        // Whoever hung up in the middle may be told so, or no longer listen.
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), answer);
        await AssertOnlyCountedAsync(hooks.App, refusals: 1, outcomes["refused"]);
    }

    [Theory]
    [InlineData("Webhooks:AlchemyAddresses:0", "54.236.136")]
    [InlineData("Webhooks:PartnerAddresses:acme:0", "10.0.0.0/33")]
    [InlineData("Webhooks:PartnerAddresses:ACME:0", "10.0.0.1")]
    [InlineData("Webhooks:BodyTimeout", "00:10:00")]
    public async Task Settings_that_make_no_sense_refuse_to_start(string name, string value)
    {
        await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            async () => await Deliveries.StartAsync(await world.GetAsync(), (name, value)));
    }

    private static async Task AssertOnlyCountedAsync(FunctionApp<WebhooksFunction> app, long refusals, long refused)
    {
        Assert.InRange(refusals, 1, long.MaxValue);
        Assert.InRange(refused, 1, long.MaxValue);
        Assert.Equal((0, 0), await Deliveries.CountAsync(app));
    }
}
