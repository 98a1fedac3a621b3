using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using Souk.Domain.Failures;

namespace Souk.Platform.Http;

/// <summary>How one dependency is called: every number is written down by the dependency's registration.</summary>
/// <param name="Name">The dependency's name in logs and failures, such as <c>vault</c>.</param>
/// <param name="BaseUrl">Where it is; relative request paths are resolved against it.</param>
/// <param name="AttemptTimeout">How long one attempt may take.</param>
/// <param name="TotalTimeout">How long all attempts and waits together may take.</param>
/// <param name="RetriesMax">How many further attempts follow a transient answer; 0 for calls with an effect.</param>
/// <param name="RetryDelay">The wait before the first retry; it doubles, with jitter.</param>
/// <param name="ResponseBytesMax">The largest answer that is read, in bytes.</param>
public sealed record OutboundHttpPolicy(
    string Name,
    Uri BaseUrl,
    TimeSpan AttemptTimeout,
    TimeSpan TotalTimeout,
    int RetriesMax,
    TimeSpan RetryDelay,
    int ResponseBytesMax)
{
    /// <summary>Which statuses deserve another attempt.</summary>
    /// <value>The default is 408, 429 and every 5xx.</value>
    public Func<HttpStatusCode, bool> IsTransient { get; init; } = static status =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;
}

/// <summary>
/// An HTTP client of one dependency with explicit time-outs, retries of transient answers and a breaker.
/// </summary>
/// <remarks>
/// A request is made anew for each attempt, so that signatures with timestamps stay fresh. The breaker opens for 5 s
/// after half of at least 10 calls within 10 s failed; while open, calls fail at once.
/// </remarks>
public sealed class OutboundHttp : IDisposable
{
    private readonly HttpClient _client;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly OutboundHttpPolicy _policy;

    /// <summary>A client for the dependency that <paramref name="policy"/> describes.</summary>
    public OutboundHttp(OutboundHttpPolicy policy, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = policy.AttemptTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = System.Diagnostics.DistributedContextPropagator.Current,
        };
#pragma warning disable RS0030 // This is the factory that the ban points to.
        _client = new HttpClient(handler, disposeHandler: true)
        {
            BaseAddress = policy.BaseUrl,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = policy.ResponseBytesMax,
        };
#pragma warning restore RS0030
        _pipeline = Build(policy, clock);
    }

    /// <summary>
    /// Sends what <paramref name="request"/> makes, again on a transient answer, and buffers the answer.
    /// </summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: no answer in time, or the breaker is
    /// open.</exception>
    /// <exception cref="OutboundLostException">No answer came to a call that was not to be retried.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return await _pipeline.ExecuteAsync(
                async token =>
                {
                    using HttpRequestMessage message = request();
                    return await _client.SendAsync(message, HttpCompletionOption.ResponseContentRead, token);
                },
                cancellationToken);
        }
        catch (BrokenCircuitException exception)
        {
            throw new FailureException(
                new Failure(FailureCode.UpstreamUnavailable, $"{_policy.Name} is unavailable.")
                {
                    RetryAfter = TimeSpan.FromSeconds(5),
                },
                exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutRejectedException)
        {
            throw new OutboundLostException(_policy.Name, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static ResiliencePipeline<HttpResponseMessage> Build(OutboundHttpPolicy policy, TimeProvider clock)
    {
        ResiliencePipelineBuilder<HttpResponseMessage> builder = new() { TimeProvider = clock };
        builder.AddTimeout(policy.TotalTimeout);
        PredicateBuilder<HttpResponseMessage> transient = new PredicateBuilder<HttpResponseMessage>()
            .Handle<HttpRequestException>()
            .Handle<TimeoutRejectedException>()
            .HandleResult(response => policy.IsTransient(response.StatusCode));
        if (policy.RetriesMax > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = transient,
                MaxRetryAttempts = policy.RetriesMax,
                Delay = policy.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                DelayGenerator = RetryAfter,
            });
        }

        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = transient,
            FailureRatio = 0.5,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = TimeSpan.FromSeconds(5),
        });
        builder.AddTimeout(policy.AttemptTimeout);
        return builder.Build();
    }

    private static ValueTask<TimeSpan?> RetryAfter(RetryDelayGeneratorArguments<HttpResponseMessage> arguments) =>
        ValueTask.FromResult(arguments.Outcome.Result?.Headers.RetryAfter?.Delta);
}

/// <summary>No answer came: whether the call had its effect is unknown, unless it has none.</summary>
public sealed class OutboundLostException(string dependency, Exception inner)
    : Exception($"{dependency} did not answer.", inner)
{
    /// <summary>Whose answer was lost.</summary>
    public string Dependency { get; } = dependency;

    /// <summary>Whether it was waited for as long as was allowed.</summary>
    public bool IsTimeout => InnerException is TimeoutRejectedException;

    /// <summary>Whether it was larger than is read.</summary>
    public bool IsTooLarge =>
        InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded };
}
