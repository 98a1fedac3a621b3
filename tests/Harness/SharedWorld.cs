using Souk.Local.Outside;

namespace Souk.Harness;

/// <summary>One outside world a test assembly, started when the first test asks for it: an xunit assembly
/// fixture.</summary>
/// <remarks>
/// Test classes share its servers and each take a database of their own. A test that stops a server, seals Vault or
/// rotates a key starts a world for itself instead: <see cref="World.StartAsync"/> takes about a second.
/// </remarks>
public class SharedWorld : IAsyncDisposable
{
    private readonly Lazy<Task<World>> _world;

    /// <summary>A world that is not started yet.</summary>
    public SharedWorld() =>
        _world = new Lazy<Task<World>>(() => World.StartAsync(Options, _ => { }, CancellationToken.None));

    /// <summary>What it is made of.</summary>
    protected virtual WorldOptions Options => new();

    /// <summary>The world; the first call starts it.</summary>
    public Task<World> GetAsync() => _world.Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_world.IsValueCreated) await (await _world.Value).DisposeAsync();
    }
}

/// <summary>A shared world with both chains, which mine a block for each transaction.</summary>
public sealed class SharedChains : SharedWorld
{
    /// <inheritdoc/>
    protected override WorldOptions Options => new() { Chains = LocalChain.All };
}
