using System.Text;
using Souk.Domain.Failures;
using Souk.Platform.CloudEvents;

namespace Souk.Platform.Tests.CloudEvents;

/// <summary>The batched mode, and what a receiver of many events makes of the other two.</summary>
public sealed class CloudEventBatchTests
{
    private const string Batch = "application/cloudevents-batch+json";
    private const string One = """{"specversion":"1.0","id":"1","source":"/test","type":"t"}""";

    [Theory]
    [InlineData(Batch)]
    [InlineData("Application/CloudEvents-Batch+JSON; charset=UTF-8")]
    public async Task Reads_the_events_of_a_batch_in_their_order_each_with_its_own_data(string mediaType)
    {
        IReadOnlyList<ReceivedEvent> received = await ReadAsync(mediaType, """
            [
              {"specversion":"1.0","id":"B234","source":"/mycontext/4","type":"com.example.someevent",
               "comexampleextension1":"value","comexampleothervalue":5,
               "datacontenttype":"application/vnd.apache.thrift.binary","data_base64":"AQID"},
              {"specversion":"1.0","id":"C234","source":"/mycontext/9","type":"com.example.someotherevent",
               "time":"2018-04-05T17:31:05Z","data":{"appinfoB":123}}
            ]
            """);

        Assert.Equal(["B234", "C234"], received.Select(one => one.Id));
        Assert.Equal(
            ["application/vnd.apache.thrift.binary", "application/json"], received.Select(one => one.ContentType!));
        Assert.Equal([1, 2, 3], received[0].Data.ToArray());
        Assert.Equal(("value", "5"), (
            received[0].Extensions["comexampleextension1"], received[0].Extensions["comexampleothervalue"]));
        Assert.Equal("""{"appinfoB":123}""", Encoding.UTF8.GetString(received[1].Data.Span));
    }

    [Fact]
    public async Task Reads_an_empty_batch() => Assert.Empty(await ReadAsync(Batch, "[]"));

    [Fact]
    public async Task Reads_one_event_in_either_other_mode()
    {
        ReceivedEvent structured = Assert.Single(await ReadAsync("application/cloudevents+json", One));
        ReceivedEvent binary = Assert.Single(await ReadAsync(
            "text/plain", "a", ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/test"), ("ce-type", "t")));

        Assert.Equal(("1", "1"), (structured.Id, binary.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("[1]")]
    [InlineData("[[]]")]
    [InlineData($"[{One},{{}}]")]
    [InlineData($$"""[{{One}},{"specversion":"0.3","id":"2","source":"/test","type":"t"}]""")]
    [InlineData($$"""[{{One}},{"specversion":"1.0","source":"/test","type":"t"}]""")]
    public async Task Calls_a_batch_poison_when_any_of_it_is(string body) =>
        Assert.Equal(FailureCode.EventPoison, await RefusalOfAsync(Batch, body));

    [Theory]
    [InlineData("application/cloudevents-batch")]
    [InlineData("application/cloudevents-batch+avro")]
    [InlineData("application/cloudevents+avro")]
    public async Task Reads_no_other_format(string mediaType) =>
        Assert.Equal(FailureCode.EventPoison, await RefusalOfAsync(mediaType, "[]"));

    [Fact]
    public async Task Takes_as_many_events_as_it_was_told_and_no_more()
    {
        Assert.Equal(3, (await ReadAsync(Batch, $"[{One},{One},{One}]")).Count);
        Assert.Equal(FailureCode.PayloadTooLarge, await RefusalOfAsync(Batch, $"[{One},{One},{One},{One}]"));
    }

    private static async Task<FailureCode> RefusalOfAsync(string mediaType, string body) =>
        (await Assert.ThrowsAsync<FailureException>(() => ReadAsync(mediaType, body))).Failure.Code;

    private static Task<IReadOnlyList<ReceivedEvent>> ReadAsync(
        string mediaType, string body, params (string Name, string Value)[] headers) =>
        CloudEventBinding.ReadManyAsync(
            CloudEventRequest.Of(mediaType, body, headers), 3, TestContext.Current.CancellationToken);
}
