using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Souk.Domain.Failures;
using Souk.Platform.Http;
using Souk.Platform.Randomness;

namespace Souk.Platform.Alchemy;

/// <summary>What a node answered to one body, with the buffer it lies in.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Document">The answer; null when it is no JSON.</param>
internal sealed record RpcReply(HttpStatusCode Status, JsonDocument? Document) : IDisposable
{
    /// <summary>The error of the whole answer; null when it has none.</summary>
    internal RpcError? Error => Document is null ? null : AlchemyMessages.ErrorOf(Document.RootElement);

    public void Dispose() => Document?.Dispose();
}

/// <summary>Posts JSON-RPC to one endpoint: key, time-outs, retries, and the pace that the node allows.</summary>
/// <remarks>
/// A refusal for rate (429 as HTTP status, or as the code of an error in a 200) is waited out here, whatever read it
/// meets, as long as the read's total time-out allows.
/// </remarks>
internal sealed class AlchemyTransport : IDisposable
{
    private readonly Func<CancellationToken, ValueTask<string>> _key;
    private readonly TimeProvider _clock;
    private readonly RequestPacer _pacer;
    private readonly OutboundHttp _reads;
    private readonly OutboundHttp _broadcasts;

    internal AlchemyTransport(
        string name,
        NodeSettings node,
        AlchemyOptions options,
        int retriesMax,
        Func<CancellationToken, ValueTask<string>> key,
        TimeProvider clock,
        EntropySource entropy)
    {
        (_key, _clock) = (key, clock);
        _pacer = new RequestPacer(options.ConcurrencyMax, options.RetryDelay, clock, entropy);
        OutboundHttpPolicy policy = new(
            name,
            node.Url,
            options.AttemptTimeout,
            options.TotalTimeout,
            retriesMax,
            options.RetryDelay,
            options.ResponseBytesMax)
        {
            // The pace is kept here: a breaker that opened on it would refuse what the node would take a second later.
            IsTransient = static status => status is HttpStatusCode.RequestTimeout || (int)status >= 500,
        };
        _reads = new OutboundHttp(policy, clock);
        _broadcasts = new OutboundHttp(policy with { RetriesMax = 0 }, clock);
    }

    /// <summary>Posts what has no effect, again after transient answers and refusals for rate.</summary>
    /// <param name="method">The method, for failures' texts.</param>
    /// <param name="body">The body.</param>
    /// <param name="deadline">Until when it may be tried.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OutboundLostException">No answer came.</exception>
    /// <exception cref="FailureException">It was refused for rate all the time.</exception>
    internal async Task<RpcReply> ReadAsync(
        string method, byte[] body, RpcDeadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            RpcReply reply;
            TimeSpan? retryAfter;
            string key = await _key(cancellationToken);
            await _pacer.EnterAsync(cancellationToken);
            try
            {
                await WaitAsync(method, deadline, cancellationToken);
                (reply, retryAfter) = await PostAsync(_reads, body, key, cancellationToken);
            }
            finally
            {
                _pacer.Leave();
            }

            if (!AlchemyFailures.IsRateLimit(reply.Status, reply.Error))
            {
                _pacer.Succeeded();
                return reply;
            }

            reply.Dispose();
            _pacer.Refused(retryAfter);
        }
    }

    /// <summary>Posts a signed transaction once, and reads what became of it.</summary>
    /// <exception cref="FailureException">There was no key (<c>upstream_unavailable</c>); nothing was sent.</exception>
    internal async Task<BroadcastResult> BroadcastAsync(byte[] body, CancellationToken cancellationToken)
    {
        string key = await _key(cancellationToken);
        try
        {
            using RpcReply reply = (await PostAsync(_broadcasts, body, key, cancellationToken)).Reply;
            bool taken = reply.Status == HttpStatusCode.OK && reply.Error is null && reply.Document is not null
                && reply.Document.RootElement.TryGetProperty("result"u8, out JsonElement result)
                && result.ValueKind == JsonValueKind.String;
            return taken
                ? new BroadcastResult(BroadcastOutcome.Accepted)
                : AlchemyFailures.Broadcast(reply.Status, reply.Error);
        }
        catch (OutboundLostException)
        {
            return new BroadcastResult(BroadcastOutcome.Unknown, "no answer");
        }
        catch (FailureException exception)
        {
            // The breaker is open: the call never left.
            return new BroadcastResult(BroadcastOutcome.NotTaken, exception.Message);
        }
    }

    /// <summary>Items of a batch were refused for rate although the batch was not.</summary>
    internal void RefusedInPart() => _pacer.Refused(retryAfter: null);

    /// <inheritdoc/>
    public void Dispose()
    {
        _reads.Dispose();
        _broadcasts.Dispose();
    }

    /// <summary>Waits until the pace allows another call, unless it would be too late then.</summary>
    private async Task WaitAsync(string method, RpcDeadline deadline, CancellationToken cancellationToken)
    {
        for (TimeSpan pause = _pacer.Pause; pause > TimeSpan.Zero; pause = _pacer.Pause)
        {
            if (pause >= deadline.Left)
                throw AlchemyFailures.Busy(method, pause);
            await Task.Delay(pause, _clock, cancellationToken);
        }
    }

    private async Task<(RpcReply Reply, TimeSpan? RetryAfter)> PostAsync(
        OutboundHttp http, byte[] body, string key, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.SendAsync(() => Message(body, key), cancellationToken);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return (new RpcReply(response.StatusCode, TryParse(bytes)), RetryAfter(response));
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _clock.GetUtcNow(),
        _ => null,
    };

    private static HttpRequestMessage Message(byte[] body, string key)
    {
        HttpRequestMessage message = new(HttpMethod.Post, (Uri?)null) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (key.Length > 0)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return message;
    }

    private static JsonDocument? TryParse(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How long one read may still take, waits included.</summary>
internal sealed class RpcDeadline(TimeProvider clock, TimeSpan total)
{
    private readonly long _begunAt = clock.GetTimestamp();

    internal TimeSpan Left => total - clock.GetElapsedTime(_begunAt);
}
