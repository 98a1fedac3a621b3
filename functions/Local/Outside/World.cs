using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Souk.Domain.Chain;
using Souk.Local.Broker;
using Souk.Local.Servers;
using Souk.Local.StandIns;
using Souk.Local.Supervision;

namespace Souk.Local.Outside;

/// <summary>Everything that is not a function: servers, chains, vendors' stand-ins, broker. It outlives the functions'
/// deaths.</summary>
public sealed class World : IAsyncDisposable
{
    private const string MetaKeepSeed = "souk";

    /// <summary>The chains' own signers count from 1.</summary>
    private const int PeopleAppNumber = 0;

    private readonly PrivateFolder _folder = PrivateFolder.Create();
    private readonly WorldOptions _options;
    private readonly ConcurrentDictionary<string, Uri> _addresses = new();
    private readonly List<FreePort> _ports = [];
    private readonly ConcurrentStack<IAsyncDisposable> _started = new();

    private World(WorldOptions options)
    {
        _options = options;
        Vault = new VaultStandIn(options.Clock);
        Firebase = new FirebaseStandIn(options.Clock);
        MetaKeep = new MetaKeepStandIn(MetaKeepSeed, options.Clock);
        EventingManifests manifests = EventingManifests.Load(EventingManifests.DefaultFolder);
        Broker = new EventBroker(
            manifests, function => _addresses.GetValueOrDefault(function), options.Clock, options.BrokerWaitFactor);
        Schedules = new Schedules(manifests, Broker, options.Clock);
        Alchemy = null!;
        Redis = null!;
        Database = null!;
    }

    /// <summary>PostgreSQL with the platform's schema.</summary>
    public WorldDatabase Database { get; private set; }

    /// <summary>The RESP server.</summary>
    public RespServer Redis { get; private set; }

    /// <summary>The chains, in the order asked for.</summary>
    public IReadOnlyList<WorldChain> Chains { get; private set; } = [];

    /// <summary>Vault's stand-in.</summary>
    public VaultStandIn Vault { get; }

    /// <summary>Firebase's stand-in.</summary>
    public FirebaseStandIn Firebase { get; }

    /// <summary>MetaKeep's stand-in.</summary>
    public MetaKeepStandIn MetaKeep { get; }

    /// <summary>Alchemy's stand-in, in front of the nodes.</summary>
    public AlchemyStandIn Alchemy { get; private set; }

    /// <summary>The webhooks at Alchemy, by the name in their path.</summary>
    public IReadOnlyDictionary<string, AlchemyWebhook> Hooks { get; private set; } =
        new Dictionary<string, AlchemyWebhook>();

    /// <summary>The event broker.</summary>
    public EventBroker Broker { get; }

    /// <summary>The schedules.</summary>
    public Schedules Schedules { get; }

    /// <summary>The functions' settings file.</summary>
    public string SettingsPath => Path.Combine(_folder.FullPath, "settings.json");

    /// <summary>Marketplace's key for the zone's authorizations, as Vault holds it.</summary>
    internal string ZoneSignerKey { get; } = Hex.Encode(RandomNumberGenerator.GetBytes(PrivateKey.Length));

    /// <summary>Where each function is to listen.</summary>
    internal IReadOnlyList<FunctionPlace> Places { get; private set; } = [];

