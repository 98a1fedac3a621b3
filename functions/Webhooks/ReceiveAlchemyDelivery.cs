using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Platform.Alchemy;
using Souk.Platform.Http;
using Souk.Platform.Postgres;
using Souk.Platform.Telemetry;

namespace Souk.Webhooks;

/// <summary><c>POST /v1/alchemy/{hook}</c>: keeps a signed delivery and hints at its chain, then answers 200.</summary>
/// <remarks>
/// Refuses with <c>unsupported_media_type</c>, <c>not_found</c>, <c>payload_too_large</c>,
/// <c>webhook_signature_invalid</c>, <c>invalid_request</c>, in that order; a refused delivery leaves a counter and no
/// row. A delivery that came before is answered 200 again. Anything but 200 is retried and in the end pauses the hook.
/// </remarks>
internal static partial class ReceiveAlchemyDelivery
{
    /// <summary>
    /// The largest delivery taken, in bytes: a full block's activity of 100,000 watched addresses is far below.
    /// </summary>
    private const int BodyBytesMax = 1024 * 1024;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        RequestDelegate handle = HandleAsync;
        routes.MapPost("/v1/alchemy/{hook}", handle)
            .LimitBody(BodyBytesMax)
            .AllowAnyone("Alchemy signs each delivery with the hook's own key.");
    }

    private static async Task HandleAsync(HttpContext context)
    {
        string hook = (string)context.Request.RouteValues["hook"]!;
        string outcome = "refused";
        try
        {
            outcome = await KeepAsync(context, hook);
            context.Response.StatusCode = StatusCodes.Status200OK;
        }
        finally
        {
            SoukMeter.Deliveries.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    private static async Task<string> KeepAsync(HttpContext context, string hook)
    {
        CancellationToken cancellationToken = context.RequestAborted;
        if (!context.Request.HasJsonContentType())
            throw new FailureException(FailureCode.UnsupportedMediaType, "The body must be application/json.");
        HookSecret secret = await context.RequestServices.GetRequiredService<HookSecrets>()
            .GetAsync(hook, cancellationToken);

        byte[] body = await ReadBodyAsync(context.Request, cancellationToken);
        string? signature = context.Request.Headers[AlchemyDelivery.SignatureHeader];
        if (!AlchemyDelivery.IsSigned(body, signature, secret.Keys))
            throw new FailureException(FailureCode.WebhookSignatureInvalid, "The signature does not match the body.");
        AlchemyDelivery delivery = AlchemyDelivery.Parse(body);
        if (delivery.WebhookId != secret.WebhookId)
            throw new FailureException(FailureCode.InvalidRequest, "The delivery is of another hook.");

        string? network = delivery.Network ?? secret.Network;
        ChainSettings? chain = context.RequestServices.GetRequiredService<ChainRegistry>().All
            .FirstOrDefault(known => IsSame(known.NotifyNetwork, network));
        Database database = context.RequestServices.GetRequiredService<Database>();
        bool isNew = await database.WriteAsync(
            transaction => StoreAsync(transaction, hook, delivery, body, chain, cancellationToken), cancellationToken);

        ILogger logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Souk.Webhooks");
        Log.Received(logger, delivery.Type, hook, isNew);
        return isNew ? "kept" : "duplicate";
    }

    /// <summary>Alchemy's documents write one network as MATIC_MAINNET and as MATICMAINNET.</summary>
    private static bool IsSame(string known, string? named) => named is not null
        && known.Replace("_", "", StringComparison.Ordinal) == named.Replace("_", "", StringComparison.Ordinal);

    private static async Task<bool> StoreAsync(
        Transaction transaction,
        string hook,
        AlchemyDelivery delivery,
        byte[] body,
        ChainSettings? chain,
        CancellationToken cancellationToken)
    {
        bool isNew = await Inbox.TryKeepAsync(
            transaction, $"alchemy/{hook}", delivery.Id, delivery.Type, body, cancellationToken);
        if (isNew && chain is not null)
        {
            await transaction.AnnounceAsync(
                EventType.ChainHinted,
                $"chain/{chain.Id}",
                new ChainHint(chain.Id, delivery.BlockNumber),
                WebhooksJson.Default.ChainHint,
                cancellationToken);
        }

        return isNew;
    }

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Received {DeliveryType} of hook {Hook}; new: {IsNew}.")]
        internal static partial void Received(ILogger logger, string deliveryType, string hook, bool isNew);
    }
}
