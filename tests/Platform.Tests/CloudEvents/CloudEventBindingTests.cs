using System.Text;
using Souk.Domain.Failures;
using Souk.Platform.CloudEvents;

namespace Souk.Platform.Tests.CloudEvents;

public sealed class CloudEventBindingTests
{
    private const string Structured = "application/cloudevents+json";

    private static readonly (string, string)[] Required =
        [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/test"), ("ce-type", "test.happened")];

    [Fact]
    public async Task Reads_the_binary_mode()
    {
        ReceivedEvent received = await ReadAsync(
            "application/json",
            """{"a":1}""",
            [
                .. Required, ("CE-Subject", "Euro%20%E2%82%AC"), ("ce-time", "2026-06-01T12:00:00.123456789Z"),
                ("ce-job", "relay"), ("ce-sequence", "\"00 42\""), ("host", "souk"),
            ]);

        Assert.Equal(("1", "/test", "test.happened"), (received.Id, received.Source, received.Type));
        Assert.Equal("Euro €", received.Subject);
        Assert.Equal(2026, received.Time!.Value.Year);
        Assert.Equal("relay", received.Extensions["job"]);
        Assert.Equal("00 42", received.Extensions["sequence"]);
        Assert.Equal(2, received.Extensions.Count);
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(received.Data.Span));
    }

    [Theory]
    [InlineData(Structured)]
    [InlineData("Application/CloudEvents+JSON; charset=utf-8")]
    public async Task Reads_the_structured_mode(string mediaType)
    {
        ReceivedEvent received = await ReadAsync(mediaType, """
            {"specversion":"1.0","id":"1","source":"/test","type":"test.happened","subject":null,"number":42,
             "flag":true,"text":"€","datacontenttype":"application/json","data":{"a":[1, "b"]}}
            """);

        Assert.Equal(("1", "/test", "test.happened"), (received.Id, received.Source, received.Type));
        Assert.Null(received.Subject);
        Assert.Equal(("42", "true", "€"), (
            received.Extensions["number"], received.Extensions["flag"], received.Extensions["text"]));
        Assert.Equal("""{"a":[1, "b"]}""", Encoding.UTF8.GetString(received.Data.Span));
    }

    [Fact]
    public async Task Reads_data_in_base64()
    {
        ReceivedEvent received = await ReadAsync(
            Structured, """{"specversion":"1.0","id":"1","source":"/test","type":"t","data_base64":"AQID"}""");

        Assert.Equal([1, 2, 3], received.Data.ToArray());
    }

    [Fact]
    public async Task Reads_an_event_without_data()
    {
        Assert.True((await ReadAsync(null, "", Required)).Data.IsEmpty);
        Assert.True((await ReadAsync(
            Structured, """{"specversion":"1.0","id":"1","source":"/test","type":"t"}""")).Data.IsEmpty);
    }

    [Fact]
    public async Task Names_the_schedule_of_a_ping_and_of_nothing_else()
    {
        (string, string)[] ping = [.. Required[..3], ("ce-type", ReceivedEvent.PingType), ("ce-job", "relay")];

        Assert.Equal("relay", (await ReadAsync(null, "", ping)).Job);
        Assert.Null((await ReadAsync(null, "", [.. Required, ("ce-job", "relay")])).Job);
    }

    [Theory]
    [InlineData("ce-specversion", null)]
    [InlineData("ce-specversion", "0.3")]
    [InlineData("ce-specversion", "2.0")]
    [InlineData("ce-id", null)]
    [InlineData("ce-id", "")]
    [InlineData("ce-source", null)]
    [InlineData("ce-type", null)]
    [InlineData("ce-time", "yesterday")]
    [InlineData("ce-datacontenttype", "application/json")]
    [InlineData("ce-with_underscore", "a")]
    [InlineData("ce-", "a")]
    [InlineData("ce-subject", "a%00b")]
    [InlineData("ce-subject", "%C0%A0")]
    [InlineData("ce-type", "")]
    [InlineData("ce-source", "")]
    [InlineData("ce-specversion", "")]
    [InlineData("ce-with-hyphen", "a")]
    [InlineData("ce-dataschema", "relative")]
    public async Task Calls_a_binary_event_with_wrong_attributes_poison(string name, string? value)
    {
        Dictionary<string, string> headers = Required.ToDictionary(header => header.Item1, header => header.Item2);
        headers.Remove(name);
        if (value is not null)
            headers[name] = value;

        await AssertPoisonAsync("application/json", "{}", [.. headers.Select(header => (header.Key, header.Value))]);
    }

    [Fact]
    public async Task Calls_an_attribute_that_comes_twice_poison() =>
        await AssertPoisonAsync("application/json", "{}", [.. Required, ("ce-subject", "a"), ("ce-subject", "b")]);

