using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Souk.Harness;
using Souk.Local.Broker;

namespace Souk.Webhooks.Tests;

public sealed class ReceiveAlchemyDeliveryTests(Deliveries hooks, SharedWorld world) : IClassFixture<Deliveries>
{
    // What Alchemy waits before it takes a delivery for lost.
    private static readonly TimeSpan ProvidersPatience = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keeps_a_delivery_as_it_came_and_hints_at_its_chain()
    {
        string id = Deliveries.NewId();
        string body = Deliveries.Body(Deliveries.Activity("0xdf34a3"), id);

        ApiAnswer answer = await hooks.PostAsync(body);

        Assert.Equal(200, answer.Status);
        Assert.Equal(1, await hooks.KeptAsync(id));
        Assert.Equal(
            body,
            Encoding.UTF8.GetString((await hooks.App.Database.FindAsync<byte[]>(
                "SELECT payload FROM inbox WHERE source = 'alchemy/main' AND id = $1 AND type = 'ADDRESS_ACTIVITY'",
                Token,
                id))!));
        Assert.Equal("""{"chainId": 1, "blockNumber": 14628003}""", await HintOfAsync(id));
    }

    [Fact]
    public async Task Announces_the_hint_to_the_broker_at_once()
    {
        string body = Deliveries.Body(Deliveries.Activity("0xaa1"));

        await hooks.PostAsync(body);
        await hooks.SentAsync();

        CloudEventMessage hint = Assert.Single(HintsAt(2721));
        Assert.Equal("souk.chain.hinted.v1", hint.Type);
        Assert.Equal("/webhooks", hint.Attributes["source"]);
        Assert.Equal("chain/1", hint.Attributes["subject"]);
    }

