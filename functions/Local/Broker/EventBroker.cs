using System.Collections.Concurrent;
using System.Globalization;
using Souk.Local.StandIns;

namespace Souk.Local.Broker;

/// <summary>An event that no attempt could deliver, as it went to the dead letters.</summary>
/// <param name="Message">The event.</param>
/// <param name="Subscriber">Who would not have it.</param>
/// <param name="Status">The last answer; 0: none.</param>
public sealed record DeadLetter(CloudEventMessage Message, string Subscriber, int Status);

/// <summary>Copies Knative's Broker: takes CloudEvents over HTTP and delivers each to the subscribers that the
/// cluster's Triggers name.</summary>
/// <remarks>
/// Source: Knative Eventing 1.22, MTChannelBasedBroker over an in-memory channel, and the data plane specification.
/// Like it, this broker keeps nothing: events under way when it stops are lost. Known to differ: the producer's call
/// ends as soon as the event is taken (Knative's in-memory channel answers after the fan-out), a retry's wait has no
/// jitter, and a dead letter says nothing of the subscriber's last body.
/// </remarks>
public sealed class EventBroker : StandInServer
{
    private const int TakenMax = 10_000;

    private readonly EventingManifests _manifests;
    private readonly Func<string, Uri?> _addressOf;
    private readonly TimeProvider _clock;
    private readonly double _waitFactor;
    private readonly DeliveryPolicy _policy;
    private readonly DeliveryFaults _faults = new();
    private readonly ConcurrentQueue<DeadLetter> _deadLetters = new();
    private readonly ConcurrentQueue<CloudEventMessage> _taken = new();
    private readonly ConcurrentDictionary<long, Task> _underWay = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private long _lastDelivery;

    /// <summary>A broker that routes by these files.</summary>
    /// <param name="manifests">The cluster's eventing files.</param>
    /// <param name="addressOf">Where the function of a name listens now; null: nowhere.</param>
    /// <param name="clock">Times the waits between attempts.</param>
    /// <param name="waitFactor">Multiplies those waits: 1 as in the cluster, less in tests.</param>
    public EventBroker(
        EventingManifests manifests, Func<string, Uri?> addressOf, TimeProvider clock, double waitFactor = 1)
    {
        _manifests = manifests;
        _addressOf = addressOf;
        _clock = clock;
        _waitFactor = waitFactor;
        _policy = DeliveryPolicy.From(manifests.Broker.Spec.Delivery);
    }

    /// <summary>Where events are posted.</summary>
    public Uri EventsUrl => new(Url, Path);

    /// <summary>The events it took, oldest first, at most the last 10,000.</summary>
    public IReadOnlyCollection<CloudEventMessage> Taken => _taken;

    /// <summary>The events that no attempt could deliver, oldest first.</summary>
    public IReadOnlyCollection<DeadLetter> DeadLetters => _deadLetters;

    /// <summary>Told a line about each dead letter: type, subscriber and status, never the data.</summary>
    public Action<string>? OnDeadLetter { get; set; }

    /// <summary>Says what each event meets for which no scripted fault waits; null: all pass.</summary>
    internal Func<DeliveryFault?>? Weather { get; set; }

    private string Path => $"{_manifests.Broker.Metadata.Namespace}/{_manifests.Broker.Metadata.Name}";

    /// <summary>The next event (of this type) is taken and lost.</summary>
    public void DropNext(string? type = null) => _faults.Add(new DeliveryFault(type, 0, TimeSpan.Zero));

    /// <summary>The next event (of this type) reaches each subscriber twice.</summary>
    public void DuplicateNext(string? type = null) => _faults.Add(new DeliveryFault(type, 2, TimeSpan.Zero));

    /// <summary>The next event (of this type) is held back, so that later ones overtake it.</summary>
    public void DelayNext(TimeSpan delay, string? type = null) => _faults.Add(new DeliveryFault(type, 1, delay));

