using Souk.Harness;
using Souk.Harness.Trading;
using Souk.Local.Outside;

namespace Souk.Marketplace.Tests;

/// <summary>A world of its own, because its Vault is sealed.</summary>
public sealed class VaultOutageTests : IAsyncLifetime
{
    private readonly SharedWorld _world = new();
    private MarketFixture _fixture = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _fixture = new MarketFixture(_world);
        await _fixture.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Without_its_key_nothing_is_held()
    {
        Trading trading = new(_fixture);
        (Trader buyer, Listed listed) = await trading.OfferAsync();
        World world = await _world.GetAsync();
        await _fixture.Market.PassAsync(TimeSpan.FromMinutes(6), Cancelled);
        await buyer.GetAsync($"/v1/purchases/{Guid.NewGuid()}", Cancelled);
        world.Vault.Seal();

        ApiAnswer down = await buyer.BuyAsync(listed.Id, Cancelled, "mine");
        world.Vault.Unseal();
        ApiAnswer up = await buyer.BuyAsync(listed.Id, Cancelled, "mine");

        Assert.Equal((503, "upstream_unavailable"), (down.Status, down.Code));
        Assert.Equal(201, up.Status);
        Assert.Equal(
            1, await _fixture.Market.App.Database.FindAsync<long>("SELECT count(*) FROM purchases", Cancelled));
    }

    private sealed class Trading(MarketFixture fixture) : MarketTest(fixture)
    {
        internal async Task<(Trader Buyer, Listed Listed)> OfferAsync() =>
            (await SignInAsync(), await ListAsync(await SignInAsync()));
    }
}
