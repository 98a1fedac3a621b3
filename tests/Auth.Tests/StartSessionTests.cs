using System.Buffers.Text;
using System.Text.Json.Nodes;
using Souk.Auth.Tests.World;
using Souk.Local.StandIns;

namespace Souk.Auth.Tests;

public sealed class StartSessionTests(AuthWorld world, AuthRoom room) : IClassFixture<AuthRoom>
{
    private const string Path = "/v1/sessions";

    public static TheoryData<string> WrongTokens =>
    [
        "another audience", "another issuer", "no subject", "too long a subject", "another tenant", "expired",
        "issued in the future", "authenticated in the future", "another algorithm", "an unknown key", "no key",
        "forged", "unsigned",
    ];

    [Fact]
    public async Task Signs_a_person_in_and_knows_them_the_next_time()
    {
        Visitor first = await room.SignInAsync("ada");
        Visitor second = await room.SignInAsync("ada");

        Answer me = await room.GetAsync("/v1/me", second.AccessToken);

        Assert.Equal(first.UserId, second.UserId);
        Assert.Equal(first.UserId, me.Text("id"));
        Assert.Equal("""["trader"]""", me.Body!["roles"]!.ToJsonString());
        Assert.Equal("""["account:manage","market:trade"]""", me.Body["scopes"]!.ToJsonString());
        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
    }

    [Fact]
    public async Task Says_in_the_token_who_it_is_for_and_for_how_long()
    {
        Visitor visitor = await room.SignInAsync();

        string[] parts = visitor.AccessToken.Split('.');
        JsonNode header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
        JsonNode claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;

        Assert.Equal(
            ("ES256", "access-token:1", "at+jwt"),
            ((string?)header["alg"], (string?)header["kid"], (string?)header["typ"]));
        Assert.Equal("souk", (string?)claims["aud"]);
        Assert.Equal("https://market.example", (string?)claims["iss"]);
        Assert.Equal(visitor.UserId, (string?)claims["sub"]);
        Assert.Equal(600, (long)claims["exp"]! - (long)claims["iat"]!);
    }

    [Fact]
    public async Task Signs_with_the_newest_version_of_the_key_it_knows_after_a_rotation()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        Visitor before = await own.SignInAsync();
        own.Vault.RotateTransitKey("access-token");
        own.Clock.Advance(TimeSpan.FromMinutes(5));

        Visitor after = await own.SignInAsync();

