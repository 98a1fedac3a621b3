using System.Diagnostics;
using Souk.Local.Outside;

namespace Souk.Local.Supervision;

/// <summary>The whole platform on this machine: the outside world, and the functions as children.</summary>
public sealed class LocalPlatform : IAsyncDisposable
{
    private LocalPlatform(World world, FunctionFleet functions)
    {
        World = world;
        Functions = functions;
    }

    /// <summary>Everything that is not a function.</summary>
    public World World { get; }

    /// <summary>The functions.</summary>
    public FunctionFleet Functions { get; }

    /// <summary>Starts the world, then the functions, and waits until all are ready.</summary>
    public static async Task<LocalPlatform> StartAsync(
        WorldOptions worldOptions,
        FleetOptions fleetOptions,
        Action<string> progress,
        CancellationToken cancellationToken)
    {
        World world = await World.StartAsync(worldOptions, progress, cancellationToken);
        return await StartAsync(world, fleetOptions, progress, cancellationToken);
    }

    /// <summary>Starts the functions in a world that stands, which ends with the platform.</summary>
    public static async Task<LocalPlatform> StartAsync(
        World world, FleetOptions fleetOptions, Action<string> progress, CancellationToken cancellationToken)
    {
        FunctionFleet? functions = null;
        try
        {
            Stopwatch watch = Stopwatch.StartNew();
            functions = new FunctionFleet(
                fleetOptions,
                [.. world.Places.Where(place => fleetOptions.Functions.Contains(place.Function))],
                world.SettingsPath,
                world.Folder("logs"));
            await functions.StartAsync(cancellationToken);
            progress($"The functions are ready ({watch.Elapsed.TotalSeconds:0.0} s).");
            return new LocalPlatform(world, functions);
        }
        catch
        {
            if (functions is not null) await functions.DisposeAsync();
            await world.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Functions.DisposeAsync();
        await World.DisposeAsync();
    }
}
