using System.Net;

namespace Souk.Local.Tests.StandIns.Vault;

public sealed class VaultKvTests : VaultWireTests
{
    [Fact]
    public async Task Keeps_versions_and_reads_each()
    {
        Assert.Equal(1, (await WriteAsync("""{"data":{"x":"1"}}""")).Data["version"]!.GetValue<int>());
        Assert.Equal(2, (await WriteAsync("""{"data":{"x":"2"}}""")).Data["version"]!.GetValue<int>());

        Assert.Equal("2", (await ReadAsync()).Data["data"]!["x"]!.GetValue<string>());
        Assert.Equal("1", (await ReadAsync("?version=1")).Data["data"]!["x"]!.GetValue<string>());
    }

    [Fact]
    public async Task Answers_an_absent_secret_with_404_and_no_error_text()
    {
        WireAnswer answer = await ReadAsync();

        Assert.Equal(404, answer.Status);
        Assert.Equal("[]", answer.Body!["errors"]!.ToJsonString());
    }

    [Fact]
    public async Task Answers_an_absent_version_with_404()
    {
        await WriteAsync("""{"data":{}}""");

        Assert.Equal(404, (await ReadAsync("?version=2")).Status);
    }

    [Fact]
    public async Task Answers_a_deleted_version_with_404_and_its_metadata()
    {
        await WriteAsync("""{"data":{"x":"1"}}""");
        Assert.Equal(204, (await CallAsync("DELETE", "secret/data/a")).Status);

        WireAnswer answer = await ReadAsync();

        Assert.Equal(404, answer.Status);
        Assert.Null(answer.Data["data"]);
        Assert.NotEqual("", answer.Data["metadata"]!["deletion_time"]!.GetValue<string>());
    }

    [Fact]
    public async Task Undeletes_but_never_after_destruction()
    {
        await WriteAsync("""{"data":{"x":"1"}}""");
        await CallAsync("DELETE", "secret/data/a");
        await CallAsync("POST", "secret/undelete/a", """{"versions":[1]}""");
        Assert.Equal(200, (await ReadAsync()).Status);
        await CallAsync("PUT", "secret/destroy/a", """{"versions":[1]}""");
        await CallAsync("POST", "secret/undelete/a", """{"versions":[1]}""");

        WireAnswer answer = await ReadAsync();

        Assert.Equal(404, answer.Status);
        Assert.True(answer.Data["metadata"]!["destroyed"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Refuses_a_write_whose_check_and_set_does_not_match()
    {
        await WriteAsync("""{"options":{"cas":0},"data":{}}""");

        await RefusesAsync(
            WriteAsync("""{"options":{"cas":0},"data":{}}"""),
            HttpStatusCode.BadRequest,
            "check-and-set parameter did not match the current version");
        await RefusesAsync(WriteAsync("""{"options":{"cas":"x"},"data":{}}"""), HttpStatusCode.BadRequest, "parsing");
        Assert.Equal(200, (await WriteAsync("""{"options":{"cas":1},"data":{}}""")).Status);
    }

    [Fact]
    public async Task Refuses_a_write_without_data() =>
        await RefusesAsync(WriteAsync("{}"), HttpStatusCode.BadRequest, "no data provided");

    [Fact]
    public async Task Patches_what_is_there_and_refuses_what_is_not()
    {
        Assert.Equal(404, (await CallAsync("PATCH", "secret/data/a", """{"data":{"x":"1"}}""")).Status);
        await WriteAsync("""{"data":{"x":"1","y":"1"}}""");

        await CallAsync("PATCH", "secret/data/a", """{"data":{"x":null,"z":"2"}}""");

        Assert.Equal("""{"y":"1","z":"2"}""", (await ReadAsync()).Data["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Lists_names_and_folders_and_answers_404_for_none()
    {
        await CallAsync("POST", "secret/data/b/c", """{"data":{}}""");
        await WriteAsync("""{"data":{}}""");

        Assert.Equal("""["a","b/"]""", (await CallAsync("LIST", "secret/metadata/")).Data["keys"]!.ToJsonString());
        Assert.Equal(404, (await CallAsync("GET", "secret/metadata/none?list=true")).Status);
    }

    [Fact]
    public async Task Drops_the_oldest_of_eleven_versions()
    {
        for (int version = 0; version < 11; version++)
            await WriteAsync("""{"data":{}}""");

        Assert.Equal(404, (await ReadAsync("?version=1")).Status);
        Assert.Equal(200, (await ReadAsync("?version=2")).Status);
    }

    private Task<WireAnswer> WriteAsync(string body) => CallAsync("POST", "secret/data/a", body);

    private Task<WireAnswer> ReadAsync(string query = "") => CallAsync("GET", "secret/data/a" + query);
}
