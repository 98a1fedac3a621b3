using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Souk.Local.Tests.StandIns.Firebase;

/// <summary>Keys, the token endpoint and accounts.</summary>
public sealed class FirebaseStandInTests : FirebaseWireTests
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string Lookup = "v1/projects/gallery/accounts:lookup";
    private const string Update = "v1/projects/gallery/accounts:update";

    [Fact]
    public async Task Publishes_its_keys_with_a_max_age_and_the_same_ones_as_certificates()
    {
        StandIn.RotateKeys();
        using HttpResponseMessage keys = await GetAsync(StandIn.KeysUrl);
        using HttpResponseMessage certificates = await GetAsync(StandIn.CertificatesUrl);
        JsonArray set = JsonNode.Parse(await keys.Content.ReadAsStringAsync(Token))!["keys"]!.AsArray();
        JsonObject byKid = JsonNode.Parse(await certificates.Content.ReadAsStringAsync(Token))!.AsObject();

        Assert.Equal(TimeSpan.FromHours(6), keys.Headers.CacheControl!.MaxAge);
        Assert.Equal(2, set.Count);
        Assert.Equal(set.Select(key => key!["kid"]!.GetValue<string>()), byKid.Select(entry => entry.Key));
        using X509Certificate2 first = X509Certificate2.CreateFromPem(byKid.First().Value!.GetValue<string>());
        Assert.Equal(2048, first.GetRSAPublicKey()!.KeySize);
    }

    [Fact]
    public async Task Gives_an_access_token_for_a_good_assertion()
    {
        (int status, JsonObject body) = await PostFormAsync(("grant_type", GrantType), ("assertion", Assertion()));

        Assert.Equal(200, status);
        Assert.Equal(3599, body["expires_in"]!.GetValue<int>());
        Assert.Equal("Bearer", body["token_type"]!.GetValue<string>());
    }

    [Fact]
    public async Task Refuses_another_grant_type() =>
        await RefusesAsync("unsupported_grant_type", ("grant_type", "password"), ("assertion", Assertion()));

    [Fact]
    public async Task Refuses_a_request_without_an_assertion() =>
        await RefusesAsync("invalid_request", ("grant_type", GrantType));

    [Fact]
    public async Task Refuses_an_assertion_that_does_not_parse() => await RefusesAsync("invalid_grant", "x");

    [Fact]
    public async Task Refuses_a_forged_assertion() =>
        await RefusesAsync("invalid_grant", Assertion(isForged: true));

    [Fact]
    public async Task Refuses_an_assertion_by_another_key_id() =>
        await RefusesAsync("invalid_grant", Assertion(header: json => json["kid"] = "other"));

    [Fact]
    public async Task Refuses_an_assertion_by_another_algorithm() =>
        await RefusesAsync("invalid_grant", Assertion(header: json => json["alg"] = "none"));

    [Fact]
    public async Task Refuses_an_unknown_account() =>
        await RefusesAsync("invalid_grant", Assertion(json => json["iss"] = "someone@else"));

    [Fact]
    public async Task Refuses_another_audience() =>
        await RefusesAsync("invalid_grant", Assertion(json => json["aud"] = "https://example.com/token"));

    [Fact]
    public async Task Refuses_an_assertion_that_expired() =>
        await RefusesAsync("invalid_grant", Assertion(json => json["exp"] = Now));

    [Fact]
    public async Task Refuses_an_assertion_from_the_future() => await RefusesAsync(
        "invalid_grant",
        Assertion(json =>
        {
            json["iat"] = Now + 120;
            json["exp"] = Now + 240;
        }));

    [Fact]
    public async Task Refuses_an_assertion_that_lives_longer_than_an_hour() =>
        await RefusesAsync("invalid_grant", Assertion(json => json["exp"] = Now + 3601));

    [Fact]
    public async Task Refuses_an_assertion_without_times() =>
        await RefusesAsync("invalid_grant", Assertion(json => json.Remove("iat")));

    [Fact]
    public async Task Refuses_an_assertion_without_a_scope() =>
        await RefusesAsync("invalid_scope", Assertion(json => json.Remove("scope")));

    [Fact]
    public async Task Looks_users_up_and_leaves_the_member_out_when_there_are_none()
    {
        StandIn.AddUser("uid-1", "ada@example.com");
        string bearer = await AccessTokenAsync();

        (_, JsonObject found) = await PostAsync(Lookup, """{"localId":["uid-1"]}""", bearer);
        (int status, JsonObject none) = await PostAsync(Lookup, """{"localId":["uid-2"]}""", bearer);

        Assert.Equal("ada@example.com", found["users"]![0]!["email"]!.GetValue<string>());
        Assert.Equal(200, status);
        Assert.Null(none["users"]);
    }

    [Fact]
    public async Task Updates_what_it_is_asked_to()
    {
        StandIn.AddUser("uid-1", "ada@example.com");
        string bearer = await AccessTokenAsync();
        await PostAsync(Update, """{"localId":"uid-1","disableUser":true,"validSince":"1700000000"}""", bearer);

        (_, JsonObject found) = await PostAsync(Lookup, """{"email":["ada@example.com"]}""", bearer);

        Assert.True(found["users"]![0]!["disabled"]!.GetValue<bool>());
        Assert.Equal("1700000000", found["users"]![0]!["validSince"]!.GetValue<string>());
    }

    [Fact]
    public async Task Refuses_accounts_calls_without_a_bearer()
    {
        (int status, JsonObject body) = await PostAsync(Lookup, """{"localId":["uid-1"]}""");

        Assert.Equal(401, status);
        Assert.Equal("UNAUTHENTICATED", body["error"]!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Refuses_the_emulators_owner_token() =>
        Assert.Equal(401, (await PostAsync(Lookup, """{"localId":["uid-1"]}""", "owner")).Status);

    [Fact]
    public async Task Refuses_an_access_token_that_expired()
    {
        string bearer = await AccessTokenAsync();
        Clock.Advance(TimeSpan.FromSeconds(3599));

        Assert.Equal(401, (await PostAsync(Lookup, """{"localId":["uid-1"]}""", bearer)).Status);
    }

    [Fact]
    public async Task Refuses_an_access_token_of_too_small_a_scope()
    {
        string bearer = await AccessTokenAsync("https://www.googleapis.com/auth/userinfo.email");

        Assert.Equal(403, (await PostAsync(Lookup, """{"localId":["uid-1"]}""", bearer)).Status);
    }

    [Fact]
    public async Task Refuses_another_project()
    {
        string bearer = await AccessTokenAsync();

        (int status, _) = await PostAsync("v1/projects/other/accounts:lookup", """{"localId":["x"]}""", bearer);

        Assert.Equal(403, status);
    }

    [Theory]
    [InlineData(Lookup, "{}", "MISSING_ID_TOKEN")]
    [InlineData(Update, "{}", "MISSING_LOCAL_ID")]
    [InlineData(Update, """{"localId":"nobody"}""", "USER_NOT_FOUND")]
    [InlineData(Update, """{"localId":"uid-1","email":"bob@example.com"}""", "EMAIL_EXISTS")]
    [InlineData(Lookup, "{", "Invalid JSON payload.")]
    public async Task Refuses_a_call_that_makes_no_sense(string path, string body, string message)
    {
        StandIn.AddUser("uid-1", "ada@example.com");
        StandIn.AddUser("uid-2", "bob@example.com");

        (int status, JsonObject answer) = await PostAsync(path, body, await AccessTokenAsync());

        Assert.Equal(400, status);
        Assert.Equal(message, answer["error"]!["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task Refuses_more_than_a_hundred_ids_at_once()
    {
        string ids = string.Join(',', Enumerable.Range(0, 101).Select(id => $"\"{id}\""));

        (int status, _) = await PostAsync(Lookup, $$"""{"localId":[{{ids}}]}""", await AccessTokenAsync());

        Assert.Equal(400, status);
    }

    [Fact]
    public async Task Signs_a_user_in_by_password()
    {
        StandIn.AddUser("uid-1", "ada@example.com", "correct horse");

        (int status, JsonObject body) = await SignInAsync("correct horse");

        Assert.Equal(200, status);
        Assert.Equal(3, body["idToken"]!.GetValue<string>().Split('.').Length);
    }

    [Theory]
    [InlineData("wrong", false, "key=k", 400, "INVALID_LOGIN_CREDENTIALS")]
    [InlineData("correct horse", true, "key=k", 400, "USER_DISABLED")]
    [InlineData("correct horse", false, "", 403, "The request is missing a valid API key.")]
    public async Task Refuses_a_sign_in(string password, bool isDisabled, string query, int expected, string message)
    {
        StandIn.AddUser("uid-1", "ada@example.com", "correct horse");
        if (isDisabled)
            StandIn.DisableUser("uid-1");

        (int status, JsonObject body) = await SignInAsync(password, query);

        Assert.Equal(expected, status);
        Assert.Equal(message, body["error"]!["message"]!.GetValue<string>());
    }

    private long Now => Clock.GetUtcNow().ToUnixTimeSeconds();

    private Task<(int Status, JsonObject Body)> SignInAsync(string password, string query = "key=k") => PostAsync(
        $"v1/accounts:signInWithPassword?{query}",
        $$"""{"email":"ada@example.com","password":"{{password}}","returnSecureToken":true}""");

    private Task RefusesAsync(string error, string assertion) =>
        RefusesAsync(error, ("grant_type", GrantType), ("assertion", assertion));

    private async Task RefusesAsync(string error, params (string Name, string Value)[] fields)
    {
        (int status, JsonObject body) = await PostFormAsync(fields);
        Assert.Equal(400, status);
        Assert.Equal(error, body["error"]!.GetValue<string>());
    }
}
