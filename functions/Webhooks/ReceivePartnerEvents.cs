using System.Diagnostics;
using System.Text.Json;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Platform.CloudEvents;
using Souk.Platform.Http;
using Souk.Platform.Postgres;

namespace Souk.Webhooks;

/// <summary>
/// <c>POST /v1/partners/{partner}/events</c>: keeps a partner's CloudEvents, tells each on as
/// <c>souk.partner.&lt;type&gt;</c>, then answers 200.
/// </summary>
/// <remarks>
/// Takes one event in binary or structured mode, or a batch, from callers with the scope <c>events:publish</c>. Refuses
/// with <c>unauthenticated</c>, <c>session_revoked</c>, <c>forbidden</c>, <c>not_found</c>, <c>payload_too_large</c>,
/// <c>request_timeout</c>, <c>event_poison</c>, <c>unsupported_media_type</c>, <c>invalid_request</c>, in that order. A
/// batch is kept whole or not at all. Safe to repeat: an event that came before, by the partner, its source and its id,
/// has no effect, alone or in whatever batch, for good; so no idempotency key is asked for.
/// </remarks>
internal static class ReceivePartnerEvents
{
    /// <summary>The largest body, in bytes.</summary>
    private const int BodyBytesMax = 1024 * 1024;

    /// <summary>The largest data of one event, in bytes: what CloudEvents asks every hop to carry.</summary>
    private const int EventBytesMax = 64 * 1024;

    /// <summary>How many events a batch may hold: they share one statement.</summary>
    private const int EventsMax = 100;

    /// <summary>With the partner's name before it, it still fits the inbox.</summary>
    private const int SourceLengthMax = 400;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        RequestDelegate handle = context => Reception.ReceiveAsync(context, "partner", KeepAsync);
        routes.MapPost("/v1/partners/{partner}/events", handle)
            .LimitBody(BodyBytesMax)
            .RequireAdminScope(RoleScopes.EventsPublish);
    }

    private static async Task<bool> KeepAsync(HttpContext context)
    {
        IServiceProvider services = context.RequestServices;
        Reception reception = services.GetRequiredService<Reception>();
        string partner = Partner.In(context);
        reception.AdmitPartner(context, partner);

        context.Request.Body = new MemoryStream(await reception.ReadBodyAsync(context), writable: false);
        IReadOnlyList<ReceivedEvent> events = await CloudEventBinding.ReadManyAsync(
            context.Request, EventsMax, context.RequestAborted);
        string? traceParent = Activity.Current?.Id;
        IncomingDelivery[] deliveries = [.. events.Select(received => Read(partner, received, traceParent))];
        int added = await services.GetRequiredService<DeliveryKeeper>()
            .KeepAsync(deliveries, hint: null, context.RequestAborted);
        return added > 0;
    }

    private static IncomingDelivery Read(string partner, ReceivedEvent received, string? traceParent)
    {
        if (received.Data.Length > EventBytesMax)
            throw new FailureException(FailureCode.PayloadTooLarge, "An event's data are at most 64 KiB.");
        if (received.Source.Length > SourceLengthMax)
            throw new FailureException(FailureCode.InvalidRequest, "An event's source is at most 400 characters.");
        PartnerEvent told = new(
            partner, received.Id, received.Source, received.Subject, received.Time, DataOf(received));
        return PartnerData.Delivery(
            $"partner/{partner}/{received.Source}", told, received.Type, received.Data.ToArray(), traceParent);
    }

    private static JsonElement? DataOf(ReceivedEvent received)
    {
        if (received.Data.IsEmpty)
            return null;
        if (!received.IsJson)
            throw new FailureException(FailureCode.UnsupportedMediaType, "An event's data must be application/json.");
        using JsonDocument document = PartnerData.Parse(received.Data);
        return PartnerData.Of(document.RootElement);
    }
}
