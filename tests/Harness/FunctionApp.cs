using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Souk.Domain.Sessions;
using Souk.Domain.Wire;
using Souk.Local.Broker;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Platform.Hosting;
using Souk.Platform.Http;

namespace Souk.Harness;

/// <summary>Starts functions under test.</summary>
public static class FunctionApp
{
    /// <summary>Starts one on an empty, migrated database.</summary>
    public static Task<FunctionApp<TFunction>> StartAsync<TFunction>(World world, CancellationToken cancellationToken)
        where TFunction : IFunction =>
        StartAsync<TFunction>(world, new FunctionAppOptions(), cancellationToken);

    /// <inheritdoc cref="StartAsync{TFunction}(World, CancellationToken)"/>
    public static async Task<FunctionApp<TFunction>> StartAsync<TFunction>(
        World world, FunctionAppOptions options, CancellationToken cancellationToken)
        where TFunction : IFunction
    {
        TestDatabase database = await TestDatabase.CreateAsync(world, cancellationToken);
        FunctionApp<TFunction> app = new(world, database, options);
        try
        {
            await app.StartAsync(cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }
}

/// <summary>One function, hosted in the test's process on a real port, with its own database and broker.</summary>
/// <remarks>
/// The rest of its world is real or stands in for a vendor, and is shared. Events that it announces come back to it
/// where a Trigger says so; those for other functions are taken and seen in <see cref="EventBroker.Taken"/>.
/// </remarks>
/// <typeparam name="TFunction">The function.</typeparam>
public sealed class FunctionApp<TFunction> : IAsyncDisposable
    where TFunction : IFunction
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    private readonly FunctionAppOptions _options;
    private readonly FreePort _port = FreePort.Take();
    private readonly TestTokens _tokens;
    private readonly EventSink _others = new();
    private readonly HttpClient _http = new();
    private IConfiguration? _configuration;
    private WebApplication? _app;

    internal FunctionApp(World world, TestDatabase database, FunctionAppOptions options)
    {
        _http.BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port.Number}/"));
        World = world;
        Database = database;
        _options = options;
        _tokens = new TestTokens(world);
        Broker = new EventBroker(
            EventingManifests.Load(EventingManifests.DefaultFolder),
            function => function == TFunction.Name ? _http.BaseAddress : _others.Url,
            TimeProvider.System,
            waitFactor: 0);
        Anonymous = new ApiClient(_http, null);
    }

    /// <summary>The world it lives in.</summary>
    public World World { get; }

    /// <summary>Its database.</summary>
    public TestDatabase Database { get; }

    /// <summary>Its broker.</summary>
    public EventBroker Broker { get; }

    /// <summary>The function called as nobody.</summary>
    public ApiClient Anonymous { get; }

    /// <summary>Where it listens.</summary>
    public Uri Url => _http.BaseAddress!;

    /// <summary>What it made of its settings.</summary>
    public IServiceProvider Services => _app!.Services;

    /// <summary>Adds a user with a session and answers them, signed in.</summary>
    public async Task<TestPerson> SignInAsync(
        TokenAudience audience, CancellationToken cancellationToken, params Role[] roles)
    {
        Guid user = Guid.NewGuid();
        Guid session = Guid.NewGuid();
        DateTimeOffset now = _options.Clock.GetUtcNow();
        await Database.ExecuteAsync(
            "INSERT INTO users (id, created_at, firebase_uid) VALUES ($1, $2, $3)",
            cancellationToken, user, now, user.ToString());
        foreach (Role role in roles)
        {
            await Database.ExecuteAsync(
                "INSERT INTO user_roles (user_id, role, granted_at) VALUES ($1, $2, $3)",
                cancellationToken, user, WireText.Of(role), now);
        }

        await Database.ExecuteAsync(
            """
            INSERT INTO sessions
                (id, user_id, audience, generation, rotated_at, created_at, authenticated_at, checked_at, expires_at)
            VALUES ($1, $2, $3, 1, $4, $4, $4, $4, $5)
            """,
            cancellationToken, session, user, WireText.Of(audience), now, now.AddDays(30));
        string token = await _tokens.SignAsync(
            Claims(user, session, audience, roles, now), cancellationToken);
        return new TestPerson(user, session, token, As(token));
    }

