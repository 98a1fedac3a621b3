using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace Souk.Local.StandIns;

/// <summary>An event on its way to a webhook's receiver.</summary>
internal sealed record AlchemyEvent(AlchemyWebhook Webhook, string Id, byte[] Body);

/// <summary>Delivers events: signed, in order the first time, again after a failure, and not at all to a webhook that
/// is paused.</summary>
internal sealed class AlchemyDeliveries(AlchemyStandInOptions options, TimeProvider clock) : IAsyncDisposable
{
    private const int RecordsMax = 10_000;

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Channel<AlchemyEvent>> _queues = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly Lock _gate = new();
    private readonly List<(AlchemyDeliveryFault Fault, string? WebhookId)> _script = [];
    private readonly Queue<AlchemyDelivery> _records = new();
    private readonly List<(Predicate<AlchemyDelivery> Matches, TaskCompletionSource<AlchemyDelivery> Found)> _waiters =
        [];

    /// <summary>Says what each delivery meets that no scripted fault waits for; null lets all pass.</summary>
    internal Func<AlchemyDeliveryFault?>? Weather { get; set; }

    internal IReadOnlyList<AlchemyDelivery> Records
    {
        get
        {
            lock (_gate) return [.. _records];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Keys);
        _http.Dispose();
        _stop.Dispose();
    }

    internal void Script(AlchemyDeliveryFault fault, string? webhookId)
    {
        lock (_gate) _script.Add((fault, webhookId));
    }

    /// <summary>Queues an event behind those of the same webhook.</summary>
    internal void Add(AlchemyEvent news)
    {
        Channel<AlchemyEvent> queue = _queues.GetOrAdd(news.Webhook.Id, _ =>
        {
            Channel<AlchemyEvent> made = Channel.CreateUnbounded<AlchemyEvent>();
            Track(DrainAsync(made.Reader));
            return made;
        });
        queue.Writer.TryWrite(news);
    }

    internal async Task<AlchemyDelivery> WaitForAsync(
        Predicate<AlchemyDelivery> matches, CancellationToken cancellationToken)
    {
        TaskCompletionSource<AlchemyDelivery> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_records.FirstOrDefault(record => matches(record)) is { } past) return past;
            _waiters.Add((matches, found));
        }

        return await found.Task.WaitAsync(cancellationToken);
    }

    private void Track(Task task)
    {
        _running[task] = true;
        _ = task.ContinueWith(
            done => _running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private async Task DrainAsync(ChannelReader<AlchemyEvent> events)
    {
        await Task.Yield();
        AlchemyEvent? held = null;
        try
        {
            await foreach (AlchemyEvent next in events.ReadAllAsync(_stop.Token))
            {
                AlchemyDeliveryFault? fault = TakeFault(next.Webhook.Id);
                if (fault == AlchemyDeliveryFault.Lose) continue;
                if (fault == AlchemyDeliveryFault.Swap && held is null)
                {
                    held = next;
                    continue;
                }

                if (fault == AlchemyDeliveryFault.Delay)
                {
                    Track(DeliverAfterAsync(options.DeliveryDelay, next, attempt: 1));
                    continue;
                }

                await DeliverAsync(next, attempt: 1);
                if (fault == AlchemyDeliveryFault.Duplicate) await DeliverAsync(next, attempt: 1);
                if (held is not null) await DeliverAsync(held, attempt: 1);
                held = null;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    private AlchemyDeliveryFault? TakeFault(string webhookId)
    {
        lock (_gate)
        {
            int index = _script.FindIndex(step => step.WebhookId is null || step.WebhookId == webhookId);
            if (index < 0) return Weather?.Invoke();
            AlchemyDeliveryFault fault = _script[index].Fault;
            _script.RemoveAt(index);
            return fault;
        }
    }

    private async Task DeliverAsync(AlchemyEvent news, int attempt)
    {
        if (!news.Webhook.IsActive) return;
        byte[] hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(news.Webhook.SigningKey), news.Body);
        string signature = Convert.ToHexStringLower(hash);
        int status = await PostAsync(news, signature);
        bool isTaken = status == StatusCodes.Status200OK;
        Count(news.Webhook, isTaken);
        // The retry's timer runs before anyone hears of the failure, so that a test may advance its clock at once.
        if (!isTaken && attempt <= options.RetryDelays.Count) Track(RetryAsync(news, attempt));
        Record(new AlchemyDelivery(news.Webhook.Id, news.Id, attempt, status, news.Body, signature));
    }

    private Task RetryAsync(AlchemyEvent news, int attempt) =>
        DeliverAfterAsync(options.RetryDelays[attempt - 1], news, attempt + 1);

    private async Task DeliverAfterAsync(TimeSpan wait, AlchemyEvent news, int attempt)
    {
        try
        {
            await Task.Delay(wait, clock, _stop.Token);
            await DeliverAsync(news, attempt);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    private async Task<int> PostAsync(AlchemyEvent news, string signature)
    {
        using CancellationTokenSource deadline = new(options.DeliveryTimeout, clock);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stop.Token);
        using HttpRequestMessage request = new(HttpMethod.Post, news.Webhook.Url)
        {
            Content = new ByteArrayContent(news.Body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Alchemy-Signature", signature);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, either.Token);
            return (int)response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException || deadline.IsCancellationRequested)
        {
            return 0;
        }
    }

    private void Count(AlchemyWebhook webhook, bool isTaken)
    {
        lock (_gate)
        {
            webhook.FailuresInRow = isTaken ? 0 : webhook.FailuresInRow + 1;
            if (webhook.FailuresInRow >= options.FailuresBeforePause) webhook.IsActive = false;
        }
    }

    private void Record(AlchemyDelivery record)
    {
        lock (_gate)
        {
            _records.Enqueue(record);
            if (_records.Count > RecordsMax) _records.Dequeue();
            for (int index = _waiters.Count - 1; index >= 0; index--)
            {
                if (!_waiters[index].Matches(record)) continue;
                _waiters[index].Found.TrySetResult(record);
                _waiters.RemoveAt(index);
            }
        }
    }
}
