using System.Globalization;
using System.Text;
using Cronos;

namespace Souk.Local.Broker;

/// <summary>The cluster's PingSources: fires each by its cron fields, or now when asked to.</summary>
/// <remarks>
/// Copies sources.knative.dev/v1 PingSource: a new random id each time, so that a consumer can tell a repeated tick
/// only by job and time. Known to differ: no jitter, and nothing is skipped or doubled at a fail-over.
/// </remarks>
public sealed class Schedules(EventingManifests manifests, EventBroker broker, TimeProvider clock) : IAsyncDisposable
{
    private const string Extension = "job";

    private readonly CancellationTokenSource _stopped = new();
    private Task _ticking = Task.CompletedTask;

    /// <summary>The jobs that can be fired.</summary>
    public IEnumerable<string> Jobs => manifests.PingSources.Select(Job);

    /// <summary>Begins to fire each schedule at its times.</summary>
    public void Start() => _ticking = Task.WhenAll(manifests.PingSources.Select(TickAsync));

    /// <summary>Fires a job's schedule now; answers false when there is none.</summary>
    public bool Fire(string job)
    {
        if (manifests.PingSources.FirstOrDefault(source => Job(source) == job) is not { } found) return false;
        broker.Publish(ToEvent(found));
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _ticking;
        _stopped.Dispose();
    }

    private static string Job(PingSourceManifest source) => source.Spec.CeOverrides.Extensions[Extension];

    private async Task TickAsync(PingSourceManifest source)
    {
        CronExpression cron = CronExpression.Parse(source.Spec.Schedule);
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(source.Spec.Timezone);
        DateTimeOffset last = clock.GetUtcNow();
        try
        {
            while (cron.GetNextOccurrence(last, zone) is { } next)
            {
                TimeSpan wait = next - clock.GetUtcNow();
                if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, _stopped.Token);
                broker.Publish(ToEvent(source));
                last = next;
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private CloudEventMessage ToEvent(PingSourceManifest source)
    {
        Dictionary<string, string> attributes = new()
        {
            ["specversion"] = "1.0",
            ["id"] = Guid.NewGuid().ToString(),
            ["type"] = "dev.knative.sources.ping",
            ["source"] = $"/apis/v1/namespaces/{source.Metadata.Namespace}/pingsources/{source.Metadata.Name}",
            ["time"] = clock.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        };
        foreach ((string name, string value) in source.Spec.CeOverrides.Extensions) attributes[name] = value;
        byte[] data = Encoding.UTF8.GetBytes(source.Spec.Data);
        return new CloudEventMessage(attributes, source.Spec.ContentType, data, null);
    }
}