    [Fact]
    public async Task Takes_a_delivery_once_however_often_it_comes()
    {
        string id = Deliveries.NewId();
        string body = Deliveries.Body(Deliveries.Activity("0xaa2"), id);

        ApiAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => hooks.PostAsync(body)));
        ApiAnswer later = await hooks.PostAsync(body);
        await hooks.SentAsync();

        Assert.All(answers.Append(later), answer => Assert.Equal(200, answer.Status));
        Assert.Equal(1, await hooks.KeptAsync(id));
        Assert.Single(HintsAt(2722));
    }

    [Fact]
    public async Task Takes_both_keys_while_a_key_is_being_replaced()
    {
        string body = Deliveries.Body(Deliveries.Activity("0x1"));
        string next = Deliveries.Body(Deliveries.Activity("0x1"));

        Assert.Equal(200, (await hooks.PostAsync(body, "rotating")).Status);
        Assert.Equal(200, (await hooks.PostAsync(next, "rotating", Deliveries.Sign(next, Deliveries.NextKey))).Status);
        Assert.Equal(401, (await hooks.PostAsync(next, "main", Deliveries.Sign(next, Deliveries.NextKey))).Status);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    [InlineData("fca805ff57d3a4bc8c292a4f7ad2ec044f8baff03fe46e82aa53e32e3bafc167")]
    public async Task Keeps_nothing_of_what_the_hook_did_not_sign(string signature)
    {
        string id = Deliveries.NewId();

        ApiAnswer answer = await hooks.PostAsync(Deliveries.Body(Deliveries.Activity("0x1"), id), signature: signature);

        Assert.Equal((401, "webhook_signature_invalid"), (answer.Status, answer.Code));
        Assert.Equal(0, await hooks.KeptAsync(id));
    }

    [Fact]
    public async Task Keeps_nothing_of_a_body_that_was_changed_by_one_octet()
    {
        string id = Deliveries.NewId();
        string body = Deliveries.Body(Deliveries.Activity("0x1"), id);

        ApiAnswer answer = await hooks.PostAsync(body + " ", signature: Deliveries.Sign(body));

        Assert.Equal(401, answer.Status);
        Assert.Equal(0, await hooks.KeptAsync(id));
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("MAIN")]
    [InlineData("main%2F..%2Fmain")]
    public async Task Says_of_an_unknown_hook_that_there_is_none(string hook)
    {
        ApiAnswer answer = await hooks.PostAsync(Deliveries.Body(Deliveries.Activity("0x1")), hook);

        Assert.Equal((404, "not_found"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("keyless")]
    [InlineData("blank")]
    [InlineData("torn")]
    public async Task Takes_nothing_by_a_secret_that_would_let_anyone_sign(string hook)
    {
        string id = Deliveries.NewId();
        string body = Deliveries.Body(Deliveries.Activity("0x1"), id);

        ApiAnswer answer = await hooks.PostAsync(body, hook, Deliveries.Sign(body, ""));

        Assert.Equal((503, "upstream_unavailable"), (answer.Status, answer.Code));
        Assert.Equal(0, await hooks.KeptAsync(id));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Takes_no_other_media_type(string mediaType)
    {
        ApiAnswer answer = await hooks.PostAsync(Deliveries.Body("{}"), mediaType: mediaType);

        Assert.Equal((415, "unsupported_media_type"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Takes_a_mebibyte_and_no_more()
    {
        string body = Deliveries.Body(Deliveries.Activity("0x1"));
        string atLimit = body + new string(' ', (1024 * 1024) - body.Length);

        Assert.Equal(200, (await hooks.PostAsync(atLimit)).Status);
        ApiAnswer refused = await hooks.PostAsync(atLimit + " ");

        Assert.Equal((413, "payload_too_large"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Refuses_the_delivery_of_another_hook_that_shares_a_key()
    {
        string id = Deliveries.NewId();

        ApiAnswer answer = await hooks.PostAsync(
            Deliveries.Body(Deliveries.Activity("0x1"), id, webhookId: "wh_another"));

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        Assert.Equal(0, await hooks.KeptAsync(id));
    }

    [Theory]
    [InlineData("{\"webhookId\":\"wh_octjglnywaupz6th\",\"id\":\"whevt_cut")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("")]
    public async Task Refuses_a_signed_body_that_is_no_delivery(string body)
    {
        ApiAnswer answer = await hooks.PostAsync(body);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("SOMETHING_NEW", """{"network":"ETH_MAINNET","news":[1]}""", """{"chainId": 1, "blockNumber": null}""")]
    [InlineData(
        "ADDRESS_ACTIVITY",
        """{"network":"MATICMAINNET","activity":[{"blockNum":"0x5"}]}""",
        """{"chainId": 137, "blockNumber": 5}""")]
    [InlineData("ADDRESS_ACTIVITY", """{"network":"BASE_MAINNET","activity":[]}""", null)]
    [InlineData("ADDRESS_ACTIVITY", """{"error":"Monthly capacity limit exceeded."}""", null)]
    [InlineData("GRAPHQL", """{"data":{"block":{"number":9}}}""", null)]
    public async Task Keeps_every_kind_and_hints_when_the_chain_is_ours(string type, string @event, string? hint)
    {
        string id = Deliveries.NewId();

        ApiAnswer answer = await hooks.PostAsync(Deliveries.Body(@event, id, type));

        Assert.Equal(200, answer.Status);
        Assert.Equal(1, await hooks.KeptAsync(id));
        Assert.Equal(hint, await HintOfAsync(id));
    }

    [Fact]
    public async Task Knows_the_chain_of_a_query_by_its_hook_for_the_event_names_none()
    {
        string id = Deliveries.NewId();

        await hooks.PostAsync(Deliveries.Body("""{"data":{"block":{"number":9}}}""", id, "GRAPHQL"), "orders");

        Assert.Equal("""{"chainId": 137, "blockNumber": 9}""", await HintOfAsync(id));
    }

    [Fact]
    public async Task Answers_200_when_the_broker_is_down_and_the_row_waits_for_the_relay()
    {
        string id = Deliveries.NewId();
        await using FunctionApp<WebhooksFunction> app = await Deliveries.StartAsync(
            await world.GetAsync(), "http://127.0.0.1:9/");

        ApiAnswer answer = await Deliveries.PostAsync(app, Deliveries.Body(Deliveries.Activity("0x1"), id));

        Assert.Equal(200, answer.Status);
        Assert.Equal(1L, await app.Database.FindAsync<long>(
            "SELECT count(*) FROM outbox WHERE done_at IS NULL AND due_at > now()", Token));
    }

    [Fact]
    public async Task Answers_200_within_the_providers_patience_when_the_broker_hangs()
    {
        // Connections are accepted by the kernel; nobody reads them.
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        await using FunctionApp<WebhooksFunction> app = await Deliveries.StartAsync(
            await world.GetAsync(), $"http://{silent.LocalEndpoint}/");

        Stopwatch watch = Stopwatch.StartNew();
        ApiAnswer answer = await Deliveries.PostAsync(app, Deliveries.Body(Deliveries.Activity("0x1")));

        Assert.Equal(200, answer.Status);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, ProvidersPatience);
    }

    [Fact]
    public async Task Answers_no_200_when_nothing_could_be_kept()
    {
        string id = Deliveries.NewId();
        await using FunctionApp<WebhooksFunction> app = await Deliveries.StartAsync(await world.GetAsync());
        await app.Database.ExecuteAsync("ALTER TABLE inbox ADD CHECK (consumer <> 'webhooks')", Token);

        ApiAnswer answer = await Deliveries.PostAsync(app, Deliveries.Body(Deliveries.Activity("0x1"), id));

        Assert.Equal(500, answer.Status);
        Assert.Equal(0L, await app.Database.FindAsync<long>("SELECT count(*) FROM outbox", Token));
    }

    [Fact]
    public async Task A_body_that_drips_is_refused_in_time()
    {
        await using FunctionApp<WebhooksFunction> app = await Deliveries.StartAsync(
            await world.GetAsync(), ("Webhooks:BodyTimeout", "00:00:00.1"));
        string body = Deliveries.Body("{}");
        string head = WireRequest.Head(
            "/v1/alchemy/main", $"X-Alchemy-Signature: {Deliveries.Sign(body)}", $"Content-Length: {body.Length}");

        string answer = await WireRequest.SendAsync(app.Url, head + body[..^1], endsSending: false, Token);

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Equal("request_timeout", WireRequest.CodeIn(answer));
        Assert.Equal((0, 0), await Deliveries.CountAsync(app));
    }

    [Fact]
    public async Task Only_the_listed_addresses_may_deliver_when_there_is_a_list()
    {
        (string? Address, int Status)[] table =
        [
            ("54.236.136.17", 200), ("34.237.24.169", 200), ("::ffff:34.237.24.169", 200), ("10.1.2.3", 200),
            ("2001:db8::1", 200), ("54.236.136.18", 403), ("2001:db9::1", 403), ("no address", 403), (null, 403),
        ];
        await using FunctionApp<WebhooksFunction> app = await Deliveries.StartAsync(
            await world.GetAsync(),
            ("Host:ClientAddressHeader", "X-Real-IP"),
            ("Webhooks:AlchemyAddresses:0", "54.236.136.17"),
            ("Webhooks:AlchemyAddresses:1", "34.237.24.169"),
            ("Webhooks:AlchemyAddresses:2", "10.0.0.0/8"),
            ("Webhooks:AlchemyAddresses:3", "2001:db8::/32"));

        List<(string?, int)> answered = [];
        foreach ((string? address, _) in table)
            answered.Add((address, await DeliverFromAsync(app, address)));

        Assert.Equal(table, answered);
        Assert.Equal(5, (await Deliveries.CountAsync(app)).Inbox);
    }

    private static async Task<int> DeliverFromAsync(FunctionApp<WebhooksFunction> app, string? address)
    {
        string body = Deliveries.Body("{}");
        HttpRequestMessage request = new(HttpMethod.Post, "v1/alchemy/main")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Alchemy-Signature", Deliveries.Sign(body));
        if (address is not null) request.Headers.Add("X-Real-IP", address);
        ApiAnswer answer = await app.Anonymous.SendAsync(request, Token);
        Assert.Equal(answer.Status == 200 ? null : "forbidden", answer.Code);
        return answer.Status;
    }

    private IEnumerable<CloudEventMessage> HintsAt(int block) => hooks.App.Broker.Taken.Where(
        taken => Encoding.UTF8.GetString(taken.Data.Span).EndsWith($":{block}}}", StringComparison.Ordinal));

    /// <summary>The data of the event that a delivery caused; null when it caused none.</summary>
    private Task<string?> HintOfAsync(string id) => hooks.App.Database.FindAsync<string>(
        """
        SELECT data::text FROM outbox WHERE created_at = (SELECT taken_at FROM inbox WHERE id = $1)
            AND type = 'souk.chain.hinted.v1' AND room = 'webhooks'
        """,
        Token,
        id);
}
