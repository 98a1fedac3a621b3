using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
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

/// <summary>Posts JSON-RPC to one node: key, time-outs, retries, and the pace that the node allows.</summary>
/// <remarks>
/// A refusal for rate (429 as HTTP status, or as the code of an error in a 200) is waited out here, whatever read it
/// meets, as long as the read's total time-out allows.
/// </remarks>
internal sealed class AlchemyTransport : IDisposable
{
    private readonly AlchemyOptions _options;
    private readonly Func<CancellationToken, ValueTask<string>> _key;
    private readonly TimeProvider _clock;
    private readonly RequestPacer _pacer;
    private readonly OutboundHttp _reads;
    private readonly OutboundHttp _broadcasts;

    internal AlchemyTransport(
        ChainSettings chain,
        AlchemyOptions options,
        Func<CancellationToken, ValueTask<string>> key,
        TimeProvider clock,
        EntropySource entropy)
    {
        (_options, _key, _clock) = (options, key, clock);
        _pacer = new RequestPacer(options.ConcurrencyMax, options.RetryDelay, clock, entropy);
        OutboundHttpPolicy policy = new(
            $"{chain.Name} node",
            chain.RpcUrl,
            options.AttemptTimeout,
            options.TotalTimeout,
            options.RetriesMax,
            options.RetryDelay,
            options.ResponseBytesMax)
        {
            // The pace is kept here: a breaker that opened on it would refuse what the node would take a second later.
            IsTransient = static status => status is HttpStatusCode.RequestTimeout || (int)status >= 500,
        };
        _reads = new OutboundHttp(policy, clock);
        _broadcasts = new OutboundHttp(policy with { RetriesMax = 0 }, clock);
    }

    /// <summary>A watch of one read's total time.</summary>
    internal RpcDeadline Begin() => new(_clock, _options.TotalTimeout);

    /// <summary>Posts what has no effect, again after transient answers and refusals for rate.</summary>
    /// <param name="method">The method, for failures' texts.</param>
    /// <param name="body">The body.</param>
    /// <param name="deadline">Until when it may be tried.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OutboundLostException">No answer came.</exception>
    /// <exception cref="Souk.Domain.Failures.FailureException">It was refused for rate all the time.</exception>
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

    /// <summary>Posts a signed transaction once.</summary>
    /// <exception cref="OutboundLostException">No answer came.</exception>
    internal async Task<RpcReply> BroadcastAsync(byte[] body, string key, CancellationToken cancellationToken) =>
        (await PostAsync(_broadcasts, body, key, cancellationToken)).Reply;

    /// <summary>The node's key of now.</summary>
    internal ValueTask<string> ReadKeyAsync(CancellationToken cancellationToken) => _key(cancellationToken);

    /// <summary>Items of a batch were refused for rate although the batch was not.</summary>
    internal void RefusedInPart() => _pacer.Refused(retryAfter: null);

    /// <summary>The wait before a retry, the longer the more retries there were.</summary>
    internal Task BackOffAsync(int retries, CancellationToken cancellationToken) =>
        Task.Delay(_options.RetryDelay * (1 << Math.Min(retries - 1, 4)), _clock, cancellationToken);

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
