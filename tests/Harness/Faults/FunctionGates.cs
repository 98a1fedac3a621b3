using System.Globalization;
using Souk.Local.Outside;

namespace Souk.Harness.Faults;

/// <summary>
/// All that stands between one function's process and the world: PostgreSQL, broker, nodes, Vault, MetaKeep.
/// </summary>
/// <remarks>
/// Give <see cref="Settings"/> to the process over the world's own settings, and it can be killed at any step of what
/// it does: <see cref="CrashPoint"/>.
/// </remarks>
public sealed class FunctionGates : IAsyncDisposable
{
    private readonly PostgresGate _postgres;
    private readonly List<HttpGate> _http = [];

    private FunctionGates(World world) => _postgres = new PostgresGate(world.Database.Server, Point);

    /// <summary>Where its steps are counted.</summary>
    public CrashPoint Point { get; } = new();

    /// <summary>The settings that lead the process through the gates, by the names of environment variables.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; private set; } = new Dictionary<string, string?>();

    /// <summary>Puts gates before all that a function of this world talks to over its settings.</summary>
    public static async Task<FunctionGates> StartAsync(World world, CancellationToken cancellationToken)
    {
        FunctionGates gates = new(world);
        Dictionary<string, string?> settings = new()
        {
            ["Postgres__Host"] = gates._postgres.Host,
            ["Postgres__Port"] = world.Database.Server.Port.ToString(CultureInfo.InvariantCulture),
            ["Vault__Address"] = await gates.AddAsync("vault", world.Vault.Url, cancellationToken),
            ["MetaKeep__BaseUrl"] = await gates.AddAsync("metakeep", world.MetaKeep.Url, cancellationToken),
            ["Broker__Url"] = await gates.AddAsync("broker", world.Broker.EventsUrl, cancellationToken),
        };
        for (int i = 0; i < world.Chains.Count; i++)
        {
            Uri rpc = world.Alchemy.RpcUrlOf(world.Chains[i].Plan.Id);
            settings[string.Create(CultureInfo.InvariantCulture, $"Chains__{i}__RpcUrl")] =
                await gates.AddAsync(world.Chains[i].Plan.Name, rpc, cancellationToken);
        }

        gates.Settings = settings;
        return gates;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (HttpGate gate in _http) await gate.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private async Task<string> AddAsync(string name, Uri place, CancellationToken cancellationToken)
    {
        HttpGate gate = new(name, new Uri(place, "/"), Point);
        _http.Add(gate);
        await gate.StartAsync(cancellationToken);
        return gate.At(place).ToString();
    }
}
