using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Souk.Domain.Chain;
using Souk.Local.Servers;
using Souk.Local.StandIns;
using Souk.Platform.Hosting;
using Souk.Platform.Randomness;
using Souk.Platform.Vault;

namespace Souk.Auth.Tests.World;

/// <summary>The auth room in this process, over HTTP, with a database, a Vault and a Firebase of its own.</summary>
public sealed class AuthRoom : IAsyncLifetime
{
    internal const string Administrator = "boss";
    internal const string Domain = "market.example";
    private const string AddressHeader = "X-Real-Ip";
    private const string Policy = """
        path "secret/data/auth" { capabilities = ["read"] }
        path "transit/sign/access-token" { capabilities = ["update"] }
        path "transit/encrypt/wallet-data" { capabilities = ["update"] }
        path "transit/keys/access-token" { capabilities = ["read"] }
        path "database/static-creds/auth" { capabilities = ["read"] }
        """;

    private readonly AuthWorld _world;
    private readonly TimeProvider _time;
    private readonly string _name;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };
    private readonly List<WebApplication> _instances = [];
    private int _visitors;

    public AuthRoom(AuthWorld world)
        : this(world, new FakeTimeProvider(world?.NextDay() ?? default))
    {
    }

    internal AuthRoom(AuthWorld world, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(world);
        (_world, _time, _name) = (world, time, world.NextName());
        (Postgres, Redis) = (world.Postgres, world.Redis);
        Vault = new VaultStandIn(time);
        Firebase = new FirebaseStandIn(time);
        MetaKeep = new MetaKeepStandIn(_name, time);
    }

    internal FakeTimeProvider Clock => (FakeTimeProvider)_time;

    internal LocalPostgres Postgres { get; init; }

    internal RespServer Redis { get; init; }

    internal VaultStandIn Vault { get; }

    internal FirebaseStandIn Firebase { get; }

    internal MetaKeepStandIn MetaKeep { get; }

    /// <summary>The app that people's embedded wallets are asked of.</summary>
    internal MetaKeepApp People => MetaKeep.AddApp(Chain);

    internal ChainId Chain => _world.Node.ChainId;

    /// <summary>Settings over the room's own.</summary>
    internal Dictionary<string, string?> Settings { get; init; } = [];

    internal static async Task<AuthRoom> StartAsync(AuthRoom room)
    {
        await room.InitializeAsync();
        return room;
    }

    public async ValueTask InitializeAsync()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await Firebase.StartAsync(cancellationToken);
        await Vault.StartAsync(cancellationToken);
        await MetaKeep.StartAsync(cancellationToken);
        await Postgres.CreateDatabaseAsync(_name, AuthWorld.Template, cancellationToken);
        await ExecuteAsync($"CREATE ROLE {_name} LOGIN IN ROLE auth");
        Vault.PutPolicy("auth", Policy);
        Vault.CreateTransitKey("access-token", "ecdsa-p256");
        Vault.CreateTransitKey("wallet-data", "aes256-gcm96");
        Vault.ConfigureDatabase(Postgres.AdminConnectionString());
        await Vault.CreateStaticRoleAsync("auth", _name, cancellationToken);
        Vault.PutKv("auth", new Dictionary<string, string>
        {
            ["redis_user"] = "auth",
            ["redis_password"] = Redis.Password("auth"),
            ["firebase_service_account"] = Firebase.ServiceAccountJson,
            ["alchemy_key"] = "any",
            ["metakeep_people_api_key"] = People.ApiKey,
            ["metakeep_people_api_secret"] = People.ApiSecret,
        });
        await StartInstanceAsync();

        // Whoever moves the clock must not time out what the start still has in flight.
        await SignInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (WebApplication instance in _instances)
        {
            await instance.StopAsync(CancellationToken.None);
            await instance.DisposeAsync();
        }

        _http.Dispose();
        await Firebase.DisposeAsync();
        await Vault.DisposeAsync();
        await MetaKeep.DisposeAsync();
    }

    /// <summary>Starts one more instance of the function beside those that run.</summary>
    /// <returns>Its number, to be given to <see cref="SendAsync"/>.</returns>
    internal async Task<int> StartInstanceAsync()
    {
        Dictionary<string, string?> settings = new()
        {
            ["PORT"] = "0",
            ["Host:Bind"] = "127.0.0.1",
            ["Vault:Address"] = Vault.Url.ToString(),
            ["Vault:LoginMethod"] = "token",
            ["Vault:Token"] = Vault.CreateToken(["auth"], TimeSpan.Zero, TimeSpan.Zero),
            ["Postgres:Host"] = Postgres.Host,
            ["Postgres:Port"] = Postgres.Port.ToString(CultureInfo.InvariantCulture),
            ["Postgres:Database"] = _name,
            ["Redis:Endpoint"] = Redis.Endpoint,
            ["Firebase:ProjectId"] = Firebase.ProjectId,
            ["Firebase:KeysUrl"] = Firebase.KeysUrl.ToString(),
            ["Firebase:IdentityUrl"] = Firebase.IdentityUrl.ToString(),
            ["Firebase:TokenUrl"] = Firebase.TokenUrl.ToString(),
            ["MetaKeep:BaseUrl"] = MetaKeep.Url.ToString(),
            ["MetaKeep:RetriesMax"] = "0",
            ["Broker:Url"] = "http://127.0.0.1:9/apis/default",
            ["Site:Domain"] = Domain,
            ["Site:Uri"] = $"https://{Domain}",
            ["Site:Issuer"] = $"https://{Domain}",
            ["Auth:Administrators:0"] = Administrator,
            ["Host:ClientAddressHeader"] = AddressHeader,
            ["Chains:0:Id"] = Chain.ToString(),
            ["Chains:0:Name"] = "local",
            ["Chains:0:AlchemyNetwork"] = "eth-local",
            ["Chains:0:NotifyNetwork"] = "ETH_LOCAL",
            ["Chains:0:RpcUrl"] = _world.Node.RpcUrl.ToString(),
            ["Chains:0:Seaport"] = "0x0000000000000068F116a894984e2DB1123eB395",
            ["Chains:0:ConduitController"] = "0x00000000F9490004C11Cef243f5400493c00Ad63",
        };
        foreach ((string name, string? value) in Settings)
            settings[name] = value;
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        WebApplication instance = FunctionHost.Build<AuthFunction>(configuration, _time, EntropySource.System);
        _instances.Add(instance);
        await instance.StartAsync(TestContext.Current.CancellationToken);
        return _instances.Count - 1;
    }

    /// <summary>An address that nobody has called from yet.</summary>
    internal string NextAddress()
    {
        int number = Interlocked.Increment(ref _visitors);
        return string.Create(CultureInfo.InvariantCulture, $"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}");
    }

    /// <summary>Sends one request, from a new address unless told otherwise.</summary>
    internal async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        string? json = null,
        string? token = null,
        string? key = null,
        string? cookie = null,
        string? address = null,
        int instance = 0)
    {
        using HttpRequestMessage request = new(method, $"{_instances[instance].Urls.First()}{path}");
        request.Headers.Add(AddressHeader, address ?? NextAddress());
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer(
            (int)response.StatusCode,
            text.Length == 0 ? null : JsonNode.Parse(text),
            response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies) ? cookies.Single() : null,
            response.Headers.RetryAfter?.Delta);
    }

    internal Task<Answer> GetAsync(string path, string? token, int instance = 0) =>
        SendAsync(HttpMethod.Get, path, token: token, instance: instance);

    internal Task<Answer> PostAsync(string path, string json, string? token = null, string? key = null) =>
        SendAsync(HttpMethod.Post, path, json, token, key);

    internal Task<Answer> DeleteAsync(string path, string? token) => SendAsync(HttpMethod.Delete, path, token: token);

    /// <summary>Trades an ID token of Firebase's.</summary>
    internal Task<Answer> TradeAsync(string idToken, string audience = "user") =>
        PostAsync("/v1/sessions", $$"""{"idToken":"{{idToken}}","audience":"{{audience}}"}""");

    /// <summary>Signs a person in; a new one unless named.</summary>
    internal async Task<Visitor> SignInAsync(string? uid = null, string audience = "user")
    {
        uid ??= $"person-{Interlocked.Increment(ref _visitors)}";
        Answer answer = await TradeAsync(Firebase.MintIdToken(uid, $"{uid}@mail.example"), audience);
        Assert.Equal(201, answer.Status);
        string userId = answer.Body!["user"]!["id"]!.ToString();
        return new Visitor(uid, answer.Text("accessToken"), answer.Text("refreshToken"), userId);
    }

    internal Task<Answer> RefreshAsync(string refreshToken, int instance = 0) => SendAsync(
        HttpMethod.Post, "/v1/sessions/refresh", $$"""{"refreshToken":"{{refreshToken}}"}""", instance: instance);

    /// <summary>The visitor's access token with other claims, signed by the same key.</summary>
    internal async Task<string> TwistAsync(Visitor visitor, Action<JsonObject> change)
    {
        string[] parts = visitor.AccessToken.Split('.');
        JsonObject claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        change(claims);
        string input = $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        using VaultClient vault = VaultRegistration.CreateClient(
            new VaultOptions { Address = Vault.Url, LoginMethod = VaultLoginMethod.Token, Token = Vault.RootToken },
            _time,
            NullLogger<VaultClient>.Instance);
        byte[] signature = await vault.SignAsync(
            "access-token", Encoding.ASCII.GetBytes(input), TestContext.Current.CancellationToken);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Runs a statement as the schema's owner.</summary>
    internal async Task<object?> ExecuteAsync(string sql)
    {
        string unpooled = new NpgsqlConnectionStringBuilder(Postgres.AdminConnectionString(_name))
        {
            Pooling = false,
        }.ConnectionString;
        await using NpgsqlConnection connection = new(unpooled);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
#pragma warning disable CA2100 // The tests' own statements.
        await using NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}

/// <summary>A person who is signed in.</summary>
internal sealed record Visitor(string Uid, string AccessToken, string RefreshToken, string UserId);

/// <summary>What the room answered.</summary>
internal sealed record Answer(int Status, JsonNode? Body, string? SetCookie, TimeSpan? RetryAfter)
{
    /// <summary>The failure's code; null when it is none.</summary>
    internal string? Code => (string?)Body?["code"];

    /// <summary>The field at fault.</summary>
    internal string? Field => (string?)Body?["field"];

    /// <summary>A member that must be there.</summary>
    internal string Text(string name) => (string)Body![name]!;
}
