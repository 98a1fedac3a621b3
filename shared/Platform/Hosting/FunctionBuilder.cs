using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Souk.Platform.Alchemy;
using Souk.Platform.CloudEvents;
using Souk.Platform.Http;
using Souk.Platform.Postgres;
using Souk.Platform.Randomness;
using Souk.Platform.Redis;
using Souk.Platform.Vault;

namespace Souk.Platform.Hosting;

/// <summary>
/// What a function says it uses. Clients are made at once and dial while the host is still being built.
/// </summary>
public sealed class FunctionBuilder
{
    private readonly List<string> _faults = [];

    internal FunctionBuilder(
        string name, IConfiguration configuration, TimeProvider clock, EntropySource entropy, ILoggerFactory loggers)
    {
        Name = name;
        Configuration = configuration;
        Clock = clock;
        Entropy = entropy;
        Loggers = loggers;
        Vault = CreateVault();
        Services.AddSingleton(clock);
        Services.AddSingleton(entropy);
        Services.AddSingleton(loggers);
    }

    /// <summary>The function's name.</summary>
    public string Name { get; }

    /// <summary>The settings file with environment variables over it.</summary>
    public IConfiguration Configuration { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Where randomness comes from.</summary>
    public EntropySource Entropy { get; }

    /// <summary>Makes loggers before the host exists.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>What handlers may ask for.</summary>
    public IServiceCollection Services { get; } = new ServiceCollection();

    /// <summary>The secrets' client; making it sends nothing.</summary>
    public VaultClient Vault { get; }

    /// <summary>Where this function's own secrets are: <c>secret/data/&lt;name&gt;</c>.</summary>
    public string SecretPath => Name;

    internal IReadOnlyList<string> Faults => _faults;

    internal List<IJsonTypeInfoResolver> Json { get; } = [];

    internal List<Func<CancellationToken, Task>> Warmups { get; } = [];

    internal OwnedClients Owned { get; } = new();

    /// <summary>Names the context that reads and writes this function's requests, answers and events.</summary>
    public FunctionBuilder UseJson(IJsonTypeInfoResolver context)
    {
        Json.Add(context);
        return this;
    }

    /// <summary>Uses PostgreSQL as this function's role; events it announces go to the broker.</summary>
    public FunctionBuilder UsePostgres()
    {
        PostgresOptions? options = Check(
            "Postgres", section => section.Get<PostgresOptions>(), new PostgresOptionsValidator());
        BrokerOptions? broker = Check("Broker", section => section.Get<BrokerOptions>(), new BrokerOptionsValidator());
        if (options is null || broker is null)
            return this;
        CloudEventSender sender = new(Owned.Add(new OutboundHttp(BrokerOptions.Policy(broker.Url!), Clock)));
        Database database = Owned.Add(new Database(
            Name, options, ReadCredentialAsync, Clock, Entropy, sender, Loggers.CreateLogger<Database>()));
        Services.AddSingleton(database);
        Services.AddSingleton(sender);
        Warmups.Add(database.PrewarmAsync);
        return this;
    }

    /// <summary>Uses Redis with this function's login, for what may vanish.</summary>
    public FunctionBuilder UseRedis()
    {
        RedisOptions? options = Check("Redis", section => section.Get<RedisOptions>(), new RedisOptionsValidator());
        if (options is null)
            return this;
        RedisClient redis = Owned.Add(
            new RedisClient(options, ReadRedisLoginAsync, Loggers.CreateLogger<RedisClient>()));
        Services.AddSingleton(redis);
        Warmups.Add(redis.PrewarmAsync);
        return this;
    }

    /// <summary>
    /// Verifies access tokens: Vault's public keys, and authorization state from PostgreSQL, cached in a room that
    /// uses Redis.
    /// </summary>
    public FunctionBuilder UseAccessTokens()
    {
        SiteOptions? site = Check("Site", section => section.Get<SiteOptions>(), new SiteOptionsValidator());
        if (site is null || Find<Database>() is not { } database)
            return this;

        AuthorizationState state = new(Find<RedisClient>(), database);
        AccessTokenVerifier verifier = new(Vault, state, site, Clock);
        Services.AddSingleton(site);
        Services.AddSingleton(state);
        Services.AddSingleton(verifier);
        Warmups.Add(verifier.PrewarmAsync);
        return this;
    }

    /// <summary>Uses the configured chains' nodes through Alchemy.</summary>
    public FunctionBuilder UseChains() => Gather(() => Services.AddAlchemy(
        Configuration,
        async (secret, cancellationToken) =>
            secret.Length == 0 ? "" : (await ReadSecretsAsync(cancellationToken))[secret]));

    /// <summary>Knows the configured chains, and calls none of their nodes.</summary>
    public FunctionBuilder UseChainSettings() => Gather(() => Services.AddChains(Configuration));

    /// <summary>Checks bound options; every fault of every section is told at once, and then nothing starts.</summary>
    /// <returns>The options; null when they are absent or wrong.</returns>
    public T? Check<T>(T? options, IValidateOptions<T> validator, string section)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(validator);
        if (options is null)
        {
            _faults.Add($"{section}: the section is missing.");
            return null;
        }

        ValidateOptionsResult result = validator.Validate(section, options);
        if (!result.Failed)
            return options;
        _faults.AddRange(result.Failures.Select(fault => $"{section}: {fault}"));
        return null;
    }

