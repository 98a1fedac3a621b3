using Souk.Domain.Events;
using Souk.Platform.Alchemy;
using Souk.Platform.CloudEvents;
using Souk.Platform.Hosting;

namespace Souk.Marketplace;

/// <summary>Collections, listings, purchases and activity; follows the chain that decides about them.</summary>
public sealed class MarketplaceFunction : IFunction
{
    /// <inheritdoc/>
    public static string Name => "marketplace";

    /// <inheritdoc/>
    public static void Configure(FunctionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseJson(MarketplaceJson.Default).UsePostgres().UseRedis().UseAccessTokens().UseChains();
        builder.Services.AddSingleton(new ZoneSigner(builder.ReadSecretsAsync));
        builder.Services.AddSingleton<ChainObserver>();
        builder.Services.AddSingleton<ChainFollower>();
        builder.Services.AddNotify(
            builder.Configuration,
            async cancellationToken =>
                (await builder.ReadSecretsAsync(cancellationToken))["alchemy_notify_token"]);
        builder.Services.AddSingleton<HookSync>();
    }

    /// <inheritdoc/>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RegisterCollection.Map(routes);
        ListCollections.Map(routes);
        PrepareListing.Map(routes);
        SubmitListing.Map(routes);
        SearchListings.Map(routes);
        GetListing.Map(routes);
        CancelListing.Map(routes);
        ConfirmListing.Map(routes);
        OpenPurchase.Map(routes);
        GetPurchase.Map(routes);
        ReportTransaction.Map(routes);
        ReleasePurchase.Map(routes);
        GetToken.Map(routes);
        ListActivity.Map(routes);
        ListChains.Map(routes);
        ResumeChain.Map(routes);
        ResyncChain.Map(routes);
        GetResync.Map(routes);
        ListHooks.Map(routes);
        routes.MapEvents(events => events
            .On(EventType.ChainHinted, MarketplaceJson.Default.ChainHint, FollowChain.HandleHintAsync)
            .OnSchedule("reconcile", FollowChain.HandleScheduleAsync)
            .OnSchedule("expire", ExpireListings.HandleAsync)
            .On(
                EventType.CollectionRegistered,
                MarketplaceJson.Default.CollectionRegistered,
                WatchCollection.HandleAsync)
            .On(EventType.WalletChanged, MarketplaceJson.Default.WalletChanged, WatchWallet.HandleAsync)
            .OnSchedule("sync-hooks", SyncHooks.HandleAsync));
    }
}