    /// <summary>The function called with an access token.</summary>
    public ApiClient As(string token) => new(_http, token);

    /// <summary>Signs an access token with whatever claims.</summary>
    public Task<string> SignTokenAsync(AccessTokenClaims claims, CancellationToken cancellationToken) =>
        _tokens.SignAsync(claims, cancellationToken);

    /// <summary>What an access token of this person claims.</summary>
    public AccessTokenClaims Claims(
        Guid user, Guid session, TokenAudience audience, IReadOnlyList<Role> roles, DateTimeOffset now) => new(
        _configuration!["Site:Issuer"]!,
        _configuration[audience == TokenAudience.Admin ? "Site:AdminAudience" : "Site:UserAudience"]!,
        user,
        session,
        [.. roles.Select(WireText.Of)],
        string.Join(' ', RoleScopes.For(roles, audience)),
        Epoch: 1,
        now.ToUnixTimeSeconds(),
        now.Add(TokenLifetime).ToUnixTimeSeconds(),
        Guid.NewGuid());

    /// <summary>Hands it an event as the broker does, and answers its status.</summary>
    public async Task<int> TakeEventAsync(CloudEventMessage message, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = message.ToRequest(new Uri(Url, "events"));
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>Hands it an event of this type and data, new each time.</summary>
    public Task<int> TakeEventAsync(
        string type, string source, string dataJson, CancellationToken cancellationToken) =>
        TakeEventAsync(Message(type, source, dataJson), cancellationToken);

    /// <summary>Hands it a tick of a schedule.</summary>
    public Task<int> TakeTickAsync(string job, CancellationToken cancellationToken) => TakeEventAsync(
        Message("dev.knative.sources.ping", $"/apis/v1/namespaces/apis/pingsources/{job}", "{}").With("job", job),
        cancellationToken);

    /// <summary>Stops its host and starts another on the same database, as after an eviction.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        await HostAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Broker.DisposeAsync();
        await _others.DisposeAsync();
        await Database.DisposeAsync();
        _tokens.Dispose();
        _http.Dispose();
        _port.Dispose();
    }

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        await _others.StartAsync(cancellationToken);
        await Broker.StartAsync(cancellationToken);
        await HostAsync(cancellationToken);
    }

    private CloudEventMessage Message(string type, string source, string dataJson) => new(
        new Dictionary<string, string>
        {
            ["specversion"] = "1.0",
            ["id"] = Guid.NewGuid().ToString(),
            ["type"] = type,
            ["source"] = source,
            ["time"] = _options.Clock.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        },
        "application/json",
        Encoding.UTF8.GetBytes(dataJson),
        null);

    private async Task HostAsync(CancellationToken cancellationToken)
    {
        _configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(FileSettings())
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["PORT"] = _port.Number.ToString(CultureInfo.InvariantCulture),
                ["Host:Bind"] = "127.0.0.1",
                ["Vault:TokenPath"] = World.TokenPathOf(TFunction.Name),
                ["Postgres:Database"] = Database.Name,
                ["Broker:Url"] = Broker.EventsUrl.ToString(),
            })
            .AddInMemoryCollection(_options.Settings)
            .Build();
        _app = FunctionHost.Build<TFunction>(_configuration, _options.Clock, _options.Entropy);
        await _app.StartAsync(cancellationToken);
    }

    /// <summary>The world's settings; its chains only where a test brings none of its own.</summary>
    private IEnumerable<KeyValuePair<string, string?>> FileSettings()
    {
        bool hasChains = _options.Settings.Keys.Any(IsOfChain);
        IConfiguration file = new ConfigurationBuilder().AddJsonFile(World.SettingsPath).Build();
        return file.AsEnumerable().Where(setting => !hasChains || !IsOfChain(setting.Key));
    }

    private static bool IsOfChain(string key) => key.StartsWith("Chains:", StringComparison.OrdinalIgnoreCase);

    private async Task StopAsync()
    {
        if (_app is null) return;
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
