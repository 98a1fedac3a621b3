using System.Collections.Frozen;
using Souk.Domain.Failures;
using Souk.Platform.Http;
using Souk.Platform.Telemetry;

namespace Souk.Webhooks;

/// <summary>What all doors of this room do alike: who may knock, how long a body may take, and counting.</summary>
/// <remarks>What is refused leaves a counter and no row.</remarks>
internal sealed class Reception(WebhooksOptions options, TimeProvider clock)
{
    private readonly AddressList _alchemy = AddressList.TryParse(options.AlchemyAddresses)!;

    private readonly FrozenDictionary<string, AddressList> _partners = options.PartnerAddresses.ToFrozenDictionary(
        partner => partner.Key, partner => AddressList.TryParse(partner.Value)!, StringComparer.Ordinal);

    /// <summary>Answers 200 once <paramref name="keep"/> has kept what the request brought, and counts it.</summary>
    internal static async Task ReceiveAsync(HttpContext context, string provider, Func<HttpContext, Task<bool>> keep)
    {
        string outcome = "refused";
        try
        {
            outcome = await keep(context) ? "kept" : "duplicate";
            context.Response.StatusCode = StatusCodes.Status200OK;
        }
        finally
        {
            SoukMeter.Deliveries.Add(
                1,
                new KeyValuePair<string, object?>("provider", provider),
                new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    /// <summary>Lets in who calls from one of Alchemy's addresses, if the operator named them.</summary>
    /// <exception cref="FailureException"><c>forbidden</c>: the address is another.</exception>
    internal void AdmitAlchemy(HttpContext context) => Admit(context, _alchemy);

    /// <summary>Lets in who calls from one of the partner's addresses, if the operator named them.</summary>
    /// <exception cref="FailureException"><c>forbidden</c>: the address is another.</exception>
    internal void AdmitPartner(HttpContext context, string partner) =>
        Admit(context, _partners.GetValueOrDefault(partner));

    /// <summary>The raw body.</summary>
    /// <exception cref="FailureException"><c>request_timeout</c>: it did not arrive in time.</exception>
    internal Task<byte[]> ReadBodyAsync(HttpContext context) =>
        RequestBody.ReadAsync(context.Request, options.BodyTimeout, clock, context.RequestAborted);

    /// <exception cref="FailureException"><c>unsupported_media_type</c>: it is no JSON.</exception>
    internal static void RequireJson(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            throw new FailureException(FailureCode.UnsupportedMediaType, "The body must be application/json.");
    }

    private static void Admit(HttpContext context, AddressList? allowed)
    {
        if (allowed is not null && !allowed.Admits(ClientAddress.Of(context)))
            throw new FailureException(FailureCode.Forbidden, "This address may not deliver here.");
    }
}
