using Souk.Domain.Events;
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
        routes.MapEvents(events => events
            .On(EventType.ChainHinted, MarketplaceJson.Default.ChainHint, FollowChain.HandleHintAsync)
            .OnSchedule("reconcile", FollowChain.HandleScheduleAsync)
            .OnSchedule("expire", ExpireListings.HandleAsync));
    }
}
