using System.Globalization;
using System.Text;
using Npgsql;
using Souk.Harness.Faults;
using Souk.Local.Broker;
using Souk.Local.Demo;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Local.Supervision;

namespace Souk.Simulation.Crashes;

/// <summary>A second Marketplace that follows the same chain into a database of its own, and to which nothing ever
/// happens.</summary>
public sealed class TwinMarketplace : IAsyncDisposable
{
    private const string Function = "marketplace";
    private const int TicksMax = 30;

    // Its events are about the same things as the first one's: they reach no broker.
    private static readonly Dictionary<string, string?> Alone = new() { ["Broker__Url"] = "http://127.0.0.1:9/" };

    private readonly World _world;
    private readonly FreePort _port = FreePort.Take();
    private readonly FunctionFleet _fleet;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private TwinMarketplace(World world, string database)
    {
        _world = world;
        OriginalConnection = world.Database.Server.AdminConnectionString(WorldDatabase.Name);
        CopyConnection = world.Database.Server.AdminConnectionString(database);
        FleetOptions options = new()
        {
            Mode = FleetMode.Separate,
            SettingsOf = _ => new Dictionary<string, string?>(Alone) { ["Postgres__Database"] = database },
        };
        FunctionPlace place = new(Function, _port.Number, world.TokenPathOf(Function));
        _fleet = new FunctionFleet(options, [place], world.SettingsPath, world.Folder("twin"));
    }

    /// <summary>Connects the superuser to the first one's database.</summary>
    public string OriginalConnection { get; }

    /// <summary>Connects the superuser to its own.</summary>
    public string CopyConnection { get; }

    /// <summary>Starts one on an empty database.</summary>
    public static async Task<TwinMarketplace> StartAsync(World world, CancellationToken cancellationToken)
    {
        TwinMarketplace twin = new(world, await world.Database.CreateCopyAsync(cancellationToken));
        await twin._fleet.StartAsync(cancellationToken);
        return twin;
    }

    /// <summary>From now on it has lived the life of the first.</summary>
    public Task BecomeEqualAsync(CancellationToken cancellationToken) =>
        DatabaseCopy.CopyAsync(OriginalConnection, CopyConnection, cancellationToken);

    /// <summary>Runs a statement on its database.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = new(CopyConnection);
        await connection.OpenAsync(cancellationToken);
#pragma warning disable CA2100 // The simulation's own constants.
        await using NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Has it follow the chain to its head.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        ulong head = await _world.Chains[0].Node.Rpc.GetBlockNumberAsync(cancellationToken);
        string last = head.ToString(CultureInfo.InvariantCulture);
        for (int tick = 0; tick < TicksMax; tick++)
        {
            await TickAsync(cancellationToken);
            IReadOnlyList<string> cursors = await DerivedRows.ListAsync(
                CopyConnection,
                "SELECT number::text FROM chain_cursors WHERE halted_reason IS NULL",
                cancellationToken);
            if (cursors is [string at] && at == last) return;
        }

        throw new DemoFailedException($"The twin reads the chain up to block {last} in {TicksMax} runs.");
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        CloudEventMessage tick = new(
            new Dictionary<string, string>
            {
                ["specversion"] = "1.0",
                ["id"] = Guid.NewGuid().ToString(),
                ["type"] = "dev.knative.sources.ping",
                ["source"] = "/apis/v1/namespaces/apis/pingsources/reconcile",
                ["job"] = "reconcile",
            },
            "application/json",
            Encoding.UTF8.GetBytes("{}"),
            null);
        using HttpRequestMessage request = tick.ToRequest(new Uri(_fleet.UrlOf(Function), "events"));
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        DemoFailedException.UnlessEqual(204, (int)response.StatusCode, "The twin's answer to its schedule");
    }

    /// <summary>The rows of the first are its own.</summary>
    /// <exception cref="DemoFailedException">They differ; says which.</exception>
    public async Task RequireEqualAsync(string what, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> expected = await DerivedRows.ReadAsync(CopyConnection, cancellationToken);
        IReadOnlyList<string> actual = await DerivedRows.ReadAsync(OriginalConnection, cancellationToken);
        string difference = DerivedRows.Difference(expected, actual);
        DemoFailedException.Unless(difference.Length == 0, $"{what} is as the twin's:\n{difference}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        _port.Dispose();
        _http.Dispose();
    }
}