        Assert.Contains("access-token:2", Header(after), StringComparison.Ordinal);
        Assert.Equal(200, (await own.GetAsync("/v1/me", before.AccessToken)).Status);
        Assert.Equal(200, (await own.GetAsync("/v1/me", after.AccessToken)).Status);
    }

    [Theory]
    [MemberData(nameof(WrongTokens))]
    public async Task Refuses_an_id_token_that_is_wrong_in_one_point(string wrong)
    {
        string token = room.Firebase.MintIdToken("eve", null, Twist(wrong));

        Answer answer = await room.TradeAsync(token);

        Assert.Equal((401, "sign_in_refused"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Refuses_a_person_whom_firebase_disabled()
    {
        string token = room.Firebase.MintIdToken("mallory");
        room.Firebase.DisableUser("mallory");

        Answer answer = await room.TradeAsync(token);

        Assert.Equal((401, "session_revoked"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Refuses_a_person_whom_firebase_no_longer_has()
    {
        string token = room.Firebase.MintIdToken("ghost");
        room.Firebase.DeleteUser("ghost");

        Assert.Equal("session_revoked", (await room.TradeAsync(token)).Code);
    }

    [Fact]
    public async Task Refuses_a_sign_in_from_before_a_revocation()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        string token = own.Firebase.MintIdToken("trent");
        own.Clock.Advance(TimeSpan.FromSeconds(2));
        own.Firebase.RevokeSignIns("trent");

        Assert.Equal("session_revoked", (await own.TradeAsync(token)).Code);
        Assert.Equal(201, (await own.TradeAsync(own.Firebase.MintIdToken("trent"))).Status);
    }

    [Fact]
    public async Task Refuses_the_administrators_door_a_proof_of_half_a_day_ago()
    {
        long longAgo = room.Clock.GetUtcNow().AddHours(-12).ToUnixTimeSeconds();
        FirebaseTwist old = new(Claims: claims => claims["auth_time"] = longAgo);
        string token = room.Firebase.MintIdToken(AuthRoom.Administrator, null, old);

        Assert.Equal("sign_in_refused", (await room.TradeAsync(token, "admin")).Code);
        Assert.Equal(201, (await room.TradeAsync(token)).Status);
    }

    [Fact]
    public async Task Gives_the_first_administrators_their_roles_and_says_so_in_the_audit_log()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        Visitor boss = await own.SignInAsync(AuthRoom.Administrator, "admin");
        await own.SignInAsync(AuthRoom.Administrator, "admin");

        Answer me = await own.GetAsync("/v1/admin/me", boss.AccessToken);

        Assert.Equal("""["admin","operator","trader"]""", me.Body!["roles"]!.ToJsonString());
        Assert.Contains("signing:approve", me.Body["scopes"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("market:trade", me.Body["scopes"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(1L, await own.ExecuteAsync("SELECT count(*) FROM audit WHERE action = 'role.bootstrap'"));
    }

    [Fact]
    public async Task Shuts_the_administrators_door_to_who_has_no_role_behind_it()
    {
        Answer answer = await room.TradeAsync(room.Firebase.MintIdToken("bob"), "admin");

        Assert.Equal((403, "forbidden"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Gives_a_browser_the_refresh_token_as_a_cookie_that_no_script_reads()
    {
        string token = room.Firebase.MintIdToken("carol");

        Answer answer = await room.PostAsync(Path, $$"""{"idToken":"{{token}}","cookie":true}""");

        Assert.False(answer.Body!.AsObject().ContainsKey("refreshToken"));
        Assert.StartsWith("__Host-souk-refresh=", answer.SetCookie, StringComparison.Ordinal);
        foreach (string attribute in (string[])["path=/", "secure", "httponly", "samesite=strict"])
            Assert.Contains($"; {attribute}", answer.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", answer.SetCookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("""{}""", "$.idToken")]
    [InlineData("""{"idToken":null}""", "$.idToken")]
    [InlineData("""{"idToken":7}""", "$.idToken")]
    [InlineData("""{"idToken":"a","audience":"boss"}""", "$.audience")]
    [InlineData("""{"idToken":"a","idToken":"b"}""", "$.idToken")]
    [InlineData("""{"idToken":"a","extra":1}""", "$.extra")]
    [InlineData("""{"idToken":""", "$.idToken")]
    public async Task Names_the_field_that_is_malformed(string json, string field)
    {
        Answer answer = await room.PostAsync(Path, json);

        Assert.Equal((400, "invalid_request", field), (answer.Status, answer.Code, answer.Field));
    }

    [Fact]
    public async Task Makes_one_person_of_many_first_sign_ins_at_once()
    {
        string token = room.Firebase.MintIdToken("twins");

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => room.TradeAsync(token)));

        Assert.All(answers, answer => Assert.Equal(201, answer.Status));
        Assert.Single(answers.Select(answer => answer.Body!["user"]!["id"]!.ToString()).Distinct());
    }

    [Fact]
    public async Task Bounds_the_tries_of_one_address_and_says_how_long_to_wait()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world)
        {
            Settings = new() { ["Auth:SignInsPerAddress"] = "4" },
        });
        Answer[] answers = new Answer[5];
        for (int i = 0; i < answers.Length; i++)
            answers[i] = await TryAsync(own, "2001:db8::1");

        Assert.All(answers[..4], answer => Assert.Equal(401, answer.Status));
        Assert.Equal((429, "rate_limited"), (answers[4].Status, answers[4].Code));
        Assert.Equal(TimeSpan.FromMinutes(1), answers[4].RetryAfter);
        Assert.Equal(429, (await TryAsync(own, "2001:db8::ffff")).Status);
        Assert.Equal(401, (await TryAsync(own, "2001:db8:0:1::1")).Status);
        own.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(401, (await TryAsync(own, "2001:db8::1")).Status);
    }

    [Fact]
    public async Task Keeps_no_token_and_no_mail_address_in_the_database()
    {
        await using AuthRoom own = await AuthRoom.StartAsync(new AuthRoom(world));
        Visitor visitor = await own.SignInAsync("dave");

        string all = (string)(await own.ExecuteAsync("""
            SELECT string_agg(t::text, ',') FROM (
                SELECT u::text FROM users u UNION ALL SELECT s::text FROM sessions s
                UNION ALL SELECT r::text FROM refresh_tokens r) t
            """))!;

        Assert.Contains("dave", all, StringComparison.Ordinal);
        Assert.DoesNotContain("mail.example", all, StringComparison.Ordinal);
        Assert.DoesNotContain(visitor.RefreshToken, all, StringComparison.Ordinal);
    }

    private static string Header(Visitor visitor) =>
        System.Text.Encoding.UTF8.GetString(Base64Url.DecodeFromChars(visitor.AccessToken.Split('.')[0]));

    private static Task<Answer> TryAsync(AuthRoom own, string address) =>
        own.SendAsync(HttpMethod.Post, Path, """{"idToken":"none"}""", address: address);

    private FirebaseTwist Twist(string wrong)
    {
        long now = room.Clock.GetUtcNow().ToUnixTimeSeconds();
        return wrong switch
        {
            "another audience" => new(Claims: claims => claims["aud"] = "other-project"),
            "another issuer" => new(Claims: claims => claims["iss"] = "https://securetoken.google.com/other-project"),
            "no subject" => new(Claims: claims => claims["sub"] = ""),
            "too long a subject" => new(Claims: claims => claims["sub"] = new string('a', 129)),
            "another tenant" => new(Claims: claims => claims["firebase"]!["tenant"] = "other"),
            "expired" => new(Claims: claims => claims["exp"] = now),
            "issued in the future" => new(Claims: claims => claims["iat"] = now + 301),
            "authenticated in the future" => new(Claims: claims => claims["auth_time"] = now + 301),
            "another algorithm" => new(Header: header => header["alg"] = "HS256"),
            "an unknown key" => new(Header: header => header["kid"] = "unknown"),
            "no key" => new(Header: header => header.Remove("kid")),
            "forged" => new(IsForged: true),
            _ => new(IsUnsigned: true),
        };
    }
}
