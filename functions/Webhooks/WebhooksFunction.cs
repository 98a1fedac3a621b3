using Souk.Platform.Hosting;

namespace Souk.Webhooks;

/// <summary>The one room that providers and partners can reach: verify, keep, answer. No rules live here.</summary>
public sealed class WebhooksFunction : IFunction
{
    /// <inheritdoc/>
    public static string Name => "webhooks";

    /// <inheritdoc/>
    public static void Configure(FunctionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseJson(WebhooksJson.Default).UsePostgres().UseAccessTokens().UseChainSettings();
        WebhooksOptions? options = builder.Check(
            "Webhooks",
            section => section.Get<WebhooksOptions>() ?? new WebhooksOptions(),
            new WebhooksOptionsValidator());
        if (options is null)
            return;
        builder.Services.AddSingleton(new Reception(options, builder.Clock));
        builder.Services.AddSingleton(new HookSecrets(builder.Vault, builder.SecretPath));
        builder.Services.AddSingleton<Announcer>();
        builder.Services.AddSingleton<DeliveryKeeper>();
        builder.Prewarm(builder.ReadSecretsAsync);
    }

    /// <inheritdoc/>
    public static void Map(IEndpointRouteBuilder routes)
    {
        ReceiveAlchemyDelivery.Map(routes);
        ReceivePartnerWebhook.Map(routes);
        ReceivePartnerEvents.Map(routes);
    }
}
