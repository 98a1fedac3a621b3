using Souk.Domain.Events;
using Souk.Platform.CloudEvents;
using Souk.Platform.Postgres;

namespace Souk.Webhooks;

/// <summary>
/// Sends events right after their commit, while no answer waits for it; what it leaves, the relay sends.
/// </summary>
/// <remarks>
/// A provider's answer follows the commit alone. One run sends at a time; of the hints that come meanwhile only the
/// newest of each chain goes with the next, for it says what the others said. A run ends with what there is to send, so
/// nothing goes on without a request that began it, and a process that dies in it loses nothing but time.
/// </remarks>
internal sealed partial class Announcer(
    CloudEventSender sender, Database database, TimeProvider clock, ILogger<Announcer> logger) : IAsyncDisposable
{
    /// <summary>How long one run may send before the rest is left to the relay.</summary>
    private static readonly TimeSpan SendMax = TimeSpan.FromMilliseconds(250);

    /// <summary>What lies between two runs: in a storm, a chain is hinted at so often and no more.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>More than this, the relay sends better: it claims many rows at once.</summary>
    private const int WaitingMax = 64;

    private readonly Lock _gate = new();
    private Dictionary<string, OutgoingEvent> _waiting = new(StringComparer.Ordinal);
    private bool _isSending;

    /// <summary>Ends when nothing waits to be sent any more.</summary>
    internal Task Sending { get; private set; } = Task.CompletedTask;

    /// <summary>Has events sent; answers at once.</summary>
    internal void Send(IReadOnlyList<OutgoingEvent> events)
    {
        lock (_gate)
        {
            foreach (OutgoingEvent announced in events)
            {
                string key = announced.Type == EventType.ChainHinted.Name ? announced.Subject : $"{announced.Id}";
                if (_waiting.Count < WaitingMax || _waiting.ContainsKey(key))
                    _waiting[key] = announced;
            }

            if (_isSending || _waiting.Count == 0)
                return;
            _isSending = true;
            Sending = SendAllAsync();
        }
    }

    /// <summary>Waits for what is on its way: at most a quarter of a second a run.</summary>
    public async ValueTask DisposeAsync() => await Sending;

    private async Task SendAllAsync()
    {
        await Task.Yield();
        while (Take() is { } events)
        {
            await SendAsync(events);
            await Task.Delay(Pause, clock, CancellationToken.None);
        }
    }

    private IReadOnlyCollection<OutgoingEvent>? Take()
    {
        lock (_gate)
        {
            _isSending = _waiting.Count > 0;
            if (!_isSending)
                return null;
            Dictionary<string, OutgoingEvent> taken = _waiting;
            _waiting = new Dictionary<string, OutgoingEvent>(StringComparer.Ordinal);
            return taken.Values;
        }
    }

    /// <summary>The rows are committed: whatever fails from here on, the relay makes good.</summary>
    private async Task SendAsync(IReadOnlyCollection<OutgoingEvent> events)
    {
        using CancellationTokenSource cut = new(SendMax, clock);
        Task sending = SendAsync(events, cut.Token);
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!sending.IsCompletedSuccessfully)
            Log.LeftToRelay(logger, events.Count, sending.Exception?.InnerException?.GetType().Name ?? "too slow");
    }

    private async Task SendAsync(IReadOnlyCollection<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        foreach (OutgoingEvent announced in events)
            await sender.SendAsync(announced, cancellationToken);

        // Inbox rows tell of the others; a mark that is lost costs one sending more.
        Guid[] done = [.. events.Where(announced => announced.IsDoneWhenSent).Select(announced => announced.Id)];
        if (done.Length > 0)
            await database.WriteStatementAsync(transaction => MarkAsync(transaction, done), cancellationToken);
    }

    private static async Task<bool> MarkAsync(Transaction transaction, Guid[] done)
    {
        await Outbox.MarkSentAsync(transaction, done, CancellationToken.None);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Left {EventCount} events to the relay: {Reason}.")]
        internal static partial void LeftToRelay(ILogger logger, int eventCount, string reason);
    }
}
