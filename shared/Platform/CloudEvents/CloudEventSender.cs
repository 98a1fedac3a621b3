using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Polly;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.CloudEvents;

/// <summary>Sends events to the broker in binary mode (CloudEvents HTTP protocol binding 1.0.2, section 3.1).</summary>
/// <param name="http">The broker's client; a lost event is sent again by the relay, so it need not retry.</param>
public sealed class CloudEventSender(OutboundHttp http)
{
    /// <summary>Whether an exception of <see cref="SendAsync"/> means: not delivered, send again later.</summary>
    public static bool IsUndelivered(Exception exception) =>
        exception is OutboundLostException or FailureException
            or OperationCanceledException or ExecutionRejectedException;

    /// <summary>Sends one event.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: the broker did not take it.</exception>
    public async Task SendAsync(OutgoingEvent announced, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(announced);
        using HttpResponseMessage response = await http.SendAsync(() => Request(announced), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new FailureException(new Failure(
                FailureCode.UpstreamUnavailable,
                "The event broker is unavailable.",
                $"The broker answered {(int)response.StatusCode}."));
        }
    }

    private static HttpRequestMessage Request(OutgoingEvent announced)
    {
        HttpRequestMessage request = new(HttpMethod.Post, (Uri?)null)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(announced.DataJson)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("ce-specversion", "1.0");
        request.Headers.Add("ce-id", announced.Id.ToString());
        request.Headers.Add("ce-source", announced.Source);
        request.Headers.Add("ce-type", announced.Type);
        request.Headers.Add("ce-subject", CloudEventHeader.Encode(announced.Subject));
        request.Headers.Add("ce-time", announced.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        request.Headers.Add("ce-sequence", announced.Sequence.ToString("D20", CultureInfo.InvariantCulture));
        if (announced.TraceParent is not null)
            request.Headers.Add("ce-traceparent", announced.TraceParent);
        return request;
    }
}
