using System.Net;
using Souk.Local.StandIns;

namespace Souk.Local.Tests.StandIns.Vault;

public sealed class VaultLoginTests : VaultWireTests
{
    private const string Kubernetes = "auth/kubernetes/login";
    private const string AppRole = "auth/approle/login";

    [Fact]
    public async Task Lets_a_bound_service_account_in()
    {
        WireAnswer answer = await KubernetesAsync(StandIn.IssueServiceAccountToken("auth"));

        Assert.Equal(200, answer.Status);
        Assert.Equal("""["auth","default"]""", answer.Auth["policies"]!.ToJsonString());
        Assert.Equal(600, answer.Auth["lease_duration"]!.GetValue<int>());
        Assert.True(answer.Auth["renewable"]!.GetValue<bool>());
        Assert.Equal("apis", answer.Auth["metadata"]!["service_account_namespace"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"jwt":"x"}""", "missing role")]
    [InlineData("""{"role":"auth"}""", "missing jwt")]
    [InlineData("""{"role":"nobody","jwt":"x"}""", "invalid role name \"nobody\"")]
    public async Task Refuses_a_login_that_lacks_something(string body, string error)
    {
        PutRole();

        await RefusesAsync(CallAsync("POST", Kubernetes, body, token: ""), HttpStatusCode.BadRequest, error);
    }

    [Theory]
    [InlineData("not a token")]
    [InlineData("e30.e30.e30")]
    public async Task Refuses_what_is_no_service_account_token(string jwt) =>
        await RefusesAsync(KubernetesAsync(jwt), HttpStatusCode.Forbidden, "permission denied");

    [Fact]
    public async Task Refuses_a_token_of_another_cluster()
    {
        await using VaultStandIn other = new(Clock);

        await RefusesAsync(
            KubernetesAsync(other.IssueServiceAccountToken("auth")), HttpStatusCode.Forbidden, "permission denied");
    }

    [Fact]
    public async Task Refuses_an_altered_token()
    {
        string[] own = StandIn.IssueServiceAccountToken("webhooks").Split('.');
        string[] wanted = StandIn.IssueServiceAccountToken("auth").Split('.');

        await RefusesAsync(
            KubernetesAsync($"{wanted[0]}.{wanted[1]}.{own[2]}"), HttpStatusCode.Forbidden, "permission denied");
    }

    [Fact]
    public async Task Refuses_another_audience() => await RefusesAsync(
        KubernetesAsync(StandIn.IssueServiceAccountToken("auth", audience: "kubernetes")),
        HttpStatusCode.Forbidden,
        "invalid audience");

    [Fact]
    public async Task Refuses_another_service_account() => await RefusesAsync(
        KubernetesAsync(StandIn.IssueServiceAccountToken("signing")),
        HttpStatusCode.Forbidden,
        "service account name not authorized");

    [Fact]
    public async Task Refuses_another_namespace() => await RefusesAsync(
        KubernetesAsync(StandIn.IssueServiceAccountToken("auth", "webhooks")),
        HttpStatusCode.Forbidden,
        "namespace not authorized");

    [Fact]
    public async Task Refuses_a_service_account_token_that_expired()
    {
        string jwt = StandIn.IssueServiceAccountToken("auth", lifetime: TimeSpan.FromMinutes(10));
        Clock.Advance(TimeSpan.FromMinutes(10));

        await RefusesAsync(KubernetesAsync(jwt), HttpStatusCode.Forbidden, "permission denied");
    }

    [Fact]
    public async Task Refuses_to_read_a_login() => await RefusesAsync(
        CallAsync("GET", Kubernetes, token: ""), HttpStatusCode.MethodNotAllowed, "unsupported operation");

    [Fact]
    public async Task Lets_an_app_role_in_as_often_as_its_secret_id_allows()
    {
        string roleId = PutAppRole(usesMax: 2);
        string secretId = StandIn.IssueSecretId("ops");
        Assert.Equal(200, (await AppRoleAsync(roleId, secretId)).Status);
        Assert.Equal(200, (await AppRoleAsync(roleId, secretId)).Status);

        await RefusesAsync(AppRoleAsync(roleId, secretId), HttpStatusCode.BadRequest, "invalid role or secret ID");
    }

    [Fact]
    public async Task Refuses_a_secret_id_that_expired()
    {
        string roleId = PutAppRole(usesMax: 0);
        string secretId = StandIn.IssueSecretId("ops");
        Clock.Advance(TimeSpan.FromMinutes(5));

        await RefusesAsync(AppRoleAsync(roleId, secretId), HttpStatusCode.BadRequest, "invalid role or secret ID");
    }

    [Fact]
    public async Task Refuses_a_secret_id_of_another_role()
    {
        string roleId = PutAppRole(usesMax: 0);
        StandIn.PutAppRole("other", new VaultAppRole([], TimeSpan.Zero, TimeSpan.Zero, 0, TimeSpan.Zero));

        await RefusesAsync(
            AppRoleAsync(roleId, StandIn.IssueSecretId("other")),
            HttpStatusCode.BadRequest,
            "invalid role or secret ID");
    }

    [Theory]
    [InlineData("{}", "missing role_id")]
    [InlineData("""{"role_id":"unknown","secret_id":"x"}""", "invalid role or secret ID")]
    public async Task Refuses_an_app_role_login_that_lacks_something(string body, string error) =>
        await RefusesAsync(CallAsync("POST", AppRole, body, token: ""), HttpStatusCode.BadRequest, error);

    [Fact]
    public async Task Refuses_an_app_role_without_its_secret_id() => await RefusesAsync(
        CallAsync("POST", AppRole, $$"""{"role_id":"{{PutAppRole(0)}}"}""", token: ""),
        HttpStatusCode.BadRequest,
        "missing secret_id");

    private void PutRole() => StandIn.PutKubernetesRole(
        "auth",
        new VaultKubernetesRole(
            ["auth"], ["apis"], "vault", ["auth"], TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30)));

    private string PutAppRole(int usesMax) => StandIn.PutAppRole(
        "ops",
        new VaultAppRole(
            ["ops"], TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), usesMax, TimeSpan.FromMinutes(5)));

    private Task<WireAnswer> KubernetesAsync(string jwt)
    {
        PutRole();
        return CallAsync("POST", Kubernetes, $$"""{"role":"auth","jwt":"{{jwt}}"}""", token: "");
    }

    private Task<WireAnswer> AppRoleAsync(string roleId, string secretId) => CallAsync(
        "POST", AppRole, $$"""{"role_id":"{{roleId}}","secret_id":"{{secretId}}"}""", token: "");
}