    /// <summary>Takes an event as if it had been posted, and delivers it in the background.</summary>
    public void Publish(CloudEventMessage message)
    {
        _taken.Enqueue(message);
        while (_taken.Count > TakenMax) _taken.TryDequeue(out _);
        CloudEventMessage arrived = message.With(
            "knativearrivaltime", _clock.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        DeliveryFault fault = _faults.Take(message) ?? Weather?.Invoke() ?? new DeliveryFault(null, 1, TimeSpan.Zero);
        foreach (TriggerManifest trigger in _manifests.Triggers.Where(trigger => Matches(trigger, message)))
        {
            for (int copy = 0; copy < fault.Copies; copy++)
                Track(DeliverAsync(trigger.Spec.Subscriber, arrived, fault.Delay));
        }
    }

    /// <summary>Waits until nothing is under way, what deliveries caused included.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (!_underWay.IsEmpty) await Task.WhenAll(_underWay.Values).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await DrainAsync(CancellationToken.None);
        await base.DisposeAsync();
        _http.Dispose();
        _stopped.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override Task WriteErrorAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void Map(IEndpointRouteBuilder routes) => routes.Map("/{**path}", TakeAsync);

    private async Task TakeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        if (request.Path.Value != $"/{Path}")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using MemoryStream body = new();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        try
        {
            Publish(CloudEventMessage.Read(
                request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString())),
                request.ContentType,
                body.ToArray()));
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        catch (FormatException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    private static bool Matches(TriggerManifest trigger, CloudEventMessage message) =>
        trigger.Spec.Filters.SelectMany(filter => filter.Exact)
            .All(wanted => message.Attributes.GetValueOrDefault(wanted.Key) == wanted.Value);

    private void Track(Task delivery)
    {
        long number = Interlocked.Increment(ref _lastDelivery);
        _underWay[number] = delivery;
        _ = delivery.ContinueWith(
            _ => _underWay.TryRemove(number, out Task? _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task DeliverAsync(Destination subscriber, CloudEventMessage message, TimeSpan delay)
    {
        await Task.Yield();
        try
        {
            if (delay > TimeSpan.Zero) await Task.Delay(delay, _clock, _stopped.Token);
            int status = await TryAsync(subscriber, message);
            if (status is >= 200 and < 300) return;
            _deadLetters.Enqueue(new DeadLetter(message, subscriber.Ref.Name, status));
            OnDeadLetter?.Invoke($"{message.Type} for {subscriber.Ref.Name} went to the dead letters ({status}).");
            if (_manifests.Broker.Spec.Delivery.DeadLetterSink is { } sink)
            {
                await TryAsync(sink, message.With("knativeerrorcode", status.ToString(CultureInfo.InvariantCulture))
                    .With("knativeerrordest", ClusterAddressOf(subscriber)));
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The broker stopped; what it held is lost, as Knative's would be.
        }
    }

    // What the cluster's broker calls it; here it listens elsewhere.
    private static string ClusterAddressOf(Destination subscriber) =>
        $"http://{subscriber.Ref.Name}.{subscriber.Ref.Namespace}.svc.cluster.local{subscriber.Uri}";

    // Answers the last status; 0 when the subscriber never answered.
    private async Task<int> TryAsync(Destination subscriber, CloudEventMessage message)
    {
        for (int attempt = 0; ; attempt++)
        {
            int status = await SendAsync(subscriber, message);
            bool isRetried = status == 0 || DeliveryPolicy.IsRetried(status);
            if (!isRetried || attempt >= _policy.RetriesMax) return status;
            await Task.Delay(_policy.WaitAfter(attempt) * _waitFactor, _clock, _stopped.Token);
        }
    }

    private async Task<int> SendAsync(Destination subscriber, CloudEventMessage message)
    {
        if (_addressOf(subscriber.Ref.Name) is not { } address) return 0;
        using CancellationTokenSource attempt = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
        attempt.CancelAfter(_policy.Timeout);
        try
        {
            using HttpRequestMessage request = message.ToRequest(new Uri(address, subscriber.Uri));
            using HttpResponseMessage response = await _http.SendAsync(request, attempt.Token);
            byte[] body = await response.Content.ReadAsByteArrayAsync(attempt.Token);
            return response.IsSuccessStatusCode ? TakeReply(response, body) : (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
        catch (OperationCanceledException) when (!_stopped.IsCancellationRequested)
        {
            return 0;
        }
    }

    // An answer may carry an event, which goes back into the broker; any other body counts as a failure in Knative.
    private int TakeReply(HttpResponseMessage response, byte[] body)
    {
        bool isEvent = response.Headers.Contains("ce-specversion")
            || response.Content.Headers.ContentType?.MediaType == "application/cloudevents+json";
        if (!isEvent) return body.Length == 0 ? (int)response.StatusCode : StatusCodes.Status502BadGateway;
        Publish(CloudEventMessage.Read(
            response.Headers.Select(header => KeyValuePair.Create(header.Key, string.Join(',', header.Value))),
            response.Content.Headers.ContentType?.ToString(),
            body));
        return (int)response.StatusCode;
    }
}