    /// <summary>Binds a section and checks it; what cannot be read as its type is a fault like any other.</summary>
    /// <param name="section">The section's name.</param>
    /// <param name="bind">Binds it, by the type's name, so that the binding is generated.</param>
    /// <param name="validator">Checks it.</param>
    /// <returns>The options; null when they are absent or wrong.</returns>
    public T? Check<T>(string section, Func<IConfigurationSection, T?> bind, IValidateOptions<T> validator)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(bind);
        T? options = null;
        int before = _faults.Count;
        Gather(() => options = bind(Configuration.GetSection(section)));
        return _faults.Count == before ? Check(options, validator, section) : null;
    }

    /// <summary>Adds a fault of the settings that no validator sees.</summary>
    public void Fault(string fault) => _faults.Add(fault);

    /// <summary>Has something begin before the host is built; nothing waits for it but who needs it.</summary>
    public FunctionBuilder Prewarm(Func<CancellationToken, Task> warmup)
    {
        Warmups.Add(warmup);
        return this;
    }

    /// <summary>This function's own secrets.</summary>
    public Task<VaultSecret> ReadSecretsAsync(CancellationToken cancellationToken) =>
        Vault.ReadKvAsync(SecretPath, cancellationToken);

    /// <summary>Runs a step of the configuration; the faults that it throws are gathered with all others.</summary>
    internal FunctionBuilder Gather(Action step)
    {
        try
        {
            step();
        }
        catch (OptionsValidationException exception)
        {
            _faults.AddRange(exception.Failures);
        }
        catch (InvalidOperationException exception)
        {
            // The binder's: it names the key, and the text that is no such number, duration or address.
            _faults.Add(exception.Message);
        }

        return this;
    }

    internal void BeginDialling(ILogger logger, CancellationToken stopping)
    {
        foreach (Func<CancellationToken, Task> warmup in Warmups)
            ThreadPool.UnsafeQueueUserWorkItem(_ => _ = Warmup.RunAsync(warmup, logger, stopping), null);
    }

    private T? Find<T>()
        where T : class =>
        (T?)Services.LastOrDefault(service => service.ServiceType == typeof(T))?.ImplementationInstance;

    private VaultClient CreateVault()
    {
        VaultOptions? options = Check("Vault", Bind, new VaultOptionsValidator());

        // With a fault nothing starts; until all faults are gathered, there must be a client to hand out.
        VaultClient vault = Owned.Add(VaultRegistration.CreateClient(
            options ?? new VaultOptions { Address = new Uri("http://vault.invalid") },
            Clock,
            Loggers.CreateLogger<VaultClient>()));
        Services.AddSingleton(vault);
        return vault;

        VaultOptions Bind(IConfigurationSection section)
        {
            VaultOptions bound = section.Get<VaultOptions>() ?? new VaultOptions();
            bound.Role ??= Name;
            return bound;
        }
    }

    private Task<DatabaseCredential> ReadCredentialAsync(bool isFresh, CancellationToken cancellationToken) =>
        Vault.ReadDatabaseCredentialAsync(Name, isFresh, cancellationToken);

    private async ValueTask<(string User, string Password)> ReadRedisLoginAsync(CancellationToken cancellationToken)
    {
        VaultSecret secrets = await ReadSecretsAsync(cancellationToken);
        return (secrets["redis_user"], secrets["redis_password"]);
    }
}