    [Theory]
    [InlineData(200, 500, true)]
    [InlineData(201, 500, false)]
    [InlineData(200, 501, false)]
    public async Task Takes_ids_and_sources_as_long_as_the_inbox_keeps(int idLength, int sourceLength, bool isTaken)
    {
        (string, string)[] headers =
        [
            ("ce-specversion", "1.0"), ("ce-type", "t"), ("ce-id", new string('i', idLength)),
            ("ce-source", "/" + new string('s', sourceLength - 1)),
        ];

        if (isTaken)
            Assert.Equal(idLength, (await ReadAsync(null, "", headers)).Id.Length);
        else
            await AssertPoisonAsync(null, "", headers);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"id":"1","source":"/test","type":"t"}""")]
    [InlineData("""{"specversion":1.0,"id":"1","source":"/test","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","source":"/test","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","id":"2","source":"/test","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/test","type":"t","subject":{"a":1}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/test","type":"t","time":"yesterday"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/test","type":"t","Upper":"a"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/test","type":"t","data_base64":"*"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/test","type":"t","data_base64":7}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/test","type":"t","data":1,"data_base64":"AQID"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/test","type":"t","subject":"\ud800"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/test","type":"t","\ud800":"a"}""")]
    public async Task Calls_a_malformed_structured_event_poison(string body) =>
        await AssertPoisonAsync(Structured, body);

    [Theory]
    [InlineData("application/cloudevents-batch+json")]
    [InlineData("application/cloudevents+avro")]
    [InlineData("application/cloudevents")]
    public async Task Takes_neither_batches_nor_other_formats(string mediaType) =>
        await AssertPoisonAsync(mediaType, "[]", Required);

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/vnd.apache.thrift.binary")]
    [InlineData("text/xml")]
    [InlineData(null)]
    public async Task Takes_the_content_type_of_a_binary_event_for_its_datas_and_the_body_as_it_is(string? mediaType)
    {
        ReceivedEvent received = await ReadAsync(mediaType, "<much wow=\"xml\"/>", Required);

        Assert.Equal(mediaType, received.ContentType);
        Assert.Equal("<much wow=\"xml\"/>", Encoding.UTF8.GetString(received.Data.Span));
    }

    [Theory]
    [InlineData("\"application/xml\"", "\"<much wow=\\\"xml\\\"/>\"", "application/xml", "<much wow=\"xml\"/>")]
    [InlineData("\"text/plain\"", "\"\"", "text/plain", "")]
    [InlineData("\"application/json\"", "\"a text\"", "application/json", "\"a text\"")]
    [InlineData("\"application/ld+json; a=b\"", "[1]", "application/ld+json; a=b", "[1]")]
    [InlineData("null", "\"I'm just a string\"", "application/json", "\"I'm just a string\"")]
    [InlineData("null", "null", "application/json", "null")]
    public async Task Reads_structured_data_as_their_content_type_says(
        string contentType, string data, string expectedType, string expectedData)
    {
        ReceivedEvent received = await ReadAsync(Structured, $$"""
            {"specversion":"1.0","id":"1","source":"/test","type":"t","datacontenttype":{{contentType}},"data":{{data}}}
            """);

        Assert.Equal(expectedType, received.ContentType);
        Assert.Equal(expectedData, Encoding.UTF8.GetString(received.Data.Span));
    }

    [Fact]
    public async Task Keeps_the_content_type_of_data_in_base64()
    {
        ReceivedEvent received = await ReadAsync(Structured, """
            {"specversion":"1.0","id":"1","source":"/test","type":"t",
             "datacontenttype":"application/vnd.apache.thrift.binary",
             "dataschema":"https://schemas.example/1","data_base64":"AQID"}
            """);

        Assert.Equal(
            ("application/vnd.apache.thrift.binary", "https://schemas.example/1"),
            (received.ContentType, received.DataSchema));
        Assert.Equal([1, 2, 3], received.Data.ToArray());
    }

    [Fact]
    public async Task Reads_a_structured_event_from_its_body_alone()
    {
        ReceivedEvent received = await ReadAsync(
            Structured,
            """{"specversion":"1.0","id":"1","source":"/test","type":"t"}""",
            [.. Required, ("ce-id", "other"), ("ce-subject", "other")]);

        Assert.Equal(("1", (string?)null), (received.Id, received.Subject));
    }

    [Theory]
    [InlineData("\"datacontenttype\":\"application/xml\",\"data\":{\"a\":1}")]
    [InlineData("\"datacontenttype\":\"application/xml\",\"data\":null")]
    [InlineData("\"datacontenttype\":\"no media type\",\"data\":\"a\"")]
    [InlineData("\"dataschema\":\"relative\"")]
    [InlineData("\"data\":1,\"data\":2")]
    [InlineData("\"with-hyphen\":\"a\"")]
    [InlineData("\"with.dot\":\"a\"")]
    [InlineData("\"number\":1.5")]
    [InlineData("\"number\":2147483648")]
    [InlineData("\"array\":[]")]
    public async Task Calls_a_structured_event_with_wrong_members_poison(string members) => await AssertPoisonAsync(
        Structured, $$"""{"specversion":"1.0","id":"1","source":"/test","type":"t",{{members}}}""");

    [Theory]
    [InlineData("ce-type", 200, true)]
    [InlineData("ce-type", 201, false)]
    [InlineData("ce-subject", 500, true)]
    [InlineData("ce-subject", 501, false)]
    public async Task Takes_types_and_subjects_as_long_as_they_are_kept(string name, int length, bool isTaken)
    {
        (string, string)[] headers =
            [.. Required.Where(header => header.Item1 != name), (name, new string('a', length))];

        if (isTaken)
            Assert.Equal("1", (await ReadAsync(null, "", headers)).Id);
        else
            await AssertPoisonAsync(null, "", headers);
    }

    private static async Task AssertPoisonAsync(string? mediaType, string body, params (string, string)[] headers)
    {
        FailureException refusal = await Assert.ThrowsAsync<FailureException>(
            () => ReadAsync(mediaType, body, headers));
        Assert.Equal(FailureCode.EventPoison, refusal.Failure.Code);
    }

    private static Task<ReceivedEvent> ReadAsync(
        string? mediaType, string body, params (string Name, string Value)[] headers) => CloudEventBinding.ReadAsync(
        CloudEventRequest.Of(mediaType, body, headers), TestContext.Current.CancellationToken);
}
