using System.Net.Http.Headers;
using System.Text;
using Souk.Domain.Sessions;
using Souk.Harness;
using Souk.Local.Broker;

namespace Souk.Webhooks.Tests;

public sealed class ReceivePartnerEventsTests(Deliveries hooks, SharedWorld world) : IClassFixture<Deliveries>
{
    private const string Path = "v1/partners/acme/events";
    private const string Structured = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keeps_an_event_in_binary_mode_and_tells_it_on()
    {
        string id = NewId();

        ApiAnswer answer = await PostBinaryAsync(id, """{"total":5}""");
        await hooks.SentAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal(1, await hooks.KeptAsync(id));
        CloudEventMessage told = Assert.Single(ToldOf(id));
        Assert.Equal("souk.partner.com.acme.order.placed", told.Type);
        Assert.Equal("partner/acme", told.Attributes["subject"]);
        Assert.Equal(
            $$"""
            {"partner":"acme","id":"{{id}}","source":"/shop","subject":"order 5 é",
            """.TrimEnd() + """
            "time":"2026-06-01T12:00:00+00:00","data":{"total":5}}
            """,
            Encoding.UTF8.GetString(told.Data.Span).Replace("\\u00E9", "é", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keeps_an_event_in_structured_mode()
    {
        string id = NewId();

        ApiAnswer answer = await PostAsync(Event(id), Structured);

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            ("partner/acme//shop", "com.acme.order.placed", """{"total":5}"""),
            (await FindAsync<string>("SELECT source FROM inbox WHERE id = $1", id),
                await FindAsync<string>("SELECT type FROM inbox WHERE id = $1", id),
                Encoding.UTF8.GetString((await FindAsync<byte[]>("SELECT payload FROM inbox WHERE id = $1", id))!)));
    }

    [Fact]
    public async Task Keeps_a_batch_in_one_commit_and_tells_each_event_on()
    {
        string[] ids = [NewId(), NewId(), NewId()];

        ApiAnswer answer = await PostAsync($"[{string.Join(',', ids.Select(id => Event(id)))}]", Batch);
        await hooks.SentAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal(1L, await FindAsync<long>("SELECT count(DISTINCT taken_at) FROM inbox WHERE id = ANY ($1)", ids));
        Assert.All(ids, id => Assert.Single(ToldOf(id)));
    }

    [Fact]
    public async Task Takes_an_empty_batch_and_an_event_without_data()
    {
        string id = NewId();

        Assert.Equal(200, (await PostAsync("[]", Batch)).Status);
        Assert.Equal(200, (await PostAsync(Event(id, data: null), Structured)).Status);
        Assert.Equal(
            "null", await FindAsync<string>("SELECT (data -> 'data')::text FROM outbox WHERE data ->> 'id' = $1", id));
    }

    [Fact]
    public async Task An_event_has_the_effect_of_once_within_a_batch_and_across_batches_and_modes()
    {
        string first = NewId();
        string second = NewId();

        ApiAnswer[] answers =
        [
            await PostAsync($"[{Event(first)},{Event(first)}]", Batch),
            await PostAsync($"[{Event(first)},{Event(second)}]", Batch),
            await PostAsync(Event(second), Structured),
            await PostBinaryAsync(second, """{"total":5}"""),
        ];

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        foreach (string id in new[] { first, second })
        {
            Assert.Equal(1, await hooks.KeptAsync(id));
            Assert.Equal(1L, await FindAsync<long>("SELECT count(*) FROM outbox WHERE data ->> 'id' = $1", id));
        }
    }

    [Fact]
    public async Task The_same_id_of_another_source_is_another_event()
    {
        string id = NewId();

        await PostAsync($"[{Event(id)},{Event(id, source: "/other")}]", Batch);

        Assert.Equal(2, await hooks.KeptAsync(id));
    }

    [Theory]
    [InlineData("""{"specversion":"1.0","id":"x","source":"/shop"}""", 422, "event_poison")]
    [InlineData("""{"specversion":"1.0","id":"x","source":"/shop","type":"Not.Lower"}""", 400, "invalid_request")]
    [InlineData("""{"specversion":"1.0","id":"x","source":"/shop","type":"a","data":{"nul":"\u0000"}}""", 400,
        "invalid_request")]
    [InlineData("""{"specversion":"1.0","id":"x","source":"/s","type":"a","datacontenttype":"text/plain","data":"t"}""",
        415, "unsupported_media_type")]
    [InlineData("""{"specversion":"1.0","id":"x","source":"/shop","type":"a","data_base64":"/w=="}""", 400,
        "invalid_request")]
    public async Task A_batch_with_one_bad_event_is_refused_whole(string bad, int status, string code)
    {
        string id = NewId();

        ApiAnswer answer = await PostAsync($"[{Event(id)},{bad}]", Batch);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Equal(0, await hooks.KeptAsync(id));
        Assert.Equal(0L, await FindAsync<long>("SELECT count(*) FROM outbox WHERE data ->> 'id' = $1", id));
    }

    [Fact]
    public async Task Refuses_what_is_larger_than_its_limit()
    {
        string id = NewId();
        string large = $"\"{new string('x', 64 * 1024)}\"";

        ApiAnswer data = await PostAsync(Event(id, data: large), Structured);
        ApiAnswer body = await PostAsync($"[{Event(id)}{new string(' ', 1024 * 1024)}]", Batch);
        ApiAnswer many = await PostAsync($"[{string.Join(',', Enumerable.Repeat(Event(id), 101))}]", Batch);
        ApiAnswer source = await PostAsync(Event(id, source: $"/{new string('s', 400)}"), Structured);

        Assert.All(
            [data, body, many], answer => Assert.Equal((413, "payload_too_large"), (answer.Status, answer.Code)));
        Assert.Equal((400, "invalid_request"), (source.Status, source.Code));
        Assert.Equal(0, await hooks.KeptAsync(id));
    }

    [Fact]
    public async Task Refuses_a_partners_name_that_nobody_can_have()
    {
        ApiAnswer answer = await PostAsync(Event(NewId()), Structured, path: "v1/partners/ACME/events");

        Assert.Equal((404, "not_found"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Refuses_a_body_that_drips()
    {
        await using FunctionApp<WebhooksFunction> app = await Deliveries.StartAsync(
            await world.GetAsync(), ("Webhooks:BodyTimeout", "00:00:00.1"));
        TestPerson person = await app.SignInAsync(TokenAudience.Admin, Token, Role.Operator);
        string head = WireRequest.Head($"/{Path}", $"Authorization: Bearer {person.Token}", "Content-Length: 100");

        string answer = await WireRequest.SendAsync(app.Url, head + "{", endsSending: false, Token);

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Equal("request_timeout", WireRequest.CodeIn(answer));
    }

    [Fact]
    public async Task Only_a_token_with_the_scope_of_the_administrators_host_opens_it()
    {
        string id = NewId();
        TestPerson trader = await hooks.App.SignInAsync(TokenAudience.User, Token, Role.Trader, Role.Operator);
        TestPerson admin = await hooks.App.SignInAsync(TokenAudience.Admin, Token, Role.Admin);
        TestPerson revoked = await hooks.App.SignInAsync(TokenAudience.Admin, Token, Role.Operator);
        await hooks.App.Database.ExecuteAsync(
            "UPDATE sessions SET revoked_at = now(), reason = 'revoked' WHERE id = $1",
            Token,
            revoked.SessionId);

        ApiAnswer nobody = await hooks.App.Anonymous.SendAsync(Request(Event(id), Structured, Path), Token);
        ApiAnswer byTrader = await trader.Api.SendAsync(Request(Event(id), Structured, Path), Token);
        ApiAnswer byAdmin = await admin.Api.SendAsync(Request(Event(id), Structured, Path), Token);
        ApiAnswer byRevoked = await revoked.Api.SendAsync(Request(Event(id), Structured, Path), Token);

        Assert.Equal((401, "unauthenticated"), (nobody.Status, nobody.Code));
        Assert.Equal((403, "forbidden"), (byTrader.Status, byTrader.Code));
        Assert.Equal((403, "forbidden"), (byAdmin.Status, byAdmin.Code));
        Assert.Equal((401, "session_revoked"), (byRevoked.Status, byRevoked.Code));
        Assert.Equal(0, await hooks.KeptAsync(id));
    }

    private static string NewId() => Guid.NewGuid().ToString("N");

    private static string Event(string id, string source = "/shop", string? data = """{"total":5}""") =>
        $$"""
        {"specversion":"1.0","id":"{{id}}","source":"{{source}}","type":"com.acme.order.placed"
        """ + (data is null ? "}" : $",\"data\":{data}}}");

    private Task<T?> FindAsync<T>(string sql, object value) => hooks.App.Database.FindAsync<T>(sql, Token, value);

    private IEnumerable<CloudEventMessage> ToldOf(string id) => hooks.App.Broker.Taken.Where(
        taken => Encoding.UTF8.GetString(taken.Data.Span).Contains(id, StringComparison.Ordinal));

    private static HttpRequestMessage Request(string body, string mediaType, string path)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return request;
    }

    private async Task<ApiAnswer> PostAsync(string body, string mediaType, string path = Path)
    {
        TestPerson person = await hooks.App.SignInAsync(TokenAudience.Admin, Token, Role.Operator);
        return await person.Api.SendAsync(Request(body, mediaType, path), Token);
    }

    private async Task<ApiAnswer> PostBinaryAsync(string id, string data)
    {
        TestPerson person = await hooks.App.SignInAsync(TokenAudience.Admin, Token, Role.Operator);
        HttpRequestMessage request = Request(data, "application/json", Path);
        request.Headers.Add("ce-specversion", "1.0");
        request.Headers.Add("ce-id", id);
        request.Headers.Add("ce-source", "/shop");
        request.Headers.Add("ce-type", "com.acme.order.placed");
        request.Headers.Add("ce-subject", "order%205%20%C3%A9");
        request.Headers.Add("ce-time", "2026-06-01T12:00:00Z");
        return await person.Api.SendAsync(request, Token);
    }
}
