using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Souk.Harness;
using Souk.Local.Broker;
using Souk.Platform.Telemetry;

namespace Souk.Webhooks.Tests;

public sealed class ReceivePartnerWebhookTests(Deliveries hooks, SharedWorld world) : IClassFixture<Deliveries>
{
    private const string Body =
        """{"type":"invoice.paid","timestamp":"2026-06-01T12:00:00.123456789Z","data":{"id":"in_1","paid":true}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keeps_a_webhook_as_it_came_and_tells_it_on()
    {
        string id = NewId();

        ApiAnswer answer = await PostAsync(id, Body);
        await hooks.SentAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            Body,
            Encoding.UTF8.GetString((await hooks.App.Database.FindAsync<byte[]>(
                "SELECT payload FROM inbox WHERE source = 'partner/acme' AND id = $1 AND type = 'invoice.paid'",
                Token,
                id))!));
        CloudEventMessage told = Assert.Single(ToldOf(id));
        Assert.Equal("souk.partner.invoice.paid", told.Type);
        Assert.Equal("/webhooks", told.Attributes["source"]);
        Assert.Equal("partner/acme", told.Attributes["subject"]);
        Assert.Equal(
            $$"""
            {"partner":"acme","id":"{{id}}","source":null,"subject":null,"time":"2026-06-01T12:00:00.1234567+00:00",
            """.TrimEnd() + """
            "data":{"id":"in_1","paid":true}}
            """,
            Encoding.UTF8.GetString(told.Data.Span));
    }

    [Fact]
    public async Task Marks_what_nobody_consumes_as_sent_so_that_the_relay_need_not()
    {
        string id = NewId();

        await PostAsync(id, Body);
        await hooks.SentAsync();

        Assert.True(await hooks.App.Database.FindAsync<bool>(
            "SELECT sent_at IS NOT NULL FROM outbox WHERE data ->> 'id' = $1", Token, id));
    }

    [Fact]
    public async Task Takes_a_webhook_once_however_often_it_comes()
    {
        string id = NewId();

        ApiAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(id, Body)));
        ApiAnswer later = await PostAsync(id, Body.Replace("true", "false", StringComparison.Ordinal));

        Assert.All(answers.Append(later), answer => Assert.Equal(200, answer.Status));
        Assert.Equal(1, await hooks.KeptAsync(id));
        Assert.Equal(1L, await hooks.App.Database.FindAsync<long>(
            "SELECT count(*) FROM outbox WHERE data ->> 'id' = $1", Token, id));
    }

    [Fact]
    public async Task The_same_id_of_another_partner_is_another_webhook()
    {
        string id = NewId();

        await PostAsync(id, Body);
        await PostAsync(id, Body, partner: "rotating");

        Assert.Equal(2, await hooks.KeptAsync(id));
    }

    [Fact]
    public async Task Takes_both_secrets_while_one_is_being_replaced()
    {
        Assert.Equal(200, (await PostAsync(NewId(), Body, "rotating")).Status);
        Assert.Equal(200, (await PostAsync(NewId(), Body, "rotating", Deliveries.NextPartnerSecret)).Status);
        Assert.Equal(401, (await PostAsync(NewId(), Body, "acme", Deliveries.NextPartnerSecret)).Status);
    }

    [Fact]
    public async Task Takes_nothing_older_or_newer_than_five_minutes_by_the_functions_own_clock()
    {
        MovableClock clock = new();
        await using FunctionApp<WebhooksFunction> app = await Deliveries.StartAsync(await world.GetAsync(), clock);
        DateTimeOffset signedAt = clock.GetUtcNow();

        clock.Advance(TimeSpan.FromMinutes(4.5));
        ApiAnswer inTime = await PostAsync(app, NewId(), Body, signedAt);
        clock.Advance(TimeSpan.FromMinutes(0.6));
        ApiAnswer late = await PostAsync(app, NewId(), Body, signedAt);
        ApiAnswer early = await PostAsync(app, NewId(), Body, clock.GetUtcNow().AddMinutes(5.1));

        Assert.Equal(200, inTime.Status);
        Assert.Equal((401, "webhook_signature_invalid"), (late.Status, late.Code));
        Assert.Equal((401, "webhook_signature_invalid"), (early.Status, early.Code));
    }

    [Theory]
    [InlineData("nobody", Body, "text/plain", 404, "not_found")]
    [InlineData("ACME", Body, "text/plain", 404, "not_found")]
    [InlineData("acme", Body, "text/plain", 415, "unsupported_media_type")]
    [InlineData("short", Body, "application/json", 503, "upstream_unavailable")]
    [InlineData("half", Body, "application/json", 503, "upstream_unavailable")]
    [InlineData("torn", Body, "application/json", 503, "upstream_unavailable")]
    [InlineData("acme", """{"test": 2432232314}""", "application/json", 400, "invalid_request")]
    [InlineData("acme", "[]", "application/json", 400, "invalid_request")]
    [InlineData("acme", "", "application/json", 400, "invalid_request")]
    [InlineData("acme", """{"type":"Upper.Case","data":{}}""", "application/json", 400, "invalid_request")]
    [InlineData("acme", """{"type":"a..b","data":{}}""", "application/json", 400, "invalid_request")]
    [InlineData("acme", """{"type":7,"data":{}}""", "application/json", 400, "invalid_request")]
    [InlineData("acme", """{"type":"a"}""", "application/json", 400, "invalid_request")]
    [InlineData("acme", """{"type":"a","type":"b","data":{}}""", "application/json", 400, "invalid_request")]
    [InlineData("acme", """{"type":"a","timestamp":"noon","data":{}}""", "application/json", 400, "invalid_request")]
    [InlineData("acme", """{"type":"a","data":{"nul":"\u0000"}}""", "application/json", 400, "invalid_request")]
    [InlineData("acme", """{"type":"a","data":"\ud800"}""", "application/json", 400, "invalid_request")]
    [InlineData("acme", """{"type":"a","data":1e999999}""", "application/json", 400, "invalid_request")]
    public async Task Refuses_with_a_counter_and_no_row(
        string partner, string body, string mediaType, int status, string code)
    {
        string id = NewId();
        using CounterTally outcomes = new(SoukMeter.Deliveries, "outcome");

        ApiAnswer answer = await PostAsync(id, body, partner, mediaType: mediaType);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.InRange(outcomes["refused"], 1, long.MaxValue);
        Assert.Equal(0, await hooks.KeptAsync(id));
        Assert.Equal(0L, await hooks.App.Database.FindAsync<long>(
            "SELECT count(*) FROM outbox WHERE data ->> 'id' = $1", Token, id));
    }

    [Fact]
    public async Task Refuses_more_than_64_kibibytes()
    {
        string id = NewId();

        ApiAnswer answer = await PostAsync(id, Body + new string(' ', 64 * 1024));

        Assert.Equal((413, "payload_too_large"), (answer.Status, answer.Code));
        Assert.Equal(0, await hooks.KeptAsync(id));
    }

    [Fact]
    public async Task Refuses_a_body_that_drips()
    {
        await using FunctionApp<WebhooksFunction> app = await Deliveries.StartAsync(
            await world.GetAsync(), ("Webhooks:BodyTimeout", "00:00:00.1"));
        string head = WireRequest.Head("/v1/partners/acme/webhooks", "Content-Length: 100");

        string answer = await WireRequest.SendAsync(app.Url, head + "{", endsSending: false, Token);

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Equal("request_timeout", WireRequest.CodeIn(answer));
    }

    [Fact]
    public async Task Takes_a_listed_partner_from_its_own_addresses_only()
    {
        await using FunctionApp<WebhooksFunction> app = await Deliveries.StartAsync(
            await world.GetAsync(), ("Webhooks:PartnerAddresses:acme:0", "192.0.2.1"));

        ApiAnswer listed = await PostAsync(app, NewId(), Body, DateTimeOffset.UtcNow);
        ApiAnswer unlisted = await PostAsync(app, NewId(), Body, DateTimeOffset.UtcNow, "rotating");

        Assert.Equal((403, "forbidden"), (listed.Status, listed.Code));
        Assert.Equal(200, unlisted.Status);
    }

    private static string NewId() => $"msg_{Guid.NewGuid():N}";

    private IEnumerable<CloudEventMessage> ToldOf(string id) => hooks.App.Broker.Taken.Where(
        taken => Encoding.UTF8.GetString(taken.Data.Span).Contains(id, StringComparison.Ordinal));

    private Task<ApiAnswer> PostAsync(
        string id,
        string body,
        string partner = "acme",
        string secret = Deliveries.PartnerSecret,
        string mediaType = "application/json") =>
        PostAsync(hooks.App, id, body, DateTimeOffset.UtcNow, partner, secret, mediaType);

    private static Task<ApiAnswer> PostAsync(
        FunctionApp<WebhooksFunction> app,
        string id,
        string body,
        DateTimeOffset at,
        string partner = "acme",
        string secret = Deliveries.PartnerSecret,
        string mediaType = "application/json")
    {
        string timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}");
        byte[] hash = HMACSHA256.HashData(StandardWebhook.TryReadSecret(secret)!, signed);
        HttpRequestMessage request = new(HttpMethod.Post, $"v1/partners/{partner}/webhooks")
        {
            Content = new StringContent(body, Encoding.UTF8, mediaType),
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(hash)}");
        return app.Anonymous.SendAsync(request, Token);
    }
}