    /// <summary>Starts all of it, as much at once as can be.</summary>
    public static async Task<World> StartAsync(
        WorldOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        World world = new(options);
        try
        {
            await world.StartAsync(progress, cancellationToken);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>The chain of this id.</summary>
    public WorldChain Chain(ChainId id) => Chains.Single(chain => chain.Plan.Id == id);

    /// <summary>The file of a function's service-account token.</summary>
    public string TokenPathOf(string function) => Path.Combine(_folder.FullPath, "tokens", function);

    /// <summary>A folder of this run, gone when it ends.</summary>
    public string Folder(string name) => _folder.Folder(name);

    /// <summary>The MetaKeep app of a chain that people's embedded wallets are asked through.</summary>
    public MetaKeepApp PeopleOf(WorldChain chain) => MetaKeep.AddApp(chain.Plan.Id, PeopleAppNumber);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Schedules.DisposeAsync();
        while (_started.TryPop(out IAsyncDisposable? started)) await started.DisposeAsync();
        await Broker.DisposeAsync();
        Redis?.Dispose();
        foreach (FreePort port in _ports) port.Dispose();
        _folder.Dispose();
    }

    private static string[] LoginNames() => [.. FunctionCatalog.Names, "migrate"];

    private async Task StartAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        Places = [.. FunctionCatalog.Names.Select(Place)];
        foreach (FunctionPlace place in Places) _addresses[place.Function] = place.Url;

        Stopwatch watch = Stopwatch.StartNew();
        await Task.WhenAll(
            StartDatabaseAsync(progress, watch, cancellationToken),
            StartRedisAsync(progress, watch),
            StartChainsAsync(progress, watch, cancellationToken),
            StartAsync(Vault, cancellationToken),
            StartAsync(Firebase, cancellationToken),
            StartAsync(MetaKeep, cancellationToken),
            Broker.StartAsync(cancellationToken));

        WorldVault.PutPolicies(Vault, LoginNames());
        await WorldVault.PutDatabaseRolesAsync(Vault, Database, LoginNames(), cancellationToken);
        WorldVault.PutSecrets(this, FunctionCatalog.Names);
        WorldVault.WriteServiceAccountTokens(Vault, FunctionCatalog.Names, _folder.Folder("tokens"));
        SecretFile.Write(SettingsPath, WorldSettings.ToJson(this, _options.BlockTime));
        if (_options.HasRunningSchedules) Schedules.Start();
        progress($"The outside world stands ({Seconds(watch)}).");
    }

    private FunctionPlace Place(string function)
    {
        FreePort port = FreePort.Take();
        _ports.Add(port);
        return new FunctionPlace(function, port.Number, TokenPathOf(function));
    }

    private async Task StartDatabaseAsync(
        Action<string> progress, Stopwatch watch, CancellationToken cancellationToken)
    {
        Database = await WorldDatabase.StartAsync(
            _options.Postgres, FunctionCatalog.Names, progress, cancellationToken);
        _started.Push(Database);
        progress($"PostgreSQL is migrated ({Seconds(watch)}).");
    }

    private async Task StartRedisAsync(Action<string> progress, Stopwatch watch)
    {
        Redis = await Task.Run(() => RespServer.Start(FunctionCatalog.Names));
        progress($"Redis is ready ({Seconds(watch)}).");
    }

    private async Task StartChainsAsync(Action<string> progress, Stopwatch watch, CancellationToken cancellationToken)
    {
        if (_options.Chains.Count > 0) await ChainPackages.EnsureAsync(progress, cancellationToken);
        Chains = await Task.WhenAll(_options.Chains.Select(async plan =>
        {
            WorldChain chain = await WorldChain.StartAsync(
                plan,
                [.. Enumerable.Range(1, _options.SignersPerChain).Select(number => MetaKeep.AddApp(plan.Id, number))],
                PrivateKey.Parse(ZoneSignerKey).Address,
                _options.BlockTime,
                cancellationToken);
            _started.Push(chain);
            progress($"{plan.Name} has Seaport, the zone and the demo collection ({Seconds(watch)}).");
            return chain;
        }));

        Alchemy = new AlchemyStandIn([.. Chains.Select(chain => chain.Network)], _options.Clock, _options.Alchemy);
        await StartAsync(Alchemy, cancellationToken);
        Hooks = await WorldHooks.CreateAsync(Alchemy, Chains, _addresses["webhooks"], cancellationToken);
    }

    private async Task StartAsync(StandInServer server, CancellationToken cancellationToken)
    {
        _started.Push(server);
        await server.StartAsync(cancellationToken);
    }

    private static string Seconds(Stopwatch watch) => $"{watch.Elapsed.TotalSeconds:0.0} s";
}
