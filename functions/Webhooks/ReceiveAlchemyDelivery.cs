using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;
using Souk.Platform.Telemetry;

namespace Souk.Webhooks;

/// <summary><c>POST /v1/alchemy/{hook}</c>: keeps a signed delivery and hints at its chain, then answers 200.</summary>
/// <remarks>
/// Refuses with <c>forbidden</c>, <c>unsupported_media_type</c>, <c>not_found</c>, <c>payload_too_large</c>,
/// <c>request_timeout</c>, <c>webhook_signature_invalid</c>, <c>invalid_request</c>, in that order; a refused delivery
/// leaves a counter and no row. Safe to repeat: a delivery that came before, by its hook and id, is answered 200 again
/// and has no effect. Anything but 200 is retried and in the end pauses the hook. A kind that is not known is kept and
/// marked; the provider's own error is kept, marked and counted, and the schedule heals what it stands for.
/// </remarks>
internal static partial class ReceiveAlchemyDelivery
{
    /// <summary>
    /// The largest delivery taken, in bytes: a full block's activity of 100,000 watched addresses is far below.
    /// </summary>
    private const int BodyBytesMax = 1024 * 1024;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        RequestDelegate handle = context => Reception.ReceiveAsync(context, "alchemy", KeepAsync);
        routes.MapPost("/v1/alchemy/{hook}", handle)
            .LimitBody(BodyBytesMax)
            .AllowAnyone("Alchemy signs each delivery with the hook's own key.");
    }

    private static async Task<bool> KeepAsync(HttpContext context)
    {
        IServiceProvider services = context.RequestServices;
        Reception reception = services.GetRequiredService<Reception>();
        reception.AdmitAlchemy(context);
        Reception.RequireJson(context);
        string hook = (string)context.Request.RouteValues["hook"]!;
        HookSecret secret = await services.GetRequiredService<HookSecrets>().GetAsync(hook, context.RequestAborted);

        byte[] body = await reception.ReadBodyAsync(context);
        string? signature = context.Request.Headers[AlchemyDelivery.SignatureHeader];
        if (!AlchemyDelivery.IsSigned(body, signature, secret.Keys))
            throw new FailureException(FailureCode.WebhookSignatureInvalid, "The signature does not match the body.");
        AlchemyDelivery delivery = AlchemyDelivery.Parse(body);
        if (delivery.WebhookId != secret.WebhookId)
            throw new FailureException(FailureCode.InvalidRequest, "The delivery is of another hook.");

        IncomingDelivery incoming = new($"alchemy/{hook}", delivery.Id, delivery.Type, body) { Mark = delivery.Mark };
        ChainHint? hint = HintOf(delivery, secret, services.GetRequiredService<ChainRegistry>());
        int added = await services.GetRequiredService<DeliveryKeeper>()
            .KeepAsync([incoming], hint, context.RequestAborted);
        if (added > 0 && delivery.Mark is { } mark)
            Tell(services, mark, delivery.Type, hook);
        return added > 0;
    }

    private static ChainHint? HintOf(AlchemyDelivery delivery, HookSecret secret, ChainRegistry chains)
    {
        string? network = delivery.Network ?? secret.Network;
        ChainSettings? chain = delivery.TellsOfChain
            ? chains.All.FirstOrDefault(known => known.IsNotifyNetwork(network))
            : null;
        return chain is null ? null : new ChainHint(chain.Id, delivery.BlockNumber);
    }

    private static void Tell(IServiceProvider services, DeliveryMark mark, string type, string hook)
    {
        SoukMeter.MarkedDeliveries.Add(
            1,
            new KeyValuePair<string, object?>("mark", mark),
            new KeyValuePair<string, object?>("hook", hook));
        ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Souk.Webhooks");
        if (mark == DeliveryMark.ProviderError)
            Log.ProviderFailed(logger, hook);
        else
            Log.UnknownType(logger, type, hook);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Alchemy sends hook {Hook} its own error, not events: see to its capacity.")]
        internal static partial void ProviderFailed(ILogger logger, string hook);

        [LoggerMessage(2, LogLevel.Warning, "Kept a delivery of hook {Hook} of the unknown kind {DeliveryType}.")]
        internal static partial void UnknownType(ILogger logger, string deliveryType, string hook);
    }
}
