using System.Diagnostics;
using System.Text.Json;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Webhooks;

/// <summary>
/// <c>POST /v1/partners/{partner}/webhooks</c>: keeps a partner's signed webhook, tells it on as
/// <c>souk.partner.&lt;type&gt;</c>, then answers 200.
/// </summary>
/// <remarks>
/// Takes Standard Webhooks: three <c>webhook-*</c> headers and a body of <c>type</c>, <c>timestamp</c> (optional) and
/// <c>data</c>. Refuses with <c>not_found</c>, <c>forbidden</c>, <c>unsupported_media_type</c>,
/// <c>payload_too_large</c>, <c>request_timeout</c>, <c>webhook_signature_invalid</c>, <c>invalid_request</c>, in that
/// order; what is refused leaves a counter and no row. Safe to repeat: a <c>webhook-id</c> that came before is answered
/// 200 again, for good, and has no effect; a sender signs each attempt anew with the time it is made.
/// </remarks>
internal static class ReceivePartnerWebhook
{
    /// <summary>The largest webhook taken, in bytes; the specification advises 20 KiB.</summary>
    private const int BodyBytesMax = 64 * 1024;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        RequestDelegate handle = context => Reception.ReceiveAsync(context, "partner", KeepAsync);
        routes.MapPost("/v1/partners/{partner}/webhooks", handle)
            .LimitBody(BodyBytesMax)
            .AllowAnyone("The partner signs each webhook with a secret of theirs.");
    }

    private static async Task<bool> KeepAsync(HttpContext context)
    {
        IServiceProvider services = context.RequestServices;
        Reception reception = services.GetRequiredService<Reception>();
        string partner = Partner.In(context);
        reception.AdmitPartner(context, partner);
        IReadOnlyList<byte[]> keys = await services.GetRequiredService<HookSecrets>()
            .GetPartnerKeysAsync(partner, context.RequestAborted);
        Reception.RequireJson(context);

        byte[] body = await reception.ReadBodyAsync(context);
        DateTimeOffset now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        string id = StandardWebhook.Verify(context.Request.Headers, body, keys, now);
        IncomingDelivery delivery = Read(partner, id, body);
        int added = await services.GetRequiredService<DeliveryKeeper>()
            .KeepAsync([delivery], hint: null, context.RequestAborted);
        return added > 0;
    }

    private static IncomingDelivery Read(string partner, string id, byte[] body)
    {
        using JsonDocument document = PartnerData.Parse(body);
        try
        {
            JsonElement root = document.RootElement;
            DateTimeOffset? time = root.TryGetProperty("timestamp", out JsonElement at) ? at.GetDateTimeOffset() : null;
            PartnerEvent told = new(
                partner, id, Source: null, Subject: null, time, PartnerData.Of(root.GetProperty("data")));
            return PartnerData.Delivery(
                $"partner/{partner}", told, root.GetProperty("type").GetString() ?? "", body, Activity.Current?.Id);
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new FailureException(
                new Failure(FailureCode.InvalidRequest, "The body needs a type, its data, and at most a timestamp."),
                exception);
        }
    }
}
