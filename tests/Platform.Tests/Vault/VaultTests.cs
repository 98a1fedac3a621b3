namespace Souk.Platform.Tests.Vault;

/// <summary>A bench for each test.</summary>
public abstract class VaultTests : IAsyncLifetime
{
    private VaultBench? _bench;

    internal VaultBench Bench => _bench!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await VaultBench.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Bench.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
