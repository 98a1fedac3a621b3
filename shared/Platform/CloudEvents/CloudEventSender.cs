using System.Globalization;
using System.Text;
using Polly;
using Souk.Domain.Failures;
using Souk.Platform.Http;

namespace Souk.Platform.CloudEvents;

/// <summary>Sends events to the broker in binary mode (CloudEvents HTTP protocol binding 1.0.2, section 3.1).</summary>
/// <param name="http">The broker's client; a lost event is sent again by the relay, so it need not retry.</param>
public sealed class CloudEventSender(OutboundHttp http)
{
    /// <summary>Sends one event.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: the broker did not take it.</exception>
    public Task SendAsync(OutgoingEvent announced, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(announced);
        return SendAsync(
            () => Request(
                [
                    ("id", announced.Id.ToString()), ("source", announced.Source), ("type", announced.Type),
                    ("subject", announced.Subject), ("time", TextOf(announced.Time)),
                    ("sequence", announced.Sequence.ToString("D20", CultureInfo.InvariantCulture)),
                    ("traceparent", announced.TraceParent),
                ],
                "application/json",
                Encoding.UTF8.GetBytes(announced.DataJson)),
            cancellationToken);
    }

    /// <summary>Sends one event.</summary>
    /// <returns>False when the broker did not take it: send it again later.</returns>
    public Task<bool> TrySendAsync(OutgoingEvent announced, CancellationToken cancellationToken) =>
        TryAsync(SendAsync(announced, cancellationToken), cancellationToken);

    /// <summary>Sends an event again as it was once received.</summary>
    /// <returns>False when the broker did not take it: send it again later.</returns>
    public Task<bool> TrySendAsync(ReceivedEvent received, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(received);
        Task sending = SendAsync(
            () => Request(
                [
                    ("id", received.Id), ("source", received.Source), ("type", received.Type),
                    ("subject", received.Subject), ("time", received.Time is { } time ? TextOf(time) : null),
                    ("dataschema", received.DataSchema),
                    .. received.Extensions.Select(extension => (extension.Key, (string?)extension.Value)),
                ],
                received.ContentType,
                received.Data),
            cancellationToken);
        return TryAsync(sending, cancellationToken);
    }

    private static async Task<bool> TryAsync(Task sending, CancellationToken cancellationToken)
    {
        try
        {
            await sending;
            return true;
        }
        catch (Exception exception) when (
            exception is OutboundLostException or FailureException or OperationCanceledException
                or ExecutionRejectedException
            && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new FailureException(new Failure(
                FailureCode.UpstreamUnavailable,
                "The event broker is unavailable.",
                $"The broker answered {(int)response.StatusCode}."));
        }
    }

    private static HttpRequestMessage Request(
        IEnumerable<(string Name, string? Value)> attributes, string? contentType, ReadOnlyMemory<byte> data)
    {
        HttpRequestMessage request = new(HttpMethod.Post, (Uri?)null) { Content = new ReadOnlyMemoryContent(data) };
        if (contentType is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.Add("ce-specversion", "1.0");
        foreach ((string name, string? value) in attributes)
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation($"ce-{name}", CloudEventHeader.Encode(value));
        }

        return request;
    }

    private static string TextOf(DateTimeOffset time) =>
        time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
