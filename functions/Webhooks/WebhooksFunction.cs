using Souk.Platform.Hosting;

namespace Souk.Webhooks;

/// <summary>The one room that providers can reach: verify, keep, answer. No rules live here.</summary>
public sealed class WebhooksFunction : IFunction
{
    /// <inheritdoc/>
    public static string Name => "webhooks";

    /// <inheritdoc/>
    public static void Configure(FunctionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseJson(WebhooksJson.Default).UsePostgres().UseChainSettings();
        builder.Services.AddSingleton(new HookSecrets(builder.Vault, builder.SecretPath));
        builder.Prewarm(builder.ReadSecretsAsync);
    }

    /// <inheritdoc/>
    public static void Map(IEndpointRouteBuilder routes) => ReceiveAlchemyDelivery.Map(routes);
}
