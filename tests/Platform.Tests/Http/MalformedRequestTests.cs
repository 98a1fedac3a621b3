using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Souk.Domain.Failures;
using Souk.Harness;
using Souk.Platform.Http;
using Souk.Platform.Tests.Hosting;

namespace Souk.Platform.Tests.Http;

public sealed class MalformedRequestTests(EdgeApp edge) : IClassFixture<EdgeApp>
{
    // What the caller sent wrongly must not come back: it may be a secret pasted into the wrong field.
    private const string Sent = "s3cr3t-value";

    [Theory]
    [InlineData("""{"name":1,"amount":1,"parts":[]}""", "$.name")]
    [InlineData($$"""{"name":"a","amount":"{{Sent}}","parts":[]}""", "$.amount")]
    [InlineData("""{"name":"a","amount":1.5,"parts":[]}""", "$.amount")]
    [InlineData("""{"name":"a","amount":12345678901,"parts":[]}""", "$.amount")]
    [InlineData("""{"name":"a","amount":"1","parts":[]}""", "$.amount")]
    [InlineData($$"""{"name":"a","amount":1,"parts":[{"note":["{{Sent}}"],"remark":null}]}""", "$.parts[0].note")]
    [InlineData("""{"name":null,"amount":1,"parts":[]}""", "$.name")]
    [InlineData("""{"name":"a","amount":1,"parts":null}""", "$.parts")]
    [InlineData("""{"amount":1,"parts":[]}""", "$.name")]
    [InlineData("""{"name":"a","amount":1,"parts":[{"note":"b","remark":null},{"remark":"c"}]}""", "$.parts[1].note")]
    [InlineData("{}", "$.name")]
    [InlineData($$"""{"name":"a","amount":1,"parts":[],"extra":"{{Sent}}"}""", "$.extra")]
    [InlineData("""{"Name":"a","amount":1,"parts":[]}""", "$.Name")]
    [InlineData($$"""{"name":"a","name":"{{Sent}}","amount":1,"parts":[]}""", "$.name")]
    [InlineData($"{{\"name\":\"{Sent}", "$.name")]
    [InlineData("[]", "$")]
    [InlineData(Sent, "$")]
    public async Task Names_the_field_at_fault_and_never_repeats_its_value(string body, string field)
    {
        ApiAnswer answer = await edge.PostAsync("v1/things", body);

        Assert.Equal(400, answer.Status);
        Assert.Equal("invalid_request", answer.Code);
        Assert.Equal(field, answer.Json.GetProperty("field").GetString());
        Assert.Contains(field, answer.Json.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        Assert.DoesNotContain(Sent, answer.Json.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("JSON deserialization for type 'Souk.Thing' was missing required properties including: 'name', 'b'.")]
    [InlineData("JsonRequiredPropertiesMissing, Souk.Thing, 'name', 'b'")]
    public void Names_what_is_missing_also_when_compiled_ahead_of_time(string message)
    {
        Failure failure = MalformedRequest.Explain(
            new BadHttpRequestException("", new JsonException(message, "$.parts[1]", 0, 0)));

        Assert.Equal("$.parts[1].name", failure.Field);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    public async Task Says_that_the_body_is_missing(string body)
    {
        ApiAnswer answer = await edge.PostAsync("v1/things", body);

        Assert.Equal(400, answer.Status);
        Assert.Equal("invalid_request", answer.Code);
        Assert.Equal("The parameter thing is missing or malformed.", answer.Json.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("""{"name":"a","amount":1,"parts":[],"\ud800":1}""")]
    [InlineData("""{"name":"\ud800","amount":1,"parts":[]}""")]
    [InlineData("""{"na\udfffme":"a"}""")]
    public async Task Refuses_half_a_surrogate_pair_as_malformed(string body)
    {
        ApiAnswer answer = await edge.PostAsync("v1/things", body);

        Assert.Equal(400, answer.Status);
        Assert.Equal("invalid_request", answer.Code);
    }

    [Fact]
    public async Task Refuses_nesting_deeper_than_32()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40));

        ApiAnswer answer = await edge.PostAsync("v1/things", $$"""{"name":"a","amount":1,"parts":{{deep}}}""");

        Assert.Equal(400, answer.Status);
    }

    [Fact]
    public async Task Takes_what_is_well_formed()
    {
        ApiAnswer answer = await edge.PostAsync(
            "v1/things", """{"name":"a","amount":1,"parts":[{"note":"b","remark":null}]}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            """{"name":"a","amount":1,"parts":[{"note":"b","remark":null}]}""", answer.Json.GetRawText());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Refuses_another_media_type(string? mediaType)
    {
        ApiAnswer answer = await edge.PostAsync("v1/things", "{}", mediaType);

        Assert.Equal(415, answer.Status);
        Assert.Equal("unsupported_media_type", answer.Code);
    }

    [Theory]
    [InlineData("v1/things", 64 * 1024)]
    [InlineData("v1/large", 200_000)]
    public async Task Refuses_a_body_above_the_endpoints_limit_and_takes_one_at_it(string path, int bytesMax)
    {
        string atLimit = """{"name":"","amount":1,"parts":[]}""";
        atLimit = atLimit.Insert(9, new string('a', bytesMax - atLimit.Length));

        ApiAnswer taken = await edge.PostAsync(path, atLimit);
        ApiAnswer refused = await edge.PostAsync(path, atLimit + " ");

        Assert.Equal(200, taken.Status);
        Assert.Equal(413, refused.Status);
        Assert.Equal("payload_too_large", refused.Code);
    }

    [Fact]
    public async Task Refuses_a_large_body_that_does_not_tell_its_length()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "v1/things")
        {
            Content = new StringContent(
                $$"""{"name":"{{new string('a', 70_000)}}"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = true;

        ApiAnswer answer = await edge.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(413, answer.Status);
        Assert.Equal("payload_too_large", answer.Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("with space")]
    public async Task Names_the_header_that_is_missing_or_malformed(string? key)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "v1/keyed");
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);

        ApiAnswer answer = await edge.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(400, answer.Status);
        Assert.Contains("key", answer.Json.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        Assert.DoesNotContain("with space", answer.Json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_an_idempotency_key_longer_than_128_characters()
    {
        ApiAnswer taken = await SendKeyAsync(new string('k', 128));
        ApiAnswer refused = await SendKeyAsync(new string('k', 129));

        Assert.Equal(204, taken.Status);
        Assert.Equal(400, refused.Status);
    }

    [Fact]
    public async Task Refuses_a_query_parameter_that_does_not_parse()
    {
        ApiAnswer answer = await edge.GetAsync($"v1/numbers/1?limit={Sent}");

        Assert.Equal(400, answer.Status);
        Assert.Equal("invalid_request", answer.Code);
        Assert.DoesNotContain(Sent, answer.Json.GetRawText(), StringComparison.Ordinal);
    }

    private Task<ApiAnswer> SendKeyAsync(string key)
    {
        HttpRequestMessage request = new(HttpMethod.Get, "v1/keyed");
        request.Headers.Add("Idempotency-Key", key);
        return edge.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
