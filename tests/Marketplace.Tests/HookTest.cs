using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Harness.Trading;
using Souk.Local.StandIns;

namespace Souk.Marketplace.Tests;

/// <summary>A market whose settings name a webhook for each purpose.</summary>
public sealed class HookMarketFixture(SharedWorld world) : MarketFixture(world)
{
    protected override MarketOptions Options => new() { Hooks = ["collections", "wallets", "orders", "signers"] };
}

/// <summary>A market that the classes about webhooks share, one test at a time.</summary>
[CollectionDefinition(nameof(HookMarket))]
public sealed class HookMarket : ICollectionFixture<HookMarketFixture>;

/// <summary>Webhooks at Alchemy, made anew for each test; what is known of them and of wallets is forgotten.</summary>
public abstract class HookTest(HookMarketFixture fixture) : MarketTest(fixture), IAsyncLifetime
{
    /// <summary>What an operator begins a webhook of collections with.</summary>
    protected static readonly Address Placeholder = Address.Parse("0x000000000000000000000000000000000000dead");

    protected AlchemyStandIn Alchemy => Market.Alchemy;

    protected AlchemyWebhook Collections { get; private set; } = null!;

    protected AlchemyWebhook Wallets { get; private set; } = null!;

    protected AlchemyWebhook Orders { get; private set; } = null!;

    protected AlchemyWebhook Signers { get; private set; } = null!;

    /// <summary>The calls so far that changed something at Alchemy.</summary>
    protected int Writes => Alchemy.Calls.Count(call => call.Method is "PATCH" or "PUT" or "POST" && IsOfHooks(call));

    /// <summary>The pages so far that were read of what webhooks watch.</summary>
    protected int Pages => Alchemy.Calls.Count(
        call => call.Path.EndsWith("addresses", StringComparison.Ordinal) && call.Method == "GET");

    public async ValueTask InitializeAsync()
    {
        foreach (AlchemyWebhook old in Alchemy.Webhooks) Alchemy.DeleteWebhook(old);
        await Market.App.Database.ExecuteAsync("DELETE FROM hooks", Cancelled);
        await Market.App.Database.ExecuteAsync("DELETE FROM watched_wallets", Cancelled);
        Collections = await AddAsync("collections", AlchemyWebhookType.NftActivity);
        Wallets = await AddAsync("wallets", AlchemyWebhookType.AddressActivity);
        Orders = await AddAsync("orders", AlchemyWebhookType.Custom);
        Signers = await AddAsync("signers", AlchemyWebhookType.AddressActivity);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A wallet that differs from that of any other number.</summary>
    protected static Address WalletOf(int number) => Address.Parse($"0x{number:x40}");

    /// <summary>What a webhook of wallets shows for these.</summary>
    protected static string[] Lists(IEnumerable<Address> addresses) =>
        [.. addresses.Select(it => it.ToLowerHex()).Order(StringComparer.Ordinal)];

    /// <summary>Scripts a fault for a call and for each time that it is tried again.</summary>
    protected static void FailEveryTry(Action script)
    {
        script();
        script();
    }

    /// <summary>Creates a webhook at Alchemy as an operator would.</summary>
    protected Task<AlchemyWebhook> AddAsync(string name, string type, params Address[] addresses) =>
        Alchemy.CreateWebhookAsync(
            new AlchemyWebhookRequest(
                Alchemy.NetworkOf(Market.Seaport.ChainId), type, new Uri($"http://127.0.0.1:9/v1/alchemy/{name}"))
            {
                Addresses = [.. addresses.Select(it => it.ToString())],
                NftFilters = type == AlchemyWebhookType.NftActivity ? [(Placeholder.ToString(), null)] : [],
                Query = type == AlchemyWebhookType.Custom ? "{ block { logs(filter: {}) { data } } }" : null,
                SkipsEmpty = true,
            },
            Cancelled);

    /// <summary>Has something happen right before what is known of a webhook is written down.</summary>
    protected Task DisturbAsync(string condition, string effect) => Market.App.Database.ExecuteAsync(
        $"""
        CREATE FUNCTION disturb() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
            AS $$ BEGIN {effect}; RETURN NEW; END $$;
        CREATE TRIGGER disturb BEFORE UPDATE ON hooks FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION disturb()
        """,
        Cancelled);

    /// <summary>These wallets are linked.</summary>
    protected Task WatchAsync(params Address[] wallets) => Market.App.Database.ExecuteAsync(
        """
        INSERT INTO watched_wallets (address, is_watched, changed_at) SELECT unnest($1), true, $2
        ON CONFLICT (address) DO UPDATE SET is_watched = true
        """,
        Cancelled,
        wallets.Select(it => it.ToArray()).ToArray(),
        Market.Clock.GetUtcNow());

    /// <summary>Ends what <see cref="DisturbAsync"/> began.</summary>
    protected Task SootheAsync() => Market.App.Database.ExecuteAsync("DROP FUNCTION disturb CASCADE", Cancelled);

    /// <summary>These wallets are linked no longer.</summary>
    protected Task ForgetAsync(params Address[] wallets) => Market.App.Database.ExecuteAsync(
        "UPDATE watched_wallets SET is_watched = false WHERE address = ANY ($1)",
        Cancelled,
        [wallets.Select(it => it.ToArray()).ToArray()]);

    protected Task<int> SyncAsync() => Market.FireAsync("sync-hooks", Cancelled);

    /// <summary>A webhook as operators see it.</summary>
    protected async Task<JsonElement> ViewAsync(string name)
    {
        JsonElement answer = (await Administrator.GetAsync("/v1/admin/hooks", Cancelled)).Json;
        return answer.GetProperty("hooks").EnumerateArray().Single(it => it.GetProperty("name").ValueEquals(name));
    }

    private static bool IsOfHooks(StandInCall call) => call.Path.StartsWith("/api/", StringComparison.Ordinal);
}
