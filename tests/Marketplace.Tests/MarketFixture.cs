using Souk.Harness;
using Souk.Harness.Trading;
using Souk.Local.Outside;

[assembly: AssemblyFixture(typeof(SharedWorld))]

namespace Souk.Marketplace.Tests;

/// <summary>A market for one test class, with its collection registered and its past read.</summary>
public class MarketFixture(SharedWorld world) : IAsyncLifetime
{
    public Market Market { get; private set; } = null!;

    public Trader Administrator { get; private set; } = null!;

    /// <summary>Connects the superuser to the market's database.</summary>
    public string AdminConnectionString { get; private set; } = "";

    /// <summary>How the market is made.</summary>
    protected virtual MarketOptions Options => new();

    public async ValueTask InitializeAsync()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        World outside = await world.GetAsync();
        Market = await Market.StartAsync(outside, Options, cancellationToken);
        AdminConnectionString = outside.Database.Server.AdminConnectionString(Market.App.Database.Name);
        Administrator = await Market.SignInAdministratorAsync(cancellationToken);
        ApiAnswer registered = await Market.RegisterAsync(
            Administrator, Market.Contracts.Collection, cancellationToken);
        Assert.Equal(201, registered.Status);
        Assert.Equal(204, await Market.HintAsync(cancellationToken));
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Market.DisposeAsync();
    }
}

/// <summary>A market that many classes share, one test at a time: none of them orphans blocks.</summary>
[CollectionDefinition(nameof(TradingMarket))]
public sealed class TradingMarket : ICollectionFixture<MarketFixture>;

/// <summary>A second one, so that two cores have something to do.</summary>
[CollectionDefinition(nameof(ClosingMarket))]
public sealed class ClosingMarket : ICollectionFixture<MarketFixture>;
