using System.Net;
using Souk.Local.StandIns;

namespace Souk.Local.Tests.StandIns.Vault;

/// <summary>Seals, tokens and policies.</summary>
public sealed class VaultAccessTests : VaultWireTests
{
    [Fact]
    public async Task Tells_its_health_without_a_token()
    {
        Assert.Equal(200, (await CallAsync("GET", "sys/health", token: "")).Status);
        StandIn.Seal();

        Assert.Equal(503, (await CallAsync("GET", "sys/health", token: "")).Status);
        Assert.Equal(299, (await CallAsync("GET", "sys/health?sealedcode=299", token: "")).Status);
    }

    [Fact]
    public async Task Refuses_everything_else_while_sealed()
    {
        StandIn.Seal();

        await RefusesAsync(CallAsync("GET", "secret/data/a"), HttpStatusCode.ServiceUnavailable, "Vault is sealed");
    }

    [Fact]
    public async Task Refuses_a_call_without_a_token() =>
        await RefusesAsync(CallAsync("GET", "secret/data/a", token: ""), HttpStatusCode.Forbidden, "permission denied");

    [Fact]
    public async Task Refuses_an_unknown_token() =>
        await RefusesAsync(CallAsync("GET", "secret/data/a", token: "x"), HttpStatusCode.Forbidden, "invalid token");

    [Fact]
    public async Task Refuses_a_token_past_its_lease()
    {
        string token = TokenOf("""path "secret/*" { capabilities = ["read"] }""");
        Clock.Advance(TimeSpan.FromMinutes(10));

        await RefusesAsync(CallAsync("GET", "secret/data/a", token: token), HttpStatusCode.Forbidden, "invalid token");
    }

    [Fact]
    public async Task Refuses_a_token_that_revoked_itself()
    {
        string token = TokenOf("");
        Assert.Equal(204, (await CallAsync("POST", "auth/token/revoke-self", token: token)).Status);

        await RefusesAsync(
            CallAsync("GET", "auth/token/lookup-self", token: token), HttpStatusCode.Forbidden, "invalid token");
    }

    [Fact]
    public async Task Renews_from_now_and_not_past_the_maximal_life()
    {
        string token = TokenOf("");
        Clock.Advance(TimeSpan.FromMinutes(9));
        WireAnswer renewed = await CallAsync("POST", "auth/token/renew-self", "{}", token);
        Assert.Equal(600, renewed.Auth["lease_duration"]!.GetValue<int>());
        Clock.Advance(TimeSpan.FromMinutes(9));

        WireAnswer capped = await CallAsync("POST", "auth/token/renew-self", """{"increment":"1h"}""", token);

        Assert.Equal(720, capped.Auth["lease_duration"]!.GetValue<int>());
    }

    [Fact]
    public async Task Refuses_to_renew_a_token_without_a_lease() => await RefusesAsync(
        CallAsync("POST", "auth/token/renew-self"), HttpStatusCode.BadRequest, "lease is not renewable");

    [Fact]
    public async Task Refuses_what_no_policy_allows()
    {
        string token = TokenOf("""path "secret/data/a" { capabilities = ["read"] }""");
        StandIn.PutKv("a", new Dictionary<string, string> { ["x"] = "y" });

        Assert.Equal(200, (await CallAsync("GET", "secret/data/a", token: token)).Status);
        foreach (string denied in (string[])["GET data/b", "DELETE data/a", "POST data/a", "LIST metadata/"])
        {
            string[] call = denied.Split(' ');
            await RefusesAsync(
                CallAsync(call[0], "secret/" + call[1], token: token), HttpStatusCode.Forbidden, "permission denied");
        }
    }

    [Fact]
    public async Task Takes_the_most_specific_rule_and_lets_deny_win()
    {
        string token = TokenOf("""
            # A trailing star is a prefix.
            path "secret/data/*" { capabilities = ["read", "list"] }
            path "secret/data/private/*" { capabilities = ["deny"] }
            path "secret/data/private/mine" { capabilities = ["read"] }
            """);

        Assert.Equal(404, (await CallAsync("GET", "secret/data/a", token: token)).Status);
        Assert.Equal(404, (await CallAsync("GET", "secret/data/private/mine", token: token)).Status);
        Assert.Equal(403, (await CallAsync("GET", "secret/data/private/other", token: token)).Status);
    }

    [Fact]
    public async Task Tells_creating_from_updating()
    {
        string token = TokenOf("""path "secret/data/*" { capabilities = ["create"] }""");

        Assert.Equal(200, (await CallAsync("POST", "secret/data/a", """{"data":{}}""", token)).Status);
        Assert.Equal(403, (await CallAsync("POST", "secret/data/a", """{"data":{}}""", token)).Status);
    }

    [Fact]
    public async Task Tells_a_token_what_it_may_do()
    {
        string token = TokenOf("""path "secret/data/a" { capabilities = ["read"] }""");

        WireAnswer answer = await CallAsync(
            "POST", "sys/capabilities-self", """{"paths":["secret/data/a","secret/data/b"]}""", token);

        Assert.Equal("""["read"]""", answer.Data["secret/data/a"]!.ToJsonString());
        Assert.Equal("""["deny"]""", answer.Data["secret/data/b"]!.ToJsonString());
    }

    [Fact]
    public void Refuses_a_policy_that_it_does_not_understand()
    {
        Assert.Throws<ArgumentException>(() => StandIn.PutPolicy("p", """path "a" { capabilities = ["raed"] }"""));
        Assert.Throws<ArgumentException>(() => StandIn.PutPolicy("p", "secret/data/a: read"));
    }

    [Fact]
    public async Task Refuses_a_path_where_nothing_is_mounted() => await RefusesAsync(
        CallAsync("GET", "pki/issue/x"), HttpStatusCode.NotFound, "no handler for route \"pki/issue/x\"");

    [Fact]
    public async Task Refuses_an_operation_that_a_path_does_not_have() => await RefusesAsync(
        CallAsync("DELETE", "transit/keys/x"), HttpStatusCode.MethodNotAllowed, "unsupported operation");

    [Fact]
    public async Task Refuses_a_body_that_is_no_json() => await RefusesAsync(
        CallAsync("POST", "secret/data/a", "{"), HttpStatusCode.BadRequest, "error parsing JSON");

    [Fact]
    public async Task Refuses_a_call_without_the_request_header_where_it_is_demanded()
    {
        StandIn.IsRequestHeaderRequired = true;

        Assert.Equal(412, (await CallAsync("GET", "secret/data/a")).Status);
        Assert.Equal(404, (await CallAsync("GET", "secret/data/a", header: "X-Vault-Request")).Status);
    }

    [Theory]
    [InlineData(429, "quota exceeded")]
    [InlineData(473, "performance standby")]
    [InlineData(503, "sealed")]
    public async Task Answers_a_scripted_error_in_its_own_shape(int status, string text)
    {
        StandIn.Next(status);

        await RefusesAsync(CallAsync("GET", "secret/data/a"), (HttpStatusCode)status, text);
    }

    [Fact]
    public async Task Does_the_work_before_it_loses_the_answer()
    {
        StandIn.Next(StandInFault.TimeOutAfterEffect);
        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync("POST", "secret/data/a", """{"data":{}}"""));

        Assert.Equal(200, (await CallAsync("GET", "secret/data/a")).Status);
    }

    [Fact]
    public async Task Does_no_work_when_it_times_out_before()
    {
        StandIn.Next(StandInFault.TimeOutBeforeEffect);
        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync("POST", "secret/data/a", """{"data":{}}"""));

        Assert.Equal(404, (await CallAsync("GET", "secret/data/a")).Status);
    }
}
