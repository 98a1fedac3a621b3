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
    private readonly Lazy<VaultClient> _vault;
    private readonly Lazy<CloudEventSender> _sender;

    internal FunctionBuilder(
        string name, IConfiguration configuration, TimeProvider clock, EntropySource entropy, ILoggerFactory loggers)
    {
        Name = name;
        Configuration = configuration;
        Clock = clock;
        Entropy = entropy;
        Loggers = loggers;
        _vault = new Lazy<VaultClient>(CreateVault);
        _sender = new Lazy<CloudEventSender>(CreateSender);
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
    public VaultClient Vault => _vault.Value;

    /// <summary>Where this function's own secrets are: <c>secret/data/&lt;name&gt;</c>.</summary>
    public string SecretPath => Name;

    internal IReadOnlyList<string> Faults => _faults;

    internal List<IJsonTypeInfoResolver> Json { get; } = [];

    internal List<Func<CancellationToken, Task>> Warmups { get; } = [];

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
            Configuration.GetSection("Postgres").Get<PostgresOptions>(), new PostgresOptionsValidator(), "Postgres");
        if (options is null)
            return this;
        Database database = new(
            Name, options, ReadCredentialAsync, Clock, Entropy, _sender.Value, Loggers.CreateLogger<Database>());
        Services.AddSingleton(database);
        Services.AddSingleton(_sender.Value);
        Warmups.Add(database.PrewarmAsync);
        return this;
    }

    /// <summary>
    /// Verifies access tokens: Vault's public keys, and authorization state from Redis or PostgreSQL.
    /// </summary>
    public FunctionBuilder UseAccessTokens()
    {
        SiteOptions? site = Check(
            Configuration.GetSection("Site").Get<SiteOptions>(), new SiteOptionsValidator(), "Site");
        RedisOptions? redisOptions = Check(
            Configuration.GetSection("Redis").Get<RedisOptions>(), new RedisOptionsValidator(), "Redis");
        if (site is null || redisOptions is null || Find<Database>() is not { } database)
            return this;

        RedisClient redis = new(redisOptions, ReadRedisLoginAsync, Loggers.CreateLogger<RedisClient>());
        AuthorizationState state = new(redis, database);
        AccessTokenVerifier verifier = new(Vault, state, site, Clock);
        Services.AddSingleton(site);
        Services.AddSingleton(redis);
        Services.AddSingleton(state);
        Services.AddSingleton(verifier);
        Warmups.Add(redis.PrewarmAsync);
        Warmups.Add(verifier.PrewarmAsync);
        return this;
    }

    /// <summary>Uses the configured chains' nodes through Alchemy.</summary>
    public FunctionBuilder UseChains()
    {
        Services.AddAlchemy(
            Configuration,
            _ => async cancellationToken => (await ReadSecretsAsync(cancellationToken))["alchemy_key"]);
        return this;
    }

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
        VaultOptions options = Configuration.GetSection("Vault").Get<VaultOptions>() ?? new VaultOptions();
        options.Role ??= Name;
        VaultOptions sound = Check(options, new VaultOptionsValidator(), "Vault")
            ?? new VaultOptions { Address = new Uri("http://vault.invalid") };
        VaultClient vault = VaultRegistration.CreateClient(sound, Clock, Loggers.CreateLogger<VaultClient>());
        Services.AddSingleton(vault);
        return vault;
    }

    private CloudEventSender CreateSender()
    {
        BrokerOptions? options = Check(
            Configuration.GetSection("Broker").Get<BrokerOptions>(), new BrokerOptionsValidator(), "Broker");
        Uri url = options?.Url ?? new Uri("http://broker.invalid");
        return new CloudEventSender(new OutboundHttp(BrokerOptions.Policy(url), Clock));
    }

    private Task<DatabaseCredential> ReadCredentialAsync(bool isFresh, CancellationToken cancellationToken) =>
        Vault.ReadDatabaseCredentialAsync(Name, isFresh, cancellationToken);

    private async ValueTask<(string User, string Password)> ReadRedisLoginAsync(CancellationToken cancellationToken)
    {
        VaultSecret secrets = await ReadSecretsAsync(cancellationToken);
        return (secrets["redis_user"], secrets["redis_password"]);
    }
}
