using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Wire;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Platform.Hosting;
using Souk.Platform.Http;
using Souk.Platform.Randomness;
using Souk.Platform.Vault;

namespace Souk.Signing.Tests;

/// <summary>The signing room as it is deployed, over HTTP, with a real database and chain, and the stand-ins.</summary>
/// <remarks>Nobody else delivers events: a test delivers those it wants, when it wants, as often as it wants.</remarks>
public sealed class SigningWorld : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private WebApplication? _app;
    private VaultClient? _vault;
    private int _recipients;

    public World World { get; private set; } = null!;

    public WorldChain Chain => World.Chains[0];

    public EvmNode Node => Chain.Node;

    public Address Wallet => Chain.Signer.Wallet.Address;

    /// <summary>May ask for transactions and read them, propose and approve.</summary>
    public Person Operator { get; private set; } = null!;

    /// <summary>Another of the same.</summary>
    public Person Colleague { get; private set; } = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        World = await World.StartAsync(
            new WorldOptions { Chains = [LocalChain.Ethereum] }, _ => { }, Cancelled);
        _vault = VaultRegistration.CreateClient(
            new VaultOptions
            {
                Address = World.Vault.Url,
                LoginMethod = VaultLoginMethod.Token,
                Token = World.Vault.RootToken,
            },
            TimeProvider.System,
            NullLogger<VaultClient>.Instance);
        await StartAsync();
        Operator = await AddPersonAsync(Role.Operator);
        Colleague = await AddPersonAsync(Role.Operator);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        _vault?.Dispose();
        await World.DisposeAsync();
    }

    /// <summary>Starts the room anew, as after a crash: nothing in its memory is left.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>A signed-in person with these roles, at the administrators' door unless another is named.</summary>
    public async Task<Person> AddPersonAsync(Role role, TokenAudience audience = TokenAudience.Admin)
    {
        Guid user = Guid.NewGuid();
        Guid session = Guid.NewGuid();
        await SqlAsync($"""
            INSERT INTO users (id, created_at, firebase_uid) VALUES ('{user}', now(), '{user:N}');
            INSERT INTO sessions (id, user_id, audience, generation, rotated_at, created_at, authenticated_at,
                checked_at, expires_at)
            VALUES ('{session}', '{user}', '{WireText.Of(audience)}', 1, now(), now(), now(), now(),
                now() + interval '1 day');
            """);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        AccessTokenClaims claims = new(
            "https://souk.localhost",
            audience == TokenAudience.Admin ? "souk-admin" : "souk",
            user,
            session,
            [WireText.Of(role)],
            string.Join(' ', RoleScopes.For([role], audience)),
            1,
            now.ToUnixTimeSeconds(),
            now.AddMinutes(10).ToUnixTimeSeconds(),
            Guid.NewGuid());
        string input = JsonWebToken.ComposeSigningInput(
            """{"alg":"ES256","kid":"access-token:1","typ":"at+jwt"}"""u8,
            JsonSerializer.SerializeToUtf8Bytes(claims, AccessTokenJson.Default.AccessTokenClaims));
        byte[] signature = await _vault!.SignAsync("access-token", Encoding.ASCII.GetBytes(input), Cancelled);
        return new Person(user, JsonWebToken.Compose(input, signature));
    }

    public async Task<Answer> PostAsync(Person? person, string path, JsonObject body, string? key = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path);
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        request.Headers.Add("Idempotency-Key", key ?? Guid.NewGuid().ToString());
        return await SendAsync(person, request);
    }

    public async Task<Answer> GetAsync(Person? person, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        return await SendAsync(person, request);
    }

    /// <summary>Delivers an event and answers the status that the broker would see.</summary>
    public async Task<int> DeliverAsync(string type, JsonObject data, string? job = null, string? id = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/events");
        request.Content = JsonContent.Create(data, SigningTestsJson.Default.JsonObject);
        request.Headers.Add("ce-specversion", "1.0");
        request.Headers.Add("ce-id", id ?? Guid.NewGuid().ToString());
        request.Headers.Add("ce-source", "/signing");
        request.Headers.Add("ce-type", type);
        if (job is not null)
            request.Headers.Add("ce-job", job);
        return (await SendAsync(null, request)).Status;
    }

    /// <summary>Delivers the announcement of a queued transaction.</summary>
    public Task<int> DeliverQueuedAsync(JsonElement queued) => DeliverAsync("souk.transaction.queued.v1", new JsonObject
    {
        ["transactionId"] = queued.GetProperty("id").GetString(),
        ["chainId"] = 1,
        ["signer"] = queued.GetProperty("signerId").GetString(),
    });

    /// <summary>Delivers a hint at the chain.</summary>
    public Task<int> DeliverHintAsync() => DeliverAsync(
        "souk.chain.hinted.v1", new JsonObject { ["chainId"] = 1, ["blockNumber"] = null });

    /// <summary>Fires the schedule.</summary>
    public Task<int> TickAsync() => DeliverAsync("dev.knative.sources.ping", [], job: "confirm");

    /// <summary>Reads one value as the database's administrator.</summary>
    public async Task<T> ReadAsync<T>(string sql)
    {
        await using NpgsqlConnection connection = new(World.Database.Server.AdminConnectionString(WorldDatabase.Name));
        await connection.OpenAsync(Cancelled);
        await using NpgsqlCommand command = new(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Cancelled))!;
    }

    /// <summary>Changes rows as the database's administrator.</summary>
    public async Task SqlAsync(string sql)
    {
        await using NpgsqlConnection connection = new(World.Database.Server.AdminConnectionString(WorldDatabase.Name));
        await connection.OpenAsync(Cancelled);
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    /// <summary>An address that nobody used before.</summary>
    public Address NewAddress()
    {
        UInt256 number = (ulong)Interlocked.Increment(ref _recipients) + 0x50_0000UL;
        return new Address(number.ToBytes32().ToArray().AsSpan(12));
    }

    private async Task StartAsync()
    {
        _app = FunctionHost.Build<SigningFunction>(
            FunctionHost.ReadConfiguration(
            [
                $"--SETTINGS={World.SettingsPath}",
                $"--Vault:TokenPath={World.TokenPathOf("signing")}",
                "--PORT=0",
                "--Host:Bind=127.0.0.1",
                // Nobody listens: announcements stay in the outbox, where tests look for them.
                "--Broker:Url=http://127.0.0.1:9/",
                // One attempt a call, so that a scripted fault is what the room sees.
                "--MetaKeep:RetriesMax=0",
                "--Alchemy:RetriesMax=0",
            ]),
            TimeProvider.System,
            EntropySource.System);
        await _app.StartAsync(Cancelled);
    }

    private async Task StopAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
        }
    }

    private async Task<Answer> SendAsync(Person? person, HttpRequestMessage request)
    {
        request.RequestUri = new Uri(new Uri(_app!.Urls.First()), request.RequestUri!.OriginalString);
        if (person is not null)
            request.Headers.Authorization = new("Bearer", person.Token);
        using HttpResponseMessage response = await _http.SendAsync(request, Cancelled);
        string text = await response.Content.ReadAsStringAsync(Cancelled);
        return new Answer((int)response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }
}

/// <summary>Somebody with an access token.</summary>
public sealed record Person(Guid Id, string Token);

/// <summary>A status and a body.</summary>
public sealed record Answer(int Status, JsonElement Body)
{
    /// <summary>The failure's code; null when it is none.</summary>
    public string? Code => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("code", out JsonElement code)
        ? code.GetString()
        : null;

    public string Text(string name) => Body.GetProperty(name).ToString();
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class SigningTestsJson : System.Text.Json.Serialization.JsonSerializerContext;

[CollectionDefinition(Name)]
public sealed class SigningCollection : ICollectionFixture<SigningWorld>
{
    public const string Name = "signing";
}
